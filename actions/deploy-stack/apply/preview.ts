import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { failedCreationStatuses } from '../../../lib/aws/cloudformation.ts'
import type { ResourceChange } from '../../../lib/aws/resource-change.ts'
import type { StackContext } from '../context.ts'
import { listOutputs, listResources } from '../graph/expand.ts'
import { listKnownScope } from '../plan/known-values.ts'
import type { StackStep } from '../plan/plan.ts'
import { reviewChanges } from '../plan/protection.ts'
import { listUnknown } from '../plan/unknown.ts'
import { emptyReasons, explainFailure, settleChangeSet } from './deploy.ts'
import type { PreviewNotes, StackOutcome } from './outcome.ts'
import type { StackRequest } from './request.ts'

/**
 * Shows what a deployment would do to one stack, and deletes its change set. A stack that does not exist is
 * planned from its template: a change set would create an empty stack, which a role for previews may not.
 */
export async function previewStack(
  step: StackStep,
  request: StackRequest,
  stack: Stack | undefined,
  context: StackContext,
): Promise<StackOutcome> {
  const { inputs } = context
  const unknown = listUnknown(request.parameters)
  const isNew = !stack || failedCreationStatuses.includes(stack.status)
  if (isNew) {
    const notes = { unknown: explainUnknown(unknown, () => ''), outputs: [], tags: [] }
    return { kind: 'previewed', changes: listNew(step, context), isNew, notes }
  }
  const open = [...unknown.keys()].filter(
    (name) => !stack.parameters.has(name) && step.template.parameters.get(name)?.default === undefined,
  )
  if (open.length > 0) return await compareResources(step, stack, unknown, context)
  const instead = (name: string) =>
    `; compared with ${stack.parameters.has(name) ? 'the value that the stack has' : 'the default'}`
  const notes = {
    unknown: explainUnknown(unknown, instead),
    ...compareRest(step, request, stack, context),
  }
  const known = { ...request, parameters: settle(request, unknown, stack) }
  const outcome = await showChangeSet(known, notes, context)
  if (outcome.kind !== 'previewed') return outcome
  const refused = reviewChanges(step, outcome.changes, inputs.allow)
  return refused === undefined ? outcome : { ...outcome, notes: { ...notes, refused } }
}

// Until the value is known, the stack keeps its own, or takes the default.
function settle({ parameters }: StackRequest, unknown: ReadonlyMap<string, unknown>, stack: Stack) {
  const settled = [...parameters].flatMap(([name, value]): [string, string | undefined][] => {
    if (!unknown.has(name)) return [[name, value]]
    return stack.parameters.has(name) ? [[name, undefined]] : []
  })
  return new Map(settled)
}

async function showChangeSet(
  request: StackRequest,
  notes: PreviewNotes,
  context: StackContext,
): Promise<StackOutcome> {
  if (request.isUnchanged) return { kind: 'previewed', changes: [], isNew: false, notes }
  const { cloudFormation } = context
  const made = await cloudFormation.createChangeSet({ ...request, type: 'UPDATE' })
  if ('refusal' in made) return { kind: 'validation-failed', cause: made.refusal }
  const { changeSetArn } = made
  try {
    const changeSet = await settleChangeSet(changeSetArn, request.stackName, context)
    if (changeSet.status === 'FAILED' && !emptyReasons.test(changeSet.reason))
      return { kind: 'validation-failed', cause: await explainFailure(changeSet, changeSetArn, context) }
    return { kind: 'previewed', changes: changeSet.changes, isNew: false, notes }
  } finally {
    await cloudFormation.deleteChangeSet(changeSetArn)
  }
}

function listNew(step: StackStep, { connections, inputs }: StackContext): ResourceChange[] {
  const scope = listKnownScope(step, { ...connections, prefix: inputs.prefix }, new Map())
  return listResources(step.template, scope).map(({ logicalId, type, condition }) => ({
    action: step.adoptions.some((each) => each.logicalId === logicalId) ? 'Import' : 'Add',
    logicalId: condition === undefined ? logicalId : `${logicalId}, if ${condition}`,
    type,
    replacement: '',
  }))
}

/** Compares by name alone: CloudFormation takes no change set without a value for each parameter. */
async function compareResources(
  step: StackStep,
  stack: Stack,
  unknown: ReadonlyMap<string, string[]>,
  context: StackContext,
): Promise<StackOutcome> {
  const existing = await context.cloudFormation.listResources(stack.arn)
  const planned = listNew(step, context)
  const added = planned.filter(({ logicalId }) => !existing.some((each) => each.logicalId === logicalId))
  const removed = existing
    .filter(({ logicalId }) => !planned.some((each) => each.logicalId === logicalId))
    .map(({ logicalId, type }) => ({ action: 'Remove', logicalId, type, replacement: '' }))
  const why = () => '; compared by the names of resources alone'
  const notes = { unknown: explainUnknown(unknown, why), outputs: [], tags: [] }
  return { kind: 'previewed', changes: [...added, ...removed], isNew: false, notes }
}

const explainUnknown = (unknown: ReadonlyMap<string, string[]>, more: (name: string) => string) =>
  [...unknown].map(
    ([name, outputs]) => `${name}: not known before ${outputs.join(', ')} is deployed${more(name)}`,
  )

function compareRest(
  step: StackStep,
  request: StackRequest,
  stack: Stack,
  { connections, inputs }: StackContext,
): Pick<PreviewNotes, 'outputs' | 'tags'> {
  const deployed = new Map([[step.key, stack]])
  const scope = listKnownScope(step, { ...connections, prefix: inputs.prefix }, deployed)
  const outputs = listOutputs(step.template, scope)
  const before = [...stack.outputs.keys()]
  const tags = [...new Set([...stack.tags.keys(), ...request.tags.keys()])]
  return {
    outputs: [
      ...(outputs ?? []).filter((name) => !before.includes(name)).map((name) => `add ${name}`),
      ...before.filter((name) => outputs && !outputs.includes(name)).map((name) => `remove ${name}`),
    ],
    tags: tags.flatMap((name) => {
      const [old, next] = [stack.tags.get(name), request.tags.get(name)]
      return old === next ? [] : [`${name}: ${old ?? 'none'} → ${next ?? 'none'}`]
    }),
  }
}
