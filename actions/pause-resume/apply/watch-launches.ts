import type { Log } from '../../../lib/log.ts'
import type { Clock } from '../../../lib/wait.ts'
import type { Connections } from '../context.ts'
import type { Pursuit } from './pursuit.ts'

type Watching = { aws: Pick<Connections, 'launchFailures'>; clock: Clock; log: Log }

const everyMs = 15_000

/**
 * Makes what a resume does after each look: it says, once each, why instances do not start. Zones without capacity get
 * some within the hour mostly, so that the resume goes on.
 */
export function watchLaunches(
  since: number,
  { aws, clock, log }: Watching,
): (pursuit: Pursuit) => Promise<void> {
  const told = new Set<string>()
  let next = 0
  return async ({ operation, state, outcomes }) => {
    if (operation === 'pause' || clock.now() < next) return
    const open = state.services.filter(({ name }) => !outcomes.has(name)).flatMap(({ groups }) => groups)
    const lacking = [...new Set(open)].filter((name) => {
      const group = state.groups.get(name)
      return group !== undefined && group.instances.length < group.desired
    })
    if (lacking.length > 0) next = clock.now() + everyMs
    for (const name of lacking) {
      // Whoever may not read the activities can resume all the same.
      const failures = await aws.launchFailures.list(name, since).catch(() => [])
      for (const failure of failures.slice(0, 1)) {
        const sentence = `${name}: an instance could not start: ${failure}`
        if (!told.has(sentence)) log.warning(`${sentence} The resume goes on until its time-out.`)
        told.add(sentence)
      }
    }
  }
}
