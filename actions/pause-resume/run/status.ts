import type { Outcome } from '../../../lib/outcome.ts'
import { findInstancePrice } from '../../../lib/service/instance-price.ts'
import { describeSurroundings } from '../observe/surroundings.ts'
import { renderStatus } from '../report/status.ts'
import { reportStatus } from '../report.ts'
import type { ClusterRun } from './cluster-run.ts'
import { lookFirst } from './look-first.ts'

/** Reports how services of a cluster stand. */
export async function tellStatus(run: ClusterRun): Promise<Outcome> {
  const { aws, context, inputs, setting } = run
  const now = context.clock.now()
  const { state, around } = await lookFirst(run, now, async (state) => ({
    state,
    around: await describeSurroundings(state, aws, now),
  }))
  const priceOf = (type: string) => findInstancePrice(type, aws.region, inputs.instancePrice)
  return reportStatus(state, renderStatus(state, around, { ...setting, now, priceOf }))
}
