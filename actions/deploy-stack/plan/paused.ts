import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { type PauseState, pauseStateKey } from '../../../lib/service/pause-state/state.ts'
import { evaluateBounds, type ScalingBounds } from '../graph/paused-bounds.ts'
import { namePaused, type Value } from '../graph/value.ts'
import type { StackStep } from './plan.ts'

/** A service that a stack must not wake while it is paused. */
export type ServiceName = { cluster: string; service: string }

/** Lists the services to which parameters of a stack refer by `${paused:cluster/service}`. */
export function listPausable({ parameters }: StackStep, prefix: string): ServiceName[] {
  const pieces = [...parameters.values()].flatMap((source) => (source.kind === 'value' ? source.value : []))
  return listPaused(pieces, prefix)
}

/** Lists the services that pieces of values ask about, each once. */
export function listPaused(pieces: Value, prefix: string): ServiceName[] {
  const named = pieces.flatMap((piece) => (piece.kind === 'paused' ? [namePaused(piece, prefix)] : []))
  return [...new Map(named.map((each) => [pauseStateKey(each.cluster, each.service), each])).values()]
}

/** Returns whether a deployment has to leave a service down: no resume has ended, and it is asked for no task. */
export const isLeftDown = (state: PauseState | undefined, desired: number | undefined): boolean =>
  state !== undefined && state.phase !== 'running' && desired === 0

/** Computes the bounds that the service of a stack would get if it was not paused. */
export function planBounds(
  { parameters, template }: StackStep,
  given: ReadonlyMap<string, string | undefined>,
  stack: Pick<Stack, 'parameters'> | undefined,
): ScalingBounds | undefined {
  const values = new Map<string, string>()
  for (const [name, { default: standard }] of template.parameters) {
    const source = parameters.get(name)
    const isPaused = source?.kind === 'value' && source.value.some(({ kind }) => kind === 'paused')
    const value = given.has(name) ? (given.get(name) ?? stack?.parameters.get(name)) : standard
    if (isPaused) values.set(name, 'false')
    else if (value !== undefined) values.set(name, value)
  }
  return evaluateBounds(template, values)
}

/** Writes new bounds into the numbers that a resume will restore; undefined where they are there already. */
export function keepBounds(state: PauseState | undefined, bounds: ScalingBounds): PauseState | undefined {
  if (!state?.saved?.bounds) return undefined
  const { min, max } = state.saved.bounds
  if (min === bounds.min && max === bounds.max) return undefined
  return { ...state, saved: { ...state.saved, bounds: { ...state.saved.bounds, ...bounds } } }
}
