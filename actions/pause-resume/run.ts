import type { Outcome } from '../../lib/outcome.ts'
import { verifyArns } from '../../lib/service/ecs-name.ts'
import type { Connections, PauseContext } from './context.ts'
import { readInputs } from './inputs.ts'
import { chooseServices, type Finder } from './prepare/selection.ts'
import { readSetting } from './prepare/setting.ts'
import { followCalendar } from './run/auto.ts'
import type { ClusterRun } from './run/cluster-run.ts'
import { runClusters } from './run/clusters.ts'
import { keepAwake } from './run/keep-awake.ts'
import { tellStatus } from './run/status.ts'
import { pursueWish } from './run/wish.ts'

/** Pauses or resumes services of clusters, follows a calendar, or reports their state. */
export async function run(context: PauseContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs)
  const setting = readSetting(inputs, context)
  const aws = await context.connect(inputs.prefix)
  verifyArns(inputs.arns, aws)
  const all = await chooseServices(inputs.clusters, inputs.selection, toFinder(aws))
  return await runClusters(all, context, async (chosen, context) =>
    runCluster({ chosen, inputs, setting, aws, context }),
  )
}

const toFinder = ({ finder, ecs }: Connections): Finder => ({
  ...finder,
  listServices: async (cluster) =>
    (await ecs.listProviders(cluster)) === undefined ? undefined : await ecs.listServices(cluster),
})

async function runCluster(run: ClusterRun): Promise<Outcome> {
  const { inputs, setting } = run
  const { operation, reason } = inputs
  if (operation === 'status') return await tellStatus(run)
  if (operation === 'keep-awake') return await keepAwake(run)
  // The inputs of `auto` have a calendar.
  if (operation === 'auto')
    return setting.calendar ? await followCalendar(setting.calendar, run) : await tellStatus(run)
  const startedAt = run.context.clock.now()
  if (setting.keepAwakeUntil !== undefined) {
    const kept = await keepAwake(run)
    if (kept.failure !== undefined) return kept
  }
  return await pursueWish({ operation, reason, startedAt, isNoted: true, hold: () => new Map() }, run)
}
