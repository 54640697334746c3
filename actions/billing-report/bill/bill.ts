import type { Period } from '../../../lib/service/calendar.ts'
import { compare, type Decimal, sum } from '../rates/decimal.ts'
import { makeMeterFinder } from '../rates/meter-finder.ts'
import type { Rates } from '../rates/rates.ts'
import { type Adjustment, adjustUser, withoutUsage } from './adjustments.ts'
import type { Finding } from './finding.ts'
import { type LineSum, makeLineSums } from './line-sums.ts'
import { makePricing, sumOfLines, type UserBill } from './price.ts'
import { makeRouteSums, type RouteSum } from './route-sums.ts'
import { makeUncounted, type Uncounted } from './uncounted.ts'
import { type Classes, classOf, startClasses, sumOf, type Usage, type UsageRow } from './usage.ts'
import { makeUserSums, type UserSums, type UserTotal } from './user-sums.ts'
import { makeGroups } from './user-usage.ts'

/** A draft may change as rows arrive, an open bill with the next run, a closed one never. */
export type BillState = 'draft' | 'open' | 'closed'

/** What is known of a bill before its usage is read. */
export type BillFacts = {
  state: BillState
  /** Corrections of closed months, by month and user; each is a line of its user, too. */
  adjustments: readonly Adjustment[]
  /** Finds what may make it incomplete, accepted or not, in the order of `findingIds`. */
  findIncomplete?: (uncounted: Uncounted) => readonly Finding[]
}

/** A bill of one month, before it is written in any form: its sums, and those of its users who owe most. */
export type Bill = Omit<BillFacts, 'findIncomplete'> &
  UserSums & {
    period: Period
    findings: readonly Finding[]
    currency: string
    decimals: number
    taxName: string
    /** The largest totals first, equal ones by the bytes of the name; at most 1,000. */
    largest: readonly UserTotal[]
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

const noFacts: BillFacts = { state: 'open', adjustments: [] }

/**
 * Makes the bill of a month from usage that is sorted by user. Users are priced one at a time, and given to `visit`
 * sorted by the bytes of the name: memory does not grow with their number.
 */
export async function makeBill(
  period: Period,
  usage: Usage,
  rows: bigint,
  rates: Rates,
  { state, adjustments, findIncomplete }: BillFacts = noFacts,
  visit: (user: UserBill) => void = () => {},
): Promise<Bill> {
  const findMeters = makeMeterFinder(rates)
  const price = makePricing(rates, findMeters)
  const classes = startClasses()
  const [users, lines, routes, uncounted] = [makeUserSums(), makeLineSums(), makeRouteSums(), makeUncounted()]
  const isBilled = (row: UsageRow) => {
    const match = findMeters(row)
    const found = classOf(row, match)
    classes.duplicate += row.duplicates
    classes[found] += row.quantities.request
    routes.add(row, found)
    uncounted.add(row, found, match)
    return found === 'billed'
  }
  let unbalancedUser: string | undefined
  const planned = new Set(rates.plans.flatMap((plan) => plan.users ?? []))
  const adjusted = Map.groupBy(adjustments, ({ user }) => user)
  const groups = makeGroups(planned.union(new Set(adjusted.keys())), isBilled, ({ user, rows }) => {
    const own = rows.length > 0 || planned.has(user) ? price(user, rows) : withoutUsage(user)
    const owed = adjustUser(own, adjusted.get(user) ?? [])
    if (!addsUp(owed)) unbalancedUser ??= user
    users.add(owed)
    lines.add(owed)
    visit(owed)
  })
  for await (const piece of usage) for (const row of piece) groups.add(row)
  groups.finish()
  const { currency, decimals, tax } = rates
  return {
    ...{ state, adjustments, findings: findIncomplete?.(uncounted.finish()) ?? [] },
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
