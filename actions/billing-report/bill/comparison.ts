import { add, compare, type Decimal, negate, sum, zero } from '../rates/decimal.ts'
import type { Totals } from './adjustments.ts'
import { compareNames } from './user-usage.ts'

/** What somebody owes by the rates, and by other ones. */
type Pair = { now: Decimal; other: Decimal }

/** The totals of a month by two rates files. */
export type Comparison = Pair & {
  users: number
  /** Those whose total changes most, the largest change first, equal ones by the bytes of the name. */
  largest: readonly (Pair & { user: string })[]
  /** All others together. */
  others: Pair & { users: number }
}

/** Users who are shown one by one. */
const mostShown = 1000

/** Compares totals user by user; who is in one of them only owes nothing by the other. */
export function compareTotals(now: Totals, other: Totals): Comparison {
  const names = new Set([...now.keys(), ...other.keys()])
  const pairs = [...names].map((user) => ({
    ...{ user, now: now.get(user) ?? zero, other: other.get(user) ?? zero },
  }))
  pairs.sort((a, b) => compare(changeOf(b), changeOf(a)) || compareNames(a.user, b.user))
  const [largest, rest] = [pairs.slice(0, mostShown), pairs.slice(mostShown)]
  return {
    ...{ users: pairs.length, ...addUp(pairs), largest },
    others: { users: rest.length, ...addUp(rest) },
  }
}

const changeOf = ({ now, other }: Pair): Decimal => {
  const change = add(other, negate(now))
  return change.value < 0n ? negate(change) : change
}

const addUp = (pairs: readonly Pair[]): Pair => ({
  now: sum(pairs.map(({ now }) => now)),
  other: sum(pairs.map(({ other }) => other)),
})
