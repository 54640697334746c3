import type { GroupSchedule } from '../../../lib/aws/group-schedules.ts'
import type { PausedAnswer } from '../../../lib/aws/paused-answers.ts'
import type { ScalingActivity } from '../../../lib/aws/scaling-activities.ts'
import type { TargetHealth } from '../../../lib/aws/target-health.ts'
import type { LedgerPage } from '../../../lib/aws/toolkit/ledger.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import type { Connections } from '../context.ts'
import type { ClusterState, ServiceState } from './state.ts'
import { listStrays } from './strays.ts'

/** What a status tells beside the state of a cluster. */
export type Surroundings = {
  /** The events of the last weeks. */
  ledger: LedgerPage
  /** By the service's name. */
  activities: ReadonlyMap<string, readonly ScalingActivity[]>
  targets: ReadonlyMap<string, readonly TargetHealth[]>
  /** The rules that answer in place of paused services. */
  answers: readonly PausedAnswer[]
  /** What the groups of the cluster are scheduled for. */
  schedules: readonly GroupSchedule[]
  /** Services that have a state, and do not exist. */
  strays: readonly string[]
}

const callsAtATime = 8
const shownActivities = 3
// Two weeks are shown; how all stood at their start is told by events before them.
const ledgerMs = 45 * 24 * 3_600_000

/** Reads what a status tells beside the state of a cluster. */
export async function describeSurroundings(
  state: ClusterState,
  aws: Connections,
  now: number,
): Promise<Surroundings> {
  const { cluster, services } = state
  const withTarget = services.filter(({ bounds }) => bounds !== undefined)
  const ofServices = async <T>(some: readonly ServiceState[], read: (service: ServiceState) => Promise<T>) =>
    new Map(
      await mapConcurrently(
        some,
        { concurrency: callsAtATime },
        async (service) => [service.name, await read(service)] as const,
      ),
    )
  const groups = services.flatMap(({ targetGroups }) => targetGroups)
  return {
    ledger: await aws.ledger.read(cluster, now - ledgerMs),
    activities: await ofServices(withTarget, ({ name }) =>
      aws.activities.list(cluster, name, shownActivities),
    ),
    targets: await ofServices(services, async ({ targetGroups }) =>
      (await Promise.all(targetGroups.map((group) => aws.targets.describe(group)))).flat(),
    ),
    answers: groups.length === 0 ? [] : await aws.pausedAnswers.find(groups),
    schedules: await aws.groupSchedules.list([...state.groups.keys()]),
    strays: state.isWhole ? await listStrays(state, aws) : [],
  }
}
