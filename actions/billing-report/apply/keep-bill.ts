import type { Period } from '../../../lib/service/calendar.ts'
import type { Bill } from '../bill/bill.ts'
import { collectTotals } from '../bill/closed.ts'
import { blockingFindings } from '../bill/finding.ts'
import type { Rates } from '../rates/rates.ts'
import { closeMonth } from './close.ts'
import type { BillParts } from './make-bill.ts'
import { publishUsage } from './month-usage.ts'
import type { LockedSession } from './under-lock.ts'

type Task = { period: Period; rates: Rates; ratesText: string }

/** Prepares what is kept in the account of a bill before its files are published, or why they must not be. */
export function prepareKeeping(
  { period, rates, ratesText }: Task,
  { month, manifest, corrected, facts }: BillParts,
  session: LockedSession,
) {
  const { totals, add } = collectTotals(rates.decimals)
  return {
    // A million totals are much memory, and only a closed month keeps them.
    ...(facts.state === 'closed' && { visit: add }),
    findObstacle: async (
      bill: Bill,
      rendered: ReadonlyMap<string, string>,
    ): Promise<'incomplete' | 'taken' | undefined> => {
      if (bill.state === 'draft') return undefined
      if (blockingFindings(bill.findings).length > 0) return 'incomplete'
      await publishUsage(period, month, session)
      if (bill.state !== 'closed') return undefined
      const kept = { rendered, totals, rates: ratesText, manifest, corrected }
      return (await closeMonth(bill, kept, session)) ? undefined : 'taken'
    },
  }
}
