import { add, compare, type Decimal, negate, sum, zero } from '../rates/decimal.ts'
import type { UserBill } from './price.ts'

/** What users owe together. */
export type UserSums = {
  users: number
  requests: bigint
  net: Decimal
  tax: Decimal
  rounding: Decimal
  total: Decimal
}

/** What pages show of a user: of a thousand users, their lines would be most of the memory. */
export type UserTotal = Omit<UserBill, 'lines'>

/** Users that pages show one by one; the CSV has all. */
const mostShown = 1000

const none: UserSums = { users: 0, requests: 0n, net: zero, tax: zero, rounding: zero, total: zero }

/** Starts to add up users, who come one at a time; keeps the largest. */
export function makeUserSums() {
  let sums = none
  let largest: UserTotal[] = []
  // Total of the last one that is shown, as soon as there are enough: what is not larger comes too late.
  let least: Decimal | undefined
  // Sorting is stable: of equal totals, the one that came first stays.
  const cut = () => {
    largest = largest.toSorted((a, b) => compare(b.total, a.total)).slice(0, mostShown)
    least = largest[mostShown - 1]?.total
  }
  return {
    add(bill: UserBill): void {
      sums = {
        users: sums.users + 1,
        requests: sums.requests + bill.requests,
        net: add(sums.net, bill.net),
        tax: add(sums.tax, bill.tax),
        rounding: add(sums.rounding, bill.rounding),
        total: add(sums.total, bill.total),
      }
      if (least && compare(bill.total, least) <= 0) return
      const { lines: _, ...user } = bill
      if (largest.push(user) >= 2 * mostShown) cut()
    },
    finish(): UserSums & { largest: UserTotal[]; others: UserSums } {
      cut()
      return { ...sums, largest, others: subtract(sums, largest) }
    },
  }
}

function subtract(all: UserSums, shown: readonly UserTotal[]): UserSums {
  const rest = (pick: (user: Omit<UserSums, 'users'>) => Decimal) =>
    add(pick(all), negate(sum(shown.map(pick))))
  return {
    users: all.users - shown.length,
    requests: all.requests - shown.reduce((sum, { requests }) => sum + requests, 0n),
    net: rest(({ net }) => net),
    tax: rest(({ tax }) => tax),
    rounding: rest(({ rounding }) => rounding),
    total: rest(({ total }) => total),
  }
}
