import { readInTime } from '../../../lib/read-in-time.ts'
import type { Pursuit } from '../apply/pursuit.ts'
import { describeSchedule, startsInstances } from '../report/schedules.ts'
import { type ClusterRun, showTimeIn } from './cluster-run.ts'

/**
 * Notes which scheduled actions of groups will undo a pause. Those of services are suspended with their scaling; those of
 * groups belong to whoever made them, and stay.
 */
export async function noteSchedules(
  { operation, state, plan, outcomes }: Pursuit,
  { aws, context, setting }: ClusterRun,
): Promise<string[]> {
  if (operation !== 'pause') return []
  const paused = state.services.filter(({ name }) =>
    /^(done|already|under way)$/.test(outcomes.get(name)?.kind ?? ''),
  )
  const concerned = new Set([...paused.flatMap((service) => service.groups), ...plan.strays])
  const groups = [...concerned].filter((name) => state.groups.has(name))
  const unread = 'what the groups are scheduled for is not known'
  const list = async () => await aws.groupSchedules.list(groups)
  const schedules = await readInTime(list, { ...context, unread })
  return (schedules ?? [])
    .filter(startsInstances)
    .map((each) => `${describeSchedule(each, showTimeIn(setting))}: its instances run and cost from then on`)
}
