import { expect, it } from 'vitest'
import { addsUp, findImbalance, makeBill } from '../../../actions/billing-report/bill/bill.ts'
import type { UsageRow } from '../../../actions/billing-report/bill/usage.ts'
import { formatDecimal } from '../../../actions/billing-report/rates/decimal.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'
import { billOf } from '../../fixtures/bill.ts'
import { tieredRates as rates } from '../../fixtures/rates.ts'

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
  billOf(monthPeriod('2026-03', 'Asia/Seoul'), rows, rates, total)

it('makes the bill of the worked example, to the last unit', async () => {
  const { bill: made, users } = await bill(march, 3010n)
  const summary = users.map(({ user, net, tax, rounding, total }) =>
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

it('runs the tier position on across versions of the rates', async () => {
  const [alice] = (await bill(march, 3010n)).users
  const tierOf = (tier?: { above: bigint; upTo: bigint | undefined }) =>
    tier ? `${tier.above}-${tier.upTo ?? ''}` : ''
  expect(
    alice?.lines.map(({ kind, item, validFrom, quantity, amount, tier }) =>
      [kind, item, validFrom, quantity, formatDecimal(amount), tierOf(tier)].join(' '),
    ),
  ).toEqual([
    'free inference 2026-01-01 100 0 ',
    'usage inference 2026-01-01 600 7500 0-1000',
    'usage inference 2026-03-16 400 5500 0-1000',
    'usage inference 2026-03-16 500 5500 1000-',
    'usage egress 2026-01-01 1500000000 600 0-',
    'usage egress 2026-03-16 501250000 200.5 0-',
    'tax VAT  1 1930.05 ',
    'rounding rounding  1 0.45 ',
  ])
})

it('adds up line items by what they are for', async () => {
  const { bill: made } = await bill(march, 3010n)
  expect(
    made.lines.map(({ kind, item, quantity, users, amount }) =>
      [kind, item, quantity, users, formatDecimal(amount)].join(' '),
    ),
  ).toEqual([
    'free inference 260 3 0',
    'usage egress 2011250000 2 804.5',
    'usage inference 2750 2 33500',
    'discount discount of partner 1 1 -2250',
    'fixed fixed part of partner 2 2 4000',
    'top-up up to the minimum of default 1 1 996',
    'tax VAT 4 4 3705.05',
    'rounding rounding 1 1 0.45',
  ])
})

it('puts each row into exactly one class', async () => {
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
  const { bill: made } = await bill(rows, 3055n)
  expect(made.classes).toEqual({
    malformed: 6n,
    duplicate: 4n,
    noRate: 19n,
    status: 11n,
    unattributed: 5n,
    billed: 3010n,
  })
  expect(findImbalance(made)).toBeUndefined()
  const routes = made.routes.map(({ routeKey, status, requests, billed }) => [
    routeKey,
    status,
    requests,
    billed,
  ])
  expect(routes).toEqual([
    ['GET /ping', '200', 12n, 0n],
    ['POST /inference', '200', 3022n, 3010n],
    ['POST /inference', '401', 8n, 0n],
    ['POST /inference', '500', 3n, 0n],
  ])
})

it('names the equation that does not hold', async () => {
  const { bill: made } = await bill(march, 3011n)
  expect(findImbalance(made)).toBe('the log has 3011 rows in 2026-03, and the classes add up to 3010')
  const whole = { ...made, rows: 3010n }
  expect(findImbalance({ ...whole, unbalancedUser: 'bob' })).toBe(
    'the lines of "bob" do not add up to the total',
  )
  expect(findImbalance({ ...whole, lines: made.lines.slice(1, -1) })).toBe(
    'the line items do not add up to the total',
  )
  expect(findImbalance({ ...whole, largest: made.largest.slice(1) })).toBe(
    'the totals of the users do not add up to the total',
  )
})

it('finds a user whose lines do not add up to the total', async () => {
  const { users } = await bill(march, 3010n)
  expect(users.map(addsUp)).toEqual([true, true, true, true])
  expect(users.map(({ lines, net }) => addsUp({ lines, total: net }))).toEqual([false, false, false, false])
})

it('charges no one of the default plan without a billed row', async () => {
  const { users } = await bill([row('eve', 0, 1n, 0n, { status: '500' })], 1n)
  expect(users.map(({ user }) => user)).toEqual(['carol', 'dora'])
})

it('adds users of plans between those with rows, sorted by their bytes', async () => {
  const names = ['carl', 'carol', 'caron', 'dorb', '\u{1f600}', '\uffee']
  const { users } = await bill(
    names.map((name) => row(name, 0, 1n, 0n)),
    6n,
  )
  expect(users.map(({ user }) => user)).toEqual([
    'carl',
    'carol',
    'caron',
    'dora',
    'dorb',
    '\uffee',
    '\u{1f600}',
  ])
})

it('takes no usage that is not sorted by user', async () => {
  const rows = ['b', 'a', 'b'].map((name) => row(name, 0, 1n, 0n))
  await expect(makeBill(monthPeriod('2026-03', 'Asia/Seoul'), [rows], 3n, rates)).rejects.toThrow(
    'usage: expected rows sorted by user, got "a" after "b"',
  )
})
