import type { Latency } from './page-data.ts'

/** Upper ends of the buckets in which latencies are counted, in milliseconds; one more bucket has what takes longer. */
export const latencyLimits = [
  ...[10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
  ...[10_000, 15_000, 20_000, 25_000, 29_000, 30_000],
]

/** Requests of a route in one bucket of latency, by its number from 0 on. */
export type LatencyCount = { routeKey: string; bucket: number; requests: bigint }

/** Finds the buckets in which half of the requests of each route end, and nearly all of them. */
export function summarizeLatency(counts: readonly LatencyCount[]): Latency[] {
  return [...Map.groupBy(counts, ({ routeKey }) => routeKey)].map(([routeKey, own]) => ({
    routeKey,
    p50: percentile(own, 50n),
    p95: percentile(own, 95n),
    p99: percentile(own, 99n),
  }))
}

function percentile(counts: readonly LatencyCount[], percent: bigint): string {
  const all = counts.reduce((sum, { requests }) => sum + requests, 0n)
  let reached = 0n
  const found = counts
    .toSorted((a, b) => a.bucket - b.bucket)
    .find(({ requests }) => {
      reached += requests
      return reached * 100n >= all * percent
    })
  const limit = latencyLimits[found?.bucket ?? 0]
  return limit === undefined ? `> ${latencyLimits.at(-1)} ms` : `≤ ${limit} ms`
}
