import { describe, expect, it } from 'vitest'
import { findImbalance, makeBill } from '../../../actions/billing-report/bill/bill.ts'
import type { UsageRow } from '../../../actions/billing-report/bill/usage.ts'
import { parseRates } from '../../../actions/billing-report/rates/rates-file.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'
import { simpleRates } from '../../fixtures/billing-run.ts'
import { ratesText } from '../../fixtures/rates.ts'

const period = monthPeriod('2026-09', 'Asia/Seoul')
const rates = parseRates(simpleRates, 'rates.yml')
const quantities = {
  request: 7n,
  responselength: 10n,
  dataprocessed: 0n,
  responselatency: 0n,
  integrationlatency: 0n,
}
const usage: UsageRow[] = [
  { user: '', version: 0, routeKey: '', status: '', rowClass: 'malformed', duplicates: 0n, quantities },
  {
    user: 'a',
    version: 0,
    routeKey: 'POST /inference',
    status: '200',
    rowClass: 'attributed',
    duplicates: 2n,
    quantities,
  },
]

describe('the equations of a bill', () => {
  it.each([15n, 17n, 0n])('do not hold where the log has %i rows, and the classes 16', async (rows) => {
    expect(findImbalance(await makeBill(period, [usage], rows, rates))).toBe(
      `the log has ${rows} rows in 2026-09, and the classes add up to 16`,
    )
  })

  it('hold where they add up, and not where the lines of a user are other than the total', async () => {
    const bill = await makeBill(period, [usage], 16n, rates)
    expect(findImbalance(bill)).toBeUndefined()
    expect(findImbalance({ ...bill, unbalancedUser: 'a' })).toBe(
      'the lines of "a" do not add up to the total',
    )
    expect(findImbalance({ ...bill, lines: [] })).toBe('the line items do not add up to the total')
    expect(findImbalance({ ...bill, largest: [] })).toBe('the totals of the users do not add up to the total')
  })
})

describe('the sums of a bill', () => {
  // As UTF-16, the two units of the first come before the one of the second.
  const [later, earlier] = ['\u{1F600}', '\uFFEE']

  it('are sorted by the UTF-8 bytes of their names, as the users are', async () => {
    const meter = (id: string) =>
      `{id: "${id}", match: {routes: ["GET /${id}"], status: [2xx]}, unit: request, tiers: [{price: "1"}]}`
    const priced = parseRates(ratesText({ '2026-01-01': [later, earlier, 'a'].map(meter) }), 'rates.yml')
    const row = (name: string, status: string): UsageRow => ({
      ...{ user: 'a', version: 0, routeKey: `GET /${name}`, status, rowClass: 'attributed' },
      ...{ duplicates: 0n, quantities },
    })
    const names = [later, earlier, 'a']
    const rows = names.flatMap((name) =>
      ['201', `2${later}`, `2${earlier}`].map((status) => row(name, status)),
    )
    const bill = await makeBill(period, [rows], 63n, priced)
    const items = bill.lines.filter(({ kind }) => kind === 'usage').map(({ item }) => item)
    expect(items).toEqual(['a', earlier, later])
    expect(bill.routes.map(({ routeKey, status }) => [routeKey, status])).toEqual(
      ['a', earlier, later].flatMap((name) =>
        ['201', `2${earlier}`, `2${later}`].map((status) => [`GET /${name}`, status]),
      ),
    )
  })
})
