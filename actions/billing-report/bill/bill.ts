import type { Period } from '../../../lib/service/calendar.ts'
import { compare, type Decimal, sum } from '../rates/decimal.ts'
import { makeMeterFinder } from '../rates/meter-finder.ts'
import type { Rates } from '../rates/rates.ts'
import { type Adjustment, adjustUser, withoutUsage } from './adjustments.ts'
import type { Finding } from './finding.ts'
import { type LineSum, makeLineSums } from './line-sums.ts'
import { makePricing, sumOfLines, type UserBill } from './price.ts'
import { makeRouteSums, type RouteSum } from './route-sums.ts'
import { type Classes, classOf, startClasses, sumOf, type UsageRow } from './usage.ts'
import { makeUserSums, type UserSums } from './user-sums.ts'
import { groupByUser } from './user-usage.ts'

/** A draft may change as rows arrive, an open bill with the next run, a closed one never. */
export type BillState = 'draft' | 'open' | 'closed'

/** What a bill says besides its money. */
export type BillFacts = {
  state: BillState
  /** What may make it incomplete, accepted or not, in the order of `findingIds`. */
  findings: readonly Finding[]
  /** Corrections of closed months, by month and user; each is a line of its user, too. */
  adjustments: readonly Adjustment[]
}

/** A bill of one month, before it is written in any form: its sums, and those of its users who owe most. */
export type Bill = BillFacts &
  UserSums & {
    period: Period
    currency: string
    decimals: number
    taxName: string
    /** The largest totals first, equal ones by the bytes of the name; at most 1,000. */
    largest: readonly UserBill[]
    /** All users who are not among the largest. */
    others: UserSums
    /** All lines of all users, by what they are for; they add up to the total. */
    lines: readonly LineSum[]
    /** Requests by route and status. */
    routes: readonly RouteSum[]
    /** All raw rows of the period, counted apart from the roll-up. */
    rows: bigint
    classes: Classes
    /** The first user whose lines do not add up to the total. */
    unbalancedUser: string | undefined
  }

const noFacts: BillFacts = { state: 'open', findings: [], adjustments: [] }

/**
 * Makes the bill of a month from usage that is sorted by user. Users are priced one at a time, and given to `visit`
 * sorted by the bytes of the name: memory does not grow with their number.
 */
export async function makeBill(
  period: Period,
  usage: Iterable<UsageRow> | AsyncIterable<UsageRow>,
  rows: bigint,
  rates: Rates,
  facts: BillFacts = noFacts,
  visit: (user: UserBill) => void = () => {},
): Promise<Bill> {
  const findMeters = makeMeterFinder(rates)
  const price = makePricing(rates, findMeters)
  const classes = startClasses()
  const [users, lines, routes] = [makeUserSums(), makeLineSums(), makeRouteSums()]
  const isBilled = (row: UsageRow) => {
    const found = classOf(row, findMeters(row))
    classes.duplicate += row.duplicates
    classes[found] += row.quantities.request
    routes.add(row, found)
    return found === 'billed'
  }
  let unbalancedUser: string | undefined
  const planned = new Set(rates.plans.flatMap((plan) => plan.users ?? []))
  const adjusted = Map.groupBy(facts.adjustments, ({ user }) => user)
  for await (const { user, rows } of groupByUser(usage, planned.union(new Set(adjusted.keys())), isBilled)) {
    const own = rows.length > 0 || planned.has(user) ? price(user, rows) : withoutUsage(user)
    const owed = adjustUser(own, adjusted.get(user) ?? [])
    if (!addsUp(owed)) unbalancedUser ??= user
    users.add(owed)
    lines.add(owed)
    visit(owed)
  }
  const { currency, decimals, tax } = rates
  return {
    ...facts,
    ...{ period, currency, decimals, taxName: tax.name },
    ...{ ...users.finish(), lines: lines.finish(), routes: routes.finish() },
    ...{ rows, classes, unbalancedUser },
  }
}

/** Returns whether the lines of a user add up to the total. */
export const addsUp = ({ lines, total }: Pick<UserBill, 'lines' | 'total'>): boolean =>
  compare(sumOfLines(lines), total) === 0

/** Returns the equation of a bill that does not hold, or `undefined`. */
export function findImbalance(bill: Bill): string | undefined {
  const counted = sumOf(bill.classes)
  if (counted !== bill.rows) {
    return `the log has ${bill.rows} rows in ${bill.period.name}, and the classes add up to ${counted}`
  }
  if (bill.unbalancedUser !== undefined)
    return `the lines of "${bill.unbalancedUser}" do not add up to the total`
  const lines = sum(bill.lines.map(({ amount }) => amount))
  if (compare(lines, bill.total) !== 0) return 'the line items do not add up to the total'
  const shown = sum([...bill.largest.map(({ total }): Decimal => total), bill.others.total])
  return compare(shown, bill.total) === 0 ? undefined : 'the totals of the users do not add up to the total'
}
