import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { failedCreationStatuses } from '../../../lib/aws/cloudformation.ts'
import type { StackContext } from '../context.ts'
import { listOutputs } from '../graph/expand.ts'
import { listKnownScope } from '../plan/known-values.ts'
import type { StackStep } from '../plan/plan.ts'
import { reviewChanges } from '../plan/protection.ts'
import { listUnknown } from '../plan/unknown.ts'
import { inlineBytes } from './artifacts.ts'
import { compareStack } from './compare.ts'
import { type Busy, emptyReasons, explainFailure, explainRefusal, settleChangeSet } from './deploy.ts'
import { listNew } from './new-resources.ts'
import type { PreviewNotes, StackOutcome } from './outcome.ts'
import { reviewRemoval } from './ready.ts'
import { describeFirst, findObstacle } from './recovery.ts'
import type { StackRequest } from './request.ts'

// What is there is gone when a deployment comes to the stack, or can only be deleted then.
const goingStatuses = ['DELETE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS']

/**
 * Shows what a deployment would do to one stack, and deletes its change set. A stack that does not exist is
 * planned from its template: a change set would create an empty stack, which a role for previews may not.
 */
export async function previewStack(
  step: StackStep,
  request: StackRequest,
  stack: Stack | undefined,
  context: StackContext,
): Promise<StackOutcome | Busy> {
  const { inputs } = context
  const unknown = listUnknown(request.parameters)
  const before = stack ? await reviewFirst(stack, context) : {}
  const isNew = !stack || [...failedCreationStatuses, ...goingStatuses].includes(stack.status)
  if (isNew) {
    const notes = { unknown: explainUnknown(unknown, () => ''), outputs: [], tags: [], ...before }
    return { kind: 'previewed', changes: listNew(step, context), isNew, notes }
  }
  const hasDefault = (name: string) => step.template.parameters.get(name)?.default !== undefined
  const instead = (name: string) => {
    if (stack.parameters.has(name)) return '; compared with the value that the stack has'
    return hasDefault(name) ? '; compared with the default' : ''
  }
  const notes = {
    unknown: explainUnknown(unknown, instead),
    ...compareRest(step, request, stack, context),
    ...before,
  }
  const parameters = settle(request, unknown, stack)
  const open = [...unknown.keys()].filter((name) => instead(name) === '')
  const why = request.unchanged ? undefined : explainNoChangeSet(request, stack, open)
  const outcome =
    why === undefined
      ? await showChangeSet({ ...request, parameters }, notes, context)
      : await compareTexts(step, parameters, stack, why, notes, context)
  if (outcome.kind !== 'previewed') return outcome
  const refused = before.refused ?? reviewChanges(step, outcome.changes, inputs.allow)
  return refused === undefined ? outcome : { ...outcome, notes: { ...notes, ...outcome.notes, refused } }
}

// What a deployment does before its change set, or why it makes none.
async function reviewFirst(
  stack: Stack,
  context: StackContext,
): Promise<Pick<PreviewNotes, 'first' | 'refused'>> {
  const [obstacle, first] = [findObstacle(stack.status), describeFirst(stack.status)]
  if (obstacle === 'stuck') return { refused: first }
  return { first, refused: obstacle === 'remains' ? await reviewRemoval(stack, context) : undefined }
}

// CloudFormation takes no change set of a stack that it cannot change, none without a value for each parameter, and no
// long template in the call.
function explainNoChangeSet(
  { template }: StackRequest,
  { status }: Stack,
  open: readonly string[],
): string | undefined {
  if (findObstacle(status)) return `the stack is in ${status}`
  if (open.length > 0) return `${open.join(' and ')} ${open.length > 1 ? 'have' : 'has'} no value yet`
  const bytes = template !== 'previous' && 'body' in template ? Buffer.byteLength(template.body) : 0
  return bytes > inlineBytes
    ? `a template of ${bytes} bytes would have to be uploaded, and a preview uploads nothing`
    : undefined
}

async function compareTexts(
  step: StackStep,
  parameters: StackRequest['parameters'],
  stack: Stack,
  why: string,
  notes: PreviewNotes,
  context: StackContext,
): Promise<StackOutcome> {
  const { changes, refusal, how, unseen } = await compareStack(step, parameters, stack, why, context)
  if (refusal !== undefined) return { kind: 'validation-failed', cause: refusal }
  const unknown = [...notes.unknown, ...unseen]
  return { kind: 'previewed', changes, isNew: false, notes: { ...notes, unknown, how } }
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
): Promise<StackOutcome | Busy> {
  if (request.unchanged) return { kind: 'previewed', changes: [], isNew: false, notes }
  const { cloudFormation } = context
  const made = await cloudFormation.createChangeSet({ ...request, type: 'UPDATE' })
  if ('refusal' in made) return explainRefusal(made.refusal)
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
