import { expect, it } from 'vitest'
import { findImbalance, makeBill } from '../../../actions/billing-report/bill/bill.ts'
import type { UsageRow } from '../../../actions/billing-report/bill/usage.ts'
import { formatDecimal } from '../../../actions/billing-report/rates/decimal.ts'
import { parseRates } from '../../../actions/billing-report/rates/rates-file.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'

const meters = (first: string, second: string) => `
      - {id: inference, match: {routes: ["POST /inference", "POST /invocations"], status: [2xx]}, unit: request, free: 100, tiers: [{up-to: 1000, price: "${first}"}, {price: "${second}"}]}
      - {id: egress, match: {routes: ["POST /inference", "POST /invocations"], status: [2xx]}, unit: responselength, per: 1000000, tiers: [{price: "0.4"}]}`

const rates = parseRates(
  `version: 1
currency: KRW
decimals: 0
rounding: half-up
tax: {name: VAT, percent: "10"}
rates:
  - valid-from: 2026-01-01
    meters:${meters('12.5', '10')}
  - valid-from: 2026-03-16
    meters:${meters('13.75', '11')}
plans:
  default: {minimum: "1000"}
  partner: {users: [carol, dora], discount-percent: "15", fixed: "2000", minimum: "1000"}
`,
  'rates.yml',
)

function row(
  user: string,
  version: number,
  requests: bigint,
  bytes: bigint,
  rest: Partial<UsageRow> = {},
): UsageRow {
  return {
    user,
    version,
    routeKey: 'POST /inference',
    status: '200',
    rowClass: 'attributed',
    duplicates: 0n,
    quantities: {
      request: requests,
      responselength: bytes,
      dataprocessed: 0n,
      responselatency: 0n,
      integrationlatency: 0n,
    },
    ...rest,
  }
}

const march = [
  row('alice', 0, 700n, 1_500_000_000n),
  row('alice', 1, 900n, 501_250_000n),
  row('bob', 0, 60n, 10_000_000n),
  row('carol', 0, 1350n, 0n),
]

const bill = (rows: readonly UsageRow[], total: bigint) =>
  makeBill(monthPeriod('2026-03', 'Asia/Seoul'), rows, total, rates)

it('makes the bill of the worked example, to the last unit', () => {
  const made = bill(march, 3010n)
  const summary = made.users.map(({ user, net, tax, rounding, total }) =>
    [user, ...[net, tax, rounding, total].map((amount) => formatDecimal(amount))].join(' '),
  )
  expect(summary).toEqual([
    'alice 19300.5 1930.05 0.45 21231',
    'bob 1000 100 0 1100',
    'carol 14750 1475 0 16225',
    'dora 2000 200 0 2200',
  ])
  expect([made.net, made.tax, made.rounding, made.total].map((amount) => formatDecimal(amount))).toEqual([
    '37050.5',
    '3705.05',
    '0.45',
    '40756',
  ])
  expect(findImbalance(made)).toBeUndefined()
})

it('runs the tier position on across versions of the rates', () => {
  const alice = bill(march, 3010n).users[0]
  expect(
    alice?.lines.map(({ kind, item, validFrom, quantity, amount }) =>
      [kind, item, validFrom, quantity, formatDecimal(amount)].join(' '),
    ),
  ).toEqual([
    'free inference 2026-01-01 100 0',
    'usage inference 2026-01-01 600 7500',
    'usage inference 2026-03-16 400 5500',
    'usage inference 2026-03-16 500 5500',
    'usage egress 2026-01-01 1500000000 600',
    'usage egress 2026-03-16 501250000 200.5',
    'tax VAT  1 1930.05',
    'rounding rounding  1 0.45',
  ])
})

it('puts each row into exactly one class', () => {
  const rows = [
    ...march,
    row('alice', 1, 3n, 0n, { status: '500' }),
    row('alice', 1, 2n, 0n, { routeKey: 'GET /ping', duplicates: 4n }),
    row('alice', -1, 7n, 0n),
    row('', 1, 5n, 0n, { rowClass: 'unattributed' }),
    row('-', 1, 8n, 0n, { rowClass: 'unattributed', status: '401' }),
    row('-', 1, 10n, 0n, { rowClass: 'unattributed', routeKey: 'GET /ping' }),
    row('', -1, 6n, 0n, { rowClass: 'malformed' }),
  ]
  const made = bill(rows, 3055n)
  expect(made.classes).toEqual({
    malformed: 6n,
    duplicate: 4n,
    noRate: 19n,
    status: 11n,
    unattributed: 5n,
    billed: 3010n,
  })
  expect(findImbalance(made)).toBeUndefined()
})

it('names the equation that does not hold', () => {
  expect(findImbalance(bill(march, 3011n))).toBe(
    'the log has 3011 rows in 2026-03, and the classes add up to 3010',
  )
})

it('names the user whose lines do not add up to the total', () => {
  const made = bill(march, 3010n)
  const users = made.users.map((user) => (user.user === 'bob' ? { ...user, total: user.net } : user))
  expect(findImbalance({ ...made, users })).toBe('the lines of "bob" do not add up to the total')
})

it('charges no one of the default plan without a billed row', () => {
  expect(bill([row('eve', 0, 1n, 0n, { status: '500' })], 1n).users.map(({ user }) => user)).toEqual([
    'carol',
    'dora',
  ])
})
