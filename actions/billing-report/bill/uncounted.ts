import type { Match } from '../rates/meter-finder.ts'
import type { Unit } from '../rates/rates.ts'
import type { UniqueClass, UsageRow } from './usage.ts'

/** Usage that owes nothing, and perhaps should. */
export type Uncounted = {
  /** Billed values that are no whole number, by unit: the sums count them as 0. */
  unreadable: ReadonlyMap<Unit, bigint>
  /** Rows from before the first version of the rates. */
  beforeRates: bigint
}

/** Starts to count usage that owes nothing. */
export function makeUncounted() {
  const unreadable = new Map<Unit, bigint>()
  let beforeRates = 0n
  return {
    add(row: UsageRow, found: UniqueClass, { meters }: Match): void {
      if (row.version < 0 && found !== 'malformed') beforeRates += row.quantities.request
      if (found !== 'billed') return
      for (const { unit } of meters) {
        const count = row.unreadable?.[unit] ?? 0n
        if (count > 0n) unreadable.set(unit, (unreadable.get(unit) ?? 0n) + count)
      }
    },
    finish: (): Uncounted => ({ unreadable, beforeRates }),
  }
}
