import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { UserError } from '../../../lib/errors.ts'
import { namePaused, stacksOf, type Value } from '../graph/value.ts'
import type { Inputs } from '../inputs.ts'
import type { Source, StackStep } from './plan.ts'

/** What references in stacks.yml stand for at the time of a deployment. */
type Settings = { prefix: string; account: string; region: string; toolkitBucket: string }

/** The outputs of a stack, by name. */
export type Outputs = Pick<ReadonlyMap<string, string>, 'get' | 'keys'>

/** What a parameter's value is made of; each is looked up when it is needed. */
export type Lookup = {
  settings: Settings
  outputsOf(stack: string): Promise<Outputs>
  isPaused(cluster: string, service: string): boolean
  assetKey(asset: string): string
}

/** Resolves all parameters of a stack; `undefined` keeps the value that the stack has, an absent one takes the default. */
export async function resolveParameters(
  step: StackStep,
  stack: Stack | undefined,
  lookup: Lookup,
): Promise<Map<string, string | undefined>> {
  const resolved = new Map<string, string | undefined>()
  for (const [name, source] of step.parameters) {
    if (source.kind !== 'previous-or-default') resolved.set(name, await resolveSource(source, lookup))
    else if (stack?.parameters.has(name)) resolved.set(name, undefined)
    else if (!source.hasDefault) throw missingValue(step.key, name)
  }
  return resolved
}

const missingValue = (key: string, name: string) =>
  new UserError(`parameters: ${key} needs "${name}"; give ${name}=… in the input parameters`)

/** Returns the error for a stack whose outputs are needed, and which is neither deployed nor planned. */
export const missingStack = (key: string) =>
  new UserError(
    `stacks: the outputs of "${key}" are needed, and it is not deployed; deploy it first, or leave out the input only`,
  )

/**
 * Verifies that each parameter of the plan has a value or will get one, before anything is changed: a stack in
 * the middle of the graph must not be the first to complain. Throws UserError.
 */
export function verifyComplete(
  steps: readonly StackStep[],
  deployed: ReadonlyMap<string, Pick<Stack, 'parameters'>>,
  mode: Inputs['mode'],
): void {
  const exists = (key: string) => deployed.has(key) || steps.some((step) => step.key === key)
  for (const { key, parameters } of steps) {
    for (const [name, source] of parameters) {
      if (source.kind === 'previous-or-default') {
        const hasValue = source.hasDefault || deployed.get(key)?.parameters.has(name)
        if (!hasValue) throw missingValue(key, name)
      }
      // A preview names such outputs instead.
      if (source.kind !== 'value' || mode === 'preview') continue
      const missing = stacksOf(source.value).find((stack) => !exists(stack))
      if (missing) throw missingStack(missing)
    }
  }
}

async function resolveSource(
  source: Exclude<Source, { kind: 'previous-or-default' }>,
  lookup: Lookup,
): Promise<string> {
  if (source.kind === 'value') return await resolveValue(source.value, lookup)
  return source.part === 'bucket' ? lookup.settings.toolkitBucket : lookup.assetKey(source.asset)
}

async function resolveValue(value: Value, lookup: Lookup): Promise<string> {
  const texts: string[] = []
  for (const piece of value) {
    if (piece.kind === 'text') texts.push(piece.text)
    else if (piece.kind === 'setting') texts.push(lookup.settings[piece.name])
    else if (piece.kind === 'paused') {
      const { cluster, service } = namePaused(piece, lookup.settings.prefix)
      texts.push(String(lookup.isPaused(cluster, service)))
    } else if (piece.kind !== 'output') {
      throw new Error(`${piece.kind}: expected a value, got only where it is`)
    } else {
      const outputs = await lookup.outputsOf(piece.stack)
      const output = outputs.get(piece.output)
      if (output === undefined) {
        throw new UserError(
          `stacks: the stack "${piece.stack}" has no output "${piece.output}"; it has ${[...outputs.keys()].join(', ') || 'none'}`,
        )
      }
      texts.push(output)
    }
  }
  return texts.join('')
}
