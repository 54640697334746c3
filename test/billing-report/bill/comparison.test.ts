import { expect, it } from 'vitest'
import { compareTotals } from '../../../actions/billing-report/bill/comparison.ts'
import { whole, zero } from '../../../actions/billing-report/rates/decimal.ts'

const totals = (record: Record<string, number>) =>
  new Map(Object.entries(record).map(([user, total]) => [user, whole(BigInt(total))]))

it('compares who is in either, the largest change first, then by name', () => {
  const { largest, ...all } = compareTotals(
    totals({ same: 5, less: 10, gone: 3, b: 1 }),
    totals({ same: 5, less: 3, new: 3, b: 4 }),
  )
  expect(largest.map(({ user }) => user)).toEqual(['less', 'b', 'gone', 'new', 'same'])
  expect(largest[2]).toEqual({ user: 'gone', now: whole(3n), other: zero })
  expect(all).toMatchObject({ users: 5, now: whole(19n), other: whole(15n), others: { users: 0 } })
})

it('lists a thousand users, and adds the others up', () => {
  const many = Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`u${at}`, at]))
  const { largest, others } = compareTotals(totals(many), new Map())
  expect(largest.map(({ user }) => user)).toEqual(Array.from({ length: 1000 }, (_, at) => `u${1499 - at}`))
  expect(others).toEqual({ users: 500, now: whole(124_750n), other: zero })
})
