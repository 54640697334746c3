import type { Log } from '../../../lib/log.ts'
import { renderFinding } from '../../../lib/service/diagnosis/finding.ts'
import { diagnoseLaunch } from '../../../lib/service/diagnosis/placement.ts'
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
    const lacking = [...new Set(open)]
      .flatMap((name) => state.groups.get(name) ?? [])
      .filter(({ instances, desired }) => instances.length < desired)
    if (lacking.length > 0) next = clock.now() + everyMs
    for (const { name, desired, max, instances } of lacking) {
      // Whoever may not read the activities can resume all the same.
      const failures = await aws.launchFailures.list(name, since).catch(() => [])
      const group = { name, desired, max, instances: instances.length, failures }
      for (const sentence of diagnoseLaunch(group, false).map(renderFinding)) {
        if (!told.has(sentence)) log.warning(`${sentence}; the resume goes on until its time-out`)
        told.add(sentence)
      }
    }
  }
}
