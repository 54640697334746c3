import { median } from './median.ts'
import type { Cost } from './push-client.ts'

/** One measured run. */
export type Run = Cost & { case: string; client: string; round: number }

type Bound = { case: string; ours: string; peers: readonly string[]; metric: keyof Cost; most: number }

const skopeo = ['skopeo']
const crane = ['crane']
const all = ['skopeo', 'skopeo precompute', 'crane']

/** What our cost may be at most, as a share of the best of the peers in the same run. */
const bounds: readonly Bound[] = [
  { case: 'cold', ours: 'push-image', peers: skopeo, metric: 'cpuSeconds', most: 0.5 },
  { case: 'cold', ours: 'push-image', peers: skopeo, metric: 'seconds', most: 0.65 },
  { case: 'cold', ours: 'push-image', peers: crane, metric: 'seconds', most: 0.3 },
  { case: 'cold', ours: 'push-image', peers: skopeo, metric: 'sentBytes', most: 1.03 },
  { case: 'cold zstd', ours: 'push-image zstd', peers: ['skopeo zstd'], metric: 'cpuSeconds', most: 0.65 },
  { case: 'cold zstd', ours: 'push-image zstd', peers: ['skopeo zstd'], metric: 'seconds', most: 0.8 },
  { case: 'unchanged', ours: 'push-image', peers: all, metric: 'seconds', most: 1 / 50 },
  { case: 'top', ours: 'push-image', peers: all, metric: 'seconds', most: 1 / 40 },
]

/** Prints the ratios of the medians, and whether each bound is reached; what was not run is left out. */
export function comparePush(runs: readonly Run[]): boolean {
  const compared = bounds.flatMap((bound) => compare(bound, runs))
  for (const line of compared) console.log(JSON.stringify(line))
  const ours = runs.filter(({ client }) => client.startsWith('push-image'))
  const temporaryBytes = Math.max(...ours.map((run) => run.temporaryBytes))
  // The report is all that is written.
  const temporary = { metric: 'temporaryBytes', worst: temporaryBytes, most: 64 * 1024 }
  console.log(JSON.stringify({ ...temporary, reached: temporaryBytes <= temporary.most }))
  return compared.every(({ reached }) => reached) && temporaryBytes <= temporary.most
}

function compare(bound: Bound, runs: readonly Run[]) {
  const medianOf = (client: string) =>
    median(
      runs.filter((run) => run.case === bound.case && run.client === client).map((run) => run[bound.metric]),
    )
  const ours = medianOf(bound.ours)
  const best = Math.min(...bound.peers.map(medianOf))
  if (Number.isNaN(ours) || Number.isNaN(best)) return []
  const ratio = Math.round((ours / best) * 10_000) / 10_000
  return [{ ...bound, ratio, reached: ratio <= bound.most }]
}
