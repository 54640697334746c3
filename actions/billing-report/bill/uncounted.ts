import type { Match } from '../rates/meter-finder.ts'
import type { Unit } from '../rates/rates.ts'
import type { UniqueClass, UsageRow } from './usage.ts'

/** Usage that owes nothing, and perhaps should. */
export type Uncounted = {
  /** Billed values that are no whole number, by unit: the sums count them as 0. */
  unreadable: ReadonlyMap<Unit, bigint>
  /** Rows from before the first version of the rates. */
  beforeRates: bigint
  /** Rows that would be billed, and have no user. */
  unattributed: bigint
  /** Successful rows of users that no meter counts, by route. */
  noRate: ReadonlyMap<string, bigint>
  /** All rows but malformed ones and copies: the whole of which shares are told. */
  all: bigint
}

// An API has at most 300 routes.
const mostRoutes = 1000

/** Starts to count usage that owes nothing. */
export function makeUncounted() {
  const unreadable = new Map<Unit, bigint>()
  const noRate = new Map<string, bigint>()
  let [beforeRates, unattributed, all] = [0n, 0n, 0n]
  return {
    add(row: UsageRow, found: UniqueClass, { meters }: Match): void {
      const { request } = row.quantities
      if (found === 'malformed') return
      all += request
      if (found === 'unattributed') unattributed += request
      if (row.version < 0) beforeRates += request
      else if (found === 'noRate' && row.rowClass === 'attributed' && /^2\d\d$/.test(row.status))
        count(noRate, noRate.size < mostRoutes ? row.routeKey : '', request)
      if (found !== 'billed') return
      for (const { unit } of meters) {
        const values = row.unreadable?.[unit] ?? 0n
        if (values > 0n) count(unreadable, unit, values)
      }
    },
    finish: (): Uncounted => ({ unreadable, beforeRates, unattributed, noRate, all }),
  }
}

function count<K>(counts: Map<K, bigint>, key: K, more: bigint): void {
  counts.set(key, (counts.get(key) ?? 0n) + more)
}
