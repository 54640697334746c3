import { describe, expect, it } from 'vitest'
import { findAdjustments } from '../../../actions/billing-report/bill/adjustments.ts'
import { formatDecimal } from '../../../actions/billing-report/rates/decimal.ts'
import { parseRates } from '../../../actions/billing-report/rates/rates-file.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'
import { billOf } from '../../fixtures/bill.ts'
import { simpleRates } from '../../fixtures/billing-run.ts'

const amount = (value: number) => ({ value: BigInt(value), scale: 0 })
const totals = (given: Record<string, number>) =>
  new Map(Object.entries(given).map(([user, value]) => [user, amount(value)]))
const find = (
  now: Record<string, number>,
  closed: Record<string, number>,
  posted: [string, string, number][] = [],
) =>
  findAdjustments(
    '2026-08',
    totals(now),
    totals(closed),
    posted.map(([month, user, value]) => ({ month, user, amount: amount(value) })),
  ).map((each) => [each.user, formatDecimal(each.amount)])

describe('adjustments', () => {
  it('are what is owed now beyond what was billed and posted, by name, without zeros', () => {
    expect(find({ bob: 5, carol: 7, alice: 30 }, { alice: 10, bob: 5, dora: 4 })).toEqual([
      ['alice', '20'],
      ['carol', '7'],
      ['dora', '-4'],
    ])
  })

  it('are not posted twice, nor mixed with those of other months', () => {
    const posted: [string, string, number][] = [
      ['2026-08', 'alice', 15],
      ['2026-08', 'alice', 3],
      ['2026-07', 'alice', 99],
      ['2026-08', 'bob', -2],
    ]
    expect(find({ alice: 30 }, { alice: 10 }, posted)).toEqual([
      ['alice', '2'],
      ['bob', '2'],
    ])
  })

  it('are lines after tax and rounding, also of a user who has nothing else', async () => {
    const rates = parseRates(`${simpleRates}plans: {p: {users: [bob], fixed: "100"}}\n`, 'r.yml')
    const adjustments = [
      { month: '2026-07', user: 'bob', amount: amount(-5) },
      { month: '2026-08', user: 'bob', amount: amount(7) },
      { month: '2026-08', user: 'alice', amount: amount(3) },
    ]
    const facts = { state: 'open', adjustments } as const
    const { users } = await billOf(monthPeriod('2026-09', 'Asia/Seoul'), [], rates, 0n, facts)
    const [alice, bob] = users
    expect([alice?.user, alice?.total, alice?.lines.map(({ kind }) => kind)]).toEqual([
      'alice',
      amount(3),
      ['adjustment'],
    ])
    expect(bob?.lines.map(({ kind, item }) => `${kind} ${item}`).slice(-2)).toEqual([
      'adjustment 2026-07',
      'adjustment 2026-08',
    ])
    expect([bob && formatDecimal(bob.total), bob && formatDecimal(bob.net)]).toEqual(['112', '100'])
  })
})
