import { failedCreationStatuses, type Stack } from '../../../lib/aws/cloudformation.ts'
import type { StackContext } from '../context.ts'
import { restoreCharacters } from '../graph/mangled.ts'
import { writeTexts } from '../graph/write-texts.ts'
import { capabilities } from '../inputs.ts'
import { ownTags } from '../plan/adoption.ts'
import type { ImportStep } from '../plan/imports.ts'
import { placeTemplate } from './artifacts.ts'
import { executeChangeSet, proposeChanges } from './deploy.ts'
import { isSuccess, type StackOutcome } from './outcome.ts'
import { readyStack } from './ready.ts'
import { type StackRequest, tagsOf } from './request.ts'

/**
 * Imports resources into one stack: by a change set of them alone, with their names and nothing else, so that the next
 * deployment gives them what its template says. Then tags the stack as ours, which an import cannot do.
 */
export async function importIntoStack(step: ImportStep, context: StackContext): Promise<StackOutcome> {
  const found = await context.cloudFormation.describe(step.stackName)
  const ready = await readyStack(step, found, context)
  if ('kind' in ready) return ready
  const stack = ready.stack && !failedCreationStatuses.includes(ready.stack.status) ? ready.stack : undefined
  const request = await makeRequest(step, stack, context)
  const imported =
    step.resources.length > 0
      ? await carryOut({ ...request, imports: step.resources }, stack, context)
      : undefined
  if (imported && !isSuccess(imported)) return imported
  const isTagged = [...ownTags(context.inputs.prefix, step.key)].every(
    ([tag, value]) => stack?.tags.get(tag) === value,
  )
  const name = `${context.runToken}-2`
  // What CloudFormation gives of a template has `?` in the place of characters beyond ASCII: it is not sent back.
  const tagging = { ...request, name, template: 'previous' as const, tags: tagsOf(step, stack, context) }
  const tagged = isTagged ? undefined : await carryOut(tagging, stack, context)
  if (tagged && !isSuccess(tagged)) return tagged
  return imported ?? tagged ?? { kind: 'no-changes', outputs: stack?.outputs ?? new Map() }
}

async function makeRequest(
  step: ImportStep,
  stack: Stack | undefined,
  context: StackContext,
): Promise<StackRequest> {
  const { stackName, resources } = step
  return {
    stackName,
    name: context.runToken,
    // Nothing is read or uploaded for tags alone.
    template: resources.length > 0 ? await writeTemplate(step, stack, context) : 'previous',
    parameters: new Map([...(stack?.parameters.keys() ?? [])].map((name) => [name, undefined])),
    tags: stack?.tags ?? new Map(),
    // The template stays as it is.
    capabilities,
  }
}

async function writeTemplate(
  { stackName, template, resources }: ImportStep,
  stack: Stack | undefined,
  context: StackContext,
) {
  const before = stack ? await context.cloudFormation.readTemplate(stack.arn) : 'Resources: {}'
  // CloudFormation knows the characters that it does not give, and would see another text as a change.
  const whole = restoreCharacters(before, template.body)
  const texts = resources.flatMap((resource) => resource.texts)
  return await placeTemplate(writeTexts(whole, `template of ${stackName}`, texts), context)
}

async function carryOut(
  request: StackRequest,
  stack: Stack | undefined,
  context: StackContext,
): Promise<StackOutcome> {
  const proposed = await proposeChanges(request, false, context)
  if (proposed.kind === 'empty') return { kind: 'no-changes', outputs: stack?.outputs ?? new Map() }
  if (proposed.kind === 'busy') return { ...proposed, kind: 'conflict' }
  if (proposed.kind === 'validation-failed') return proposed
  const outcome = await executeChangeSet(proposed.made, request.stackName, context)
  if (outcome.kind === 'busy') return { ...outcome, kind: 'conflict' }
  return outcome.kind === 'changed' && request.imports ? { ...outcome, kind: 'imported' } : outcome
}
