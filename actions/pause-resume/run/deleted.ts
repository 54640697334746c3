import { readInTime } from '../../../lib/read-in-time.ts'
import { pauseStateKey } from '../../../lib/service/pause-state/state.ts'
import type { Pursuit } from '../apply/pursuit.ts'
import { findDeleted } from '../observe/strays.ts'
import type { ClusterRun } from './cluster-run.ts'

/** Notes which services a resume of a whole cluster does not bring back, since somebody deleted them while paused. */
export async function noteDeleted(
  { operation, state }: Pursuit,
  { aws, context }: ClusterRun,
): Promise<string[]> {
  if (operation === 'pause' || !state.isWhole) return []
  const unread = 'which services were deleted while paused is not known'
  const deleted = await readInTime(async () => await findDeleted(state, aws), { ...context, unread })
  return [...(deleted ?? [])].map(
    ([name, { desired }]) =>
      `${name}: was deleted while ${desired} task(s) of it were paused, and does not come back; deploy it again, or delete the saved state ${pauseStateKey(state.cluster, name)} from the toolkit's bucket`,
  )
}
