import type { UniqueClass, UsageRow } from './usage.ts'
import { compareNames } from './user-usage.ts'

/** Requests of one route and status; copies of rows are not among them. */
export type RouteSum = {
  /** Undefined for all routes beyond those that are counted one by one. */
  routeKey: string | undefined
  status: string
  requests: bigint
  /** Of these, those that are billed. */
  billed: bigint
}

// An API has at most 300 routes; what a log has beyond was made up.
const mostPairs = 5000

/** Starts to count requests by route and status, within bounds. */
export function makeRouteSums() {
  const sums = new Map<string, RouteSum>()
  return {
    add({ routeKey, status, quantities: { request } }: UsageRow, found: UniqueClass): void {
      if (found === 'malformed') return
      const known = sums.get(`${routeKey}\0${status}`)
      const sum =
        known ?? (sums.size < mostPairs ? start(sums, routeKey, status) : start(sums, undefined, ''))
      sum.requests += request
      if (found === 'billed') sum.billed += request
    },
    /** Lists them by the bytes of route and status; what is beyond is last. */
    finish(): RouteSum[] {
      return [...sums.values()].sort(
        (a, b) => compareRoutes(a.routeKey, b.routeKey) || compareNames(a.status, b.status),
      )
    },
  }
}

function start(sums: Map<string, RouteSum>, routeKey: string | undefined, status: string): RouteSum {
  const key = routeKey === undefined ? '' : `${routeKey}\0${status}`
  const sum = sums.get(key) ?? { routeKey, status, requests: 0n, billed: 0n }
  sums.set(key, sum)
  return sum
}

function compareRoutes(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  return compareNames(a, b)
}
