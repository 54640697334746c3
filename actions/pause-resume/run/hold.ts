import type { ServiceOutcome } from '../apply/pursuit.ts'
import { describeKeepAwake, describeUse } from '../calendar/decide.ts'
import { type ClusterState, type ServiceState, stateOf } from '../observe/state.ts'
import { describeUses } from '../observe/use.ts'
import { type ClusterRun, showTimeIn } from './cluster-run.ts'

/** Services that a wish leaves alone on purpose, and why. */
export type Held = ReadonlyMap<string, ServiceOutcome>

/** Finds the services that a pause leaves alone: those that are kept awake, and those in use. */
export async function holdAwake(state: ClusterState, held: Held, run: ClusterRun): Promise<Held> {
  const { aws, context, inputs } = run
  const now = context.clock.now()
  const asked = state.services.filter(({ name, desired }) => desired > 0 && !held.has(name))
  const awake = asked.flatMap((service): [string, ServiceOutcome][] => {
    const cause = explainAwake(service, now, run)
    return cause === undefined ? [] : [[service.name, { kind: 'kept-awake', cause }]]
  })
  const { idleMinutes } = inputs
  if (idleMinutes === undefined) return new Map([...held, ...awake])
  const kept = new Set(awake.map(([name]) => name))
  const open = asked.filter(({ name }) => !kept.has(name))
  const uses = await describeUses(state.cluster, open, { aws, minutes: idleMinutes, now })
  const used = [...uses].flatMap(([name, use]): [string, ServiceOutcome][] => {
    const why = describeUse(use)
    return why === undefined ? [] : [[name, { kind: 'skipped', cause: `${name}: ${why}` }]]
  })
  return new Map([...held, ...awake, ...used])
}

/** Says who keeps a service awake, and until when; undefined where nobody does. */
export function explainAwake(
  service: ServiceState,
  now: number,
  { setting }: ClusterRun,
): string | undefined {
  const why = describeKeepAwake(stateOf(service)?.keepAwake, { now, showTime: showTimeIn(setting) })
  return why && `${service.name}: ${why}`
}
