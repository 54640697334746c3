import type { ChangeSet } from '../../../lib/aws/change-set.ts'
import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { failedCreationStatuses } from '../../../lib/aws/cloudformation.ts'
import { awsErrorName } from '../../../lib/aws/errors.ts'
import type { ResourceChange } from '../../../lib/aws/resource-change.ts'
import { linkStack } from '../../../lib/console.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { ApplyContext } from '../context.ts'
import { advise, type Failure } from './failure.ts'
import { makeToken, runOperation, waitForStacks } from './operation.ts'
import type { StackOutcome } from './outcome.ts'
import { readOutputs } from './outputs.ts'
import { describeStatus } from './recovery.ts'
import type { StackRequest } from './request.ts'

/** Reasons that CloudFormation gives for a change set without changes. */
export const emptyReasons =
  /^(The submitted information didn't contain changes|No updates are to be performed)/

/** The operation of others at a stack that came first: its change set was refused, or went away. */
export type Busy = { kind: 'busy'; cause: string }

/** Deploys one stack, which nobody else is at, through a change set, unless `review` says why not, and follows it to its end. */
export async function deployStack(
  request: StackRequest,
  stack: Stack | undefined,
  context: ApplyContext,
  review: (changes: readonly ResourceChange[]) => string | undefined = () => undefined,
): Promise<StackOutcome | Busy> {
  const isNew = !stack || failedCreationStatuses.includes(stack.status)
  const proposed = await proposeChanges(request, isNew, context)
  if (proposed.kind === 'empty') {
    // Another run may have changed it since it was seen.
    const now = stack && (request.unchanged ?? (await context.cloudFormation.describe(stack.arn)))
    return now
      ? { kind: 'no-changes', outputs: now.outputs }
      : { kind: 'validation-failed', cause: advise(proposed.cause) }
  }
  if (proposed.kind !== 'proposed') return proposed
  const refusal = review(proposed.made.changes)
  if (refusal !== undefined) {
    await context.cloudFormation.deleteChangeSet(proposed.made.changeSetArn)
    return { kind: 'refused', cause: refusal }
  }
  return await executeChangeSet(proposed.made, request.stackName, context)
}

/** What CloudFormation makes of a request: a change set that can be executed, one without changes, or none. */
type Proposed =
  | { kind: 'proposed'; made: MadeChangeSet }
  | { kind: 'empty'; cause: string }
  | ({ kind: 'validation-failed' } & Failure)
  | Busy

/** Makes the change set of a request, if it needs one, and waits for it. One that cannot be executed is explained and deleted. */
export async function proposeChanges(
  request: StackRequest,
  isNew: boolean,
  context: ApplyContext,
): Promise<Proposed> {
  if (request.unchanged) return { kind: 'empty', cause: '' }
  const { cloudFormation } = context
  const type = request.imports ? 'IMPORT' : isNew ? 'CREATE' : 'UPDATE'
  const made = await cloudFormation.createChangeSet({ ...request, type })
  if ('refusal' in made) return explainRefusal(made.refusal)
  const changeSet = await settleChangeSet(made.changeSetArn, request.stackName, context)
  if (changeSet.status !== 'FAILED')
    return { kind: 'proposed', made: { ...made, changes: changeSet.changes, isNew } }
  const cause = await explainFailure(changeSet, made.changeSetArn, context)
  await cloudFormation.deleteChangeSet(made.changeSetArn)
  return emptyReasons.test(cause)
    ? { kind: 'empty', cause }
    : { kind: 'validation-failed', cause: advise(cause) }
}

// In a status, or gone, or made, since it was looked at.
const busyPattern =
  /is in [A-Z_]+ state and can ?not be updated|^Stack \[\S+\] (does not exist|already exists)/

/** Tells a refusal that another deployment causes, which came first, from one that is for good. */
export const explainRefusal = (refusal: string): Busy | ({ kind: 'validation-failed' } & Failure) =>
  busyPattern.test(refusal)
    ? { kind: 'busy', cause: refusal }
    : { kind: 'validation-failed', cause: advise(refusal) }

/** A change set that can be executed. */
type MadeChangeSet = {
  changeSetArn: string
  stackArn: string
  changes: readonly ResourceChange[]
  isNew: boolean
}

/** Executes a change set, and follows it to its end; the token of its operation ends with the verb. */
export async function executeChangeSet(
  made: MadeChangeSet,
  stackName: string,
  context: ApplyContext,
  verb = 'execute',
): Promise<StackOutcome | Busy> {
  context.links.set(stackName, linkStack(made.stackArn, made.changeSetArn))
  const token = makeToken(context, stackName, verb)
  const operation = { stackName, stackArn: made.stackArn, what: `stack ${stackName}`, token }
  const begin = () => context.cloudFormation.executeChangeSet(made.changeSetArn, token)
  try {
    const { event, failure } = await runOperation(operation, begin, context)
    if (!/^(CREATE|UPDATE|IMPORT)_COMPLETE/.test(event.status))
      return { kind: 'rolled-back', ...failure, cause: `${failure.cause} [${describeStatus(event.status)}]` }
    const outputs = await readOutputs(made, event, context)
    return { kind: made.isNew ? 'created' : 'changed', outputs, changes: made.changes }
  } catch (error) {
    if (!wasOvertaken.test(awsErrorName(error))) throw error
    return { kind: 'busy', cause: messageOf(error) }
  }
}

// An execution deletes the other change sets of its stack.
const wasOvertaken = /^(InvalidChangeSetStatus|ChangeSetNotFound|OperationInProgress)(Exception)?$/

/** Waits until a change set was created, or failed. */
export async function settleChangeSet(
  arn: string,
  stackName: string,
  context: ApplyContext,
): Promise<ChangeSet> {
  return await waitForStacks(context, `change set of ${stackName}`, async () => {
    const changeSet = await context.cloudFormation.describeChangeSet(arn)
    return /^(CREATE_COMPLETE|FAILED)$/.test(changeSet.status) ? changeSet : undefined
  })
}

/** Explains why a change set failed. Must be called before it is deleted, since its events are deleted with it. */
export async function explainFailure(
  { reason }: ChangeSet,
  changeSetArn: string,
  { cloudFormation }: ApplyContext,
): Promise<string> {
  if (!reason.includes('AWS::EarlyValidation::')) return reason
  const errors = await cloudFormation.listValidationErrors(changeSetArn)
  return errors.length > 0 ? errors.join('; ') : reason
}
