import { monthPeriod, type Period } from '../../../lib/service/calendar.ts'
import type { ClosedBill } from './closed.ts'

/** A closed month beside the one of a bill. */
export type Neighbour = Pick<ClosedBill, 'month' | 'timeZone'>

/** Minutes for whose rows two months that follow each other both bill, or neither. */
export type OddBorder = Neighbour & { minutes: number; isTwice: boolean }

/** Finds the closed months beside a period that do not end or begin with it, since they were closed in another time zone. */
export function findOddBorders(period: Period, neighbours: readonly Neighbour[]): OddBorder[] {
  return neighbours.flatMap(({ month, timeZone }) => {
    const { start, end } = monthPeriod(month, timeZone)
    const shared = month < period.name ? end - period.start : period.end - start
    return shared === 0 ? [] : [{ month, timeZone, minutes: Math.abs(shared) / 60_000, isTwice: shared > 0 }]
  })
}
