import { type ChangeSetRequest, changeSetDescription } from '../../lib/aws/change-set.ts'
import type { CloudFormation, Stack } from '../../lib/aws/cloudformation.ts'
import { AwsUserError } from '../../lib/aws/errors.ts'
import type { ResourceChange } from '../../lib/aws/resource-change.ts'
import { fakeClock } from './clock.ts'
import { planContinuation, planDeletion, planDeployment } from './cloudformation/operation.ts'
import type { FakeStack, FakeStacks, Step } from './cloudformation/state.ts'
import { compareTemplates, type Resolved, resolveTemplate } from './cloudformation/template.ts'
import { type Cut, makeWriter } from './cut.ts'

/** Looks that pass: until a change set is made, between two steps of an operation, until a write is shown. */
export type Lag = { changeSet: number; step: number; stale: number }

/** Makes an account without stacks. */
export const emptyStacks = (): FakeStacks => ({
  stacks: [],
  changeSets: new Map(),
  troubles: new Map(),
  templates: new Map(),
  imports: new Map(),
  refusedDeletions: new Map(),
})

/** Finds a stack by name, but one that is deleted, or by ARN. */
export const findStack = ({ stacks }: FakeStacks, stack: string): FakeStack | undefined =>
  stacks.findLast(
    ({ name, arn, status }) => arn === stack || (name === stack && status !== 'DELETE_COMPLETE'),
  )

const noChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set."
const earlyValidation =
  'The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.'

/**
 * CloudFormation in memory, which lags as AWS does. Its contract, which the local AWS holds too
 * (test/contract/cloudformation.test.ts):
 * - a change set is made after some looks, and is described as pending until then; for a new stack it leaves a
 *   stack in REVIEW_IN_PROGRESS;
 * - one without changes fails, and is there until it is deleted; parameters that are missing or unknown are refused;
 * - a template is given with `?` for each character beyond ASCII;
 * - an import changes nothing else, neither tags nor outputs;
 * - an execution goes resource by resource, tells each step as an event, and rolls back where a resource fails;
 * - a stack whose creation was rolled back can only be deleted; one that changes can be neither changed nor described
 *   as done;
 * - a deleted stack is there by ARN, and not by name.
 * What only the fake does, since nobody can ask AWS for it: after an execution or a deletion began, the stack is
 * described as it was before for `stale` more looks; rollbacks fail, operations hang, and a run is cut at a write.
 */
export function fakeCloudFormation(
  account: FakeStacks,
  { lag = {}, cut }: { lag?: Partial<Lag>; cut?: Cut | undefined } = {},
): CloudFormation {
  const lags: Lag = { changeSet: 2, step: 1, stale: 2, ...lag }
  const write = makeWriter(cut)
  const ages = new Map<string, number>()
  const stale = new Map<string, { shown: Stack; looks: number }>()
  const look = (stack: FakeStack) => {
    const age = (ages.get(stack.arn) ?? 0) + 1
    ages.set(stack.arn, age > lags.step ? 0 : age)
    if (age > lags.step) takeStep(stack)
  }
  const start = (stack: FakeStack, steps: Step[], token: string) => {
    stale.set(stack.arn, { shown: describe(stack), looks: lags.stale })
    stack.token = token
    stack.steps = steps
    takeStep(stack)
  }
  const changeSetOf = (arn: string) => {
    const found = account.changeSets.get(arn)
    if (!found) throw new Error(`ChangeSetNotFound: ChangeSet [${arn}] does not exist`)
    return found
  }
  return {
    describe: async (name) => {
      const stack = findStack(account, name)
      if (!stack) return undefined
      look(stack)
      const before = stale.get(stack.arn)
      if (!before || before.looks === 0) return describe(stack)
      before.looks -= 1
      return before.shown
    },
    readTemplate: async (arn) => (findStack(account, arn)?.template?.body ?? '').replace(/[^\0-\x7f]/gu, '?'),
    createChangeSet: async (request) => await write(() => createChangeSet(request, account, lags)),
    findChangeSet: async (stackName, name) => {
      const found = [...account.changeSets].find(
        ([, { stack, listed }]) => stack.name === stackName && listed.name === name,
      )
      if (!found) return undefined
      const [changeSetArn, { stack, listed }] = found
      return { changeSetArn, stackArn: stack.arn, executionStatus: listed.executionStatus }
    },
    describeChangeSet: async (arn) => {
      const found = changeSetOf(arn)
      found.looks -= 1
      const { status, reason, changes } = found
      return found.looks >= 0
        ? { status: 'CREATE_IN_PROGRESS', reason: '', changes: [] }
        : { status, reason, changes }
    },
    listChangeSets: async (stackName) =>
      [...account.changeSets.values()].flatMap(({ stack, listed }) =>
        stack.name === stackName ? [{ ...listed }] : [],
      ),
    listValidationErrors: async (arn) => changeSetOf(arn).errors,
    executeChangeSet: async (arn, token) =>
      await write(() => {
        const { stack, status, after, changes, looks, tags } = changeSetOf(arn)
        if (status !== 'CREATE_COMPLETE' || looks >= 0)
          throw new Error(`InvalidChangeSetStatus: [${arn}] is in ${status}`)
        // An execution deletes all change sets of its stack.
        for (const [each, { stack: owner }] of account.changeSets)
          if (owner === stack) account.changeSets.delete(each)
        start(stack, planDeployment(stack, after, changes, account.troubles), token)
        Object.assign(stack, { tags, changeSetArn: arn })
      }),
    deleteChangeSet: async (arn) =>
      await write(() => {
        account.changeSets.delete(arn)
      }),
    deleteStack: async (arn, token) =>
      await write(() => {
        const stack = findStack(account, arn)
        if (stack) start(stack, planDeletion(stack, account), token)
      }),
    continueRollback: async (arn, skipped, token) =>
      await write(() => {
        const stack = findStack(account, arn)
        if (stack?.status !== 'UPDATE_ROLLBACK_FAILED')
          throw new Error('ContinueUpdateRollback cannot be called from current stack status')
        const wrong = skipped.filter((logicalId) => !stack.existing.has(logicalId))
        if (wrong.length > 0)
          throw new AwsUserError(`${wrong} cannot be skipped`, new Error(), 'ValidationError')
        start(stack, planContinuation(stack, skipped, account.troubles), token)
      }),
    listImports: async (name) => account.imports.get(name) ?? [],
    findNewestEvent: async (arn) => findStack(account, arn)?.events.at(-1),
    listEvents: async (arn, after) => {
      const stack = findStack(account, arn)
      if (!stack) throw new Error(`ValidationError: Stack [${arn}] does not exist`)
      look(stack)
      return stack.events.slice(stack.events.findIndex(({ id }) => id === after) + 1)
    },
    listResources: async (arn) =>
      [...(findStack(account, arn)?.existing ?? [])].map(([logicalId, type]) => ({
        logicalId,
        physicalId: `${arn.split('/')[1]}-${logicalId.toLowerCase()}`,
        type,
      })),
  }
}

function describe(stack: FakeStack): Stack {
  const { name, arn, status, statusReason, template, tags, isProtected, changeSetArn } = stack
  const { outputs, parameters } = template ?? { outputs: new Map(), parameters: new Map() }
  const known = {
    name,
    arn,
    status,
    statusReason,
    tags,
    isProtected,
    changeSetArn,
    operationIds: [],
    exports: stack.exports,
  }
  return { ...known, outputs: new Map(outputs), parameters: new Map(parameters) }
}

function takeStep(stack: FakeStack): void {
  const step = stack.steps.shift()
  if (!step) return
  const { resource, status, reason = '', apply } = step
  apply?.()
  tell(stack, resource, status, reason)
}

function tell(stack: FakeStack, resource: Step['resource'], status: string, reason: string): void {
  const { logicalId, type } = resource ?? { logicalId: stack.name, type: 'AWS::CloudFormation::Stack' }
  const id = `${stack.arn}#${stack.events.length}`
  const known = { id, time: new Date(stack.events.length), logicalId, type, status, reason }
  const name = `${stack.name}-${logicalId.toLowerCase()}`
  const own = type === 'AWS::ECS::Service' ? `arn:aws:ecs:r:111122223333:service/c/${name}` : name
  const physicalId = resource ? own : stack.arn
  stack.events.push({ ...known, physicalId, token: stack.token, operationId: '' })
  if (resource) return
  stack.status = status
  stack.statusReason = reason
}

function createChangeSet(request: ChangeSetRequest, account: FakeStacks, lag: Lag) {
  const { stackName, name, type, template, parameters, tags } = request
  const found = findStack(account, stackName)
  const isOpen = !found || found.status === 'REVIEW_IN_PROGRESS'
  if (type === 'CREATE' && !isOpen)
    return {
      refusal: `Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`,
    }
  if (type === 'UPDATE' && isOpen) return { refusal: `Stack [${stackName}] does not exist` }
  if (found && /_IN_PROGRESS$|^ROLLBACK_|_FAILED$/.test(found.status) && !isOpen)
    return { refusal: `Stack:${found.arn} is in ${found.status} state and can not be updated.` }
  const own = template === 'previous' ? found?.template : template
  const body = own && ('body' in own ? own.body : account.templates.get(own.url))
  if (body === undefined) return { refusal: 'S3 error: Access Denied' }
  const after = resolveTemplate(body, parameters, found?.template?.parameters ?? new Map())
  if ('refusal' in after) return after
  const imported = new Set(request.imports?.map(({ logicalId }) => logicalId))
  const changes = compareTemplates(found?.template, after).map((change) =>
    imported.has(change.logicalId) ? { ...change, action: 'Import' } : change,
  )
  const refusal = type === 'IMPORT' ? refuseImport(found, after, changes, tags) : undefined
  if (refusal !== undefined) return { refusal }
  const stack = found ?? openStack(stackName, account)
  const errors = [...after.resources.keys()].flatMap((id) =>
    (account.troubles.get(id) ?? []).flatMap(({ at, reason }) =>
      at === 'validation' && reason ? [`${id}: ${reason}`] : [],
    ),
  )
  const isSame =
    changes.length === 0 && equal(stack.template?.outputs, after.outputs) && equal(stack.tags, tags)
  const isInvalid = [...after.resources.keys()].some((id) =>
    account.troubles.get(id)?.some(({ at }) => at === 'validation'),
  )
  const reason = isInvalid ? earlyValidation : isSame ? noChanges : ''
  const changeSetArn = `arn:aws:cloudformation:ap-northeast-2:111122223333:changeSet/${name}/${stackName}-${stack.events.length}-${account.changeSets.size}`
  const status = reason ? 'FAILED' : 'CREATE_COMPLETE'
  account.changeSets.set(changeSetArn, {
    listed: {
      ...{ arn: changeSetArn, name, description: changeSetDescription },
      executionStatus: reason ? 'UNAVAILABLE' : 'AVAILABLE',
      createdAt: new Date(fakeClock().now()),
    },
    stack,
    after,
    status,
    reason,
    changes,
    errors,
    tags,
    looks: lag.changeSet,
  })
  return { changeSetArn, stackArn: stack.arn }
}

function refuseImport(
  stack: FakeStack | undefined,
  after: Resolved,
  changes: readonly ResourceChange[],
  tags: FakeStack['tags'],
): string | undefined {
  const frozen = 'As part of the import operation, you cannot modify or add'
  if (!equal(stack?.template?.outputs ?? new Map(), after.outputs)) return `${frozen} [Outputs]`
  if (!equal(stack?.tags ?? new Map(), tags)) return `${frozen} [Tags]`
  const more = changes.find(({ action }) => action !== 'Import')
  if (more?.action === 'Add') return `Resources [${more.logicalId}] is missing from ResourceToImport list`
  return (
    more && `You have modified resources [${more.logicalId}] in your template that are not being imported.`
  )
}

function openStack(name: string, account: FakeStacks): FakeStack {
  const arn = `arn:aws:cloudformation:ap-northeast-2:111122223333:stack/${name}/${account.stacks.length}`
  const stack: FakeStack = {
    ...{ name, arn, status: '', statusReason: '', template: undefined, tags: new Map() },
    isProtected: false,
    exports: [],
    ...{ existing: new Map(), events: [], steps: [], token: '', changeSetArn: '' },
  }
  account.stacks.push(stack)
  tell(stack, undefined, 'REVIEW_IN_PROGRESS', 'User Initiated')
  return stack
}

const equal = (a: ReadonlyMap<string, string> | undefined, b: ReadonlyMap<string, string>) =>
  JSON.stringify([...(a ?? [])]) === JSON.stringify([...b])
