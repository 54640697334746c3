import { renderTime } from '../../../lib/service/render-time.ts'
import type { Connections, PauseContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import type { Chosen } from '../prepare/selection.ts'
import type { Setting } from '../prepare/setting.ts'

/** What one cluster is worked on with. */
export type ClusterRun = {
  chosen: Chosen
  inputs: Inputs
  setting: Setting
  aws: Connections
  context: PauseContext
}

/** Returns how times are shown in this run. */
export const showTimeIn =
  ({ timeZone }: Setting) =>
  (at: number): string =>
    renderTime(at, timeZone)
