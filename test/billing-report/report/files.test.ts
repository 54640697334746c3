import { expect, it } from 'vitest'
import { publishFiles } from '../../../actions/billing-report/apply/publish-files.ts'
import type { UsageRow } from '../../../actions/billing-report/bill/usage.ts'
import { parseDecimal } from '../../../actions/billing-report/rates/decimal.ts'
import { writeBill } from '../../../actions/billing-report/report/bill-files.ts'
import { groupDigits } from '../../../actions/billing-report/report/user-rows.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'
import { fakeFolder } from '../../fakes/output-folder.ts'
import { filesOf, usageRow } from '../../fixtures/bill.ts'
import { makeRates } from '../../fixtures/rates.ts'

const rates = makeRates(
  {
    '2026-01-01': [
      '{id: calls, match: {routes: ["GET /x"], status: [200]}, unit: request, tiers: [{price: "0.015"}]}',
    ],
  },
  { currency: 'EUR', decimals: 2, tax: '19' },
)

const row = (user: string, request: bigint) => usageRow(user, request, { routeKey: 'GET /x' })
const period = monthPeriod('2026-02', 'UTC')
const make = (...rows: UsageRow[]) => filesOf(period, rows, rates)
const csv = async (...rows: UsageRow[]) => (await make(...rows)).get('bill-2026-02.csv')

it('writes every line item and each total', async () => {
  expect(await csv(row('bob', 7n))).toBe(
    `user,mark,plan,state,kind,item,valid_from,quantity,per,price,amount
bob,,,open,usage,calls,2026-01-01,7,1,0.015,0.105
bob,,,open,tax,VAT,,1,1,0.01995,0.01995
bob,,,open,rounding,rounding,,1,1,-0.00495,-0.00495
bob,,,open,total,total,,,,,0.12
`,
  )
})

it('begins with a byte order mark only where one is asked for', async () => {
  const file = async (csvBom: boolean) =>
    (await filesOf(period, [row('bob', 7n)], rates, { csvBom })).get('bill-2026-02.csv')
  expect(await file(true)).toBe(`\ufeff${await file(false)}`)
  expect(await file(false)).toMatch(/^user,/)
})

it.each(['=1+1', '+1', '-1', '@x'])('lets no spreadsheet take the name %s for a formula', async (user) => {
  expect(await csv(row(user, 1n))).toContain(`\n'${user},`)
})

it('quotes what would break a line', async () => {
  expect(await csv(row('a"b,c', 1n))).toContain('\n"a""b,c",')
})

it('sorts names by their bytes, and bills by their size', async () => {
  const files = await make(row('b', 1n), row('é', 2n), row('B', 3n))
  const users = files.get('bill-2026-02.csv')?.match(/^.*(?=,total,total)/gm)
  expect(users).toEqual(['B,,,open', 'b,,,open', 'é,,,open'])
  expect(files.get('bill-2026-02.md')?.match(/^\| (B|b|é) /gm)).toEqual(['| B ', '| é ', '| b '])
})

it('gives the same bytes for the same bill, and shows a name as text', async () => {
  const files = await make(row('<b>&', 10_000n))
  expect(await make(row('<b>&', 10_000n))).toEqual(files)
  const html = files.get('bill-2026-02.html') ?? ''
  expect(html).toContain('&lt;b&gt;&amp;')
  expect(html).not.toContain('<b>')
  expect(html).toContain('<svg')
  expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org)/)
})

it('says why net and tax have more digits than the total', async () => {
  const files = await make(row('bob', 7n))
  for (const name of ['bill-2026-02.md', 'bill-2026-02.html']) {
    expect(files.get(name)).toContain('Net and VAT are exact; the total of each user is rounded')
  }
})

it('publishes no file of a bill that does not hold', async () => {
  const { folder, published } = fakeFolder()
  const source = { period, usage: [[row('bob', 7n)]], rows: 8n, rates }
  const written = await writeBill(source, folder, { csvBom: false, locale: 'en', run: {} })
  expect(written).toMatchObject({ files: [], why: expect.stringContaining('the log has 8 rows') })
  expect(published.size).toBe(0)
})

it('leaves the statements of other months, and takes away those that an earlier bill of the month left', async () => {
  const { folder, published } = fakeFolder()
  const statementsOf = (month: string, users: readonly string[]) =>
    users.flatMap((user) => ['html', 'csv'].map((form) => `statements/${month}-${user}.${form}`))
  const bill = async (month: string, users: readonly string[], state: 'draft' | 'open' = 'open') => {
    const usage = [users.map((user) => row(user, 1n))]
    const rows = BigInt(users.length)
    const source = {
      period: monthPeriod(month, 'UTC'),
      usage,
      rows,
      rates,
      facts: { state, adjustments: [] },
    }
    await writeBill(source, folder, { csvBom: false, locale: 'en', run: {} })
    folder.discard()
    return [...published.keys()].filter((name) => name.startsWith('statements/')).sort()
  }
  await bill('2026-02', ['ann', 'bob'], 'draft')
  const february = await bill('2026-02', ['ann'])
  expect(february).toEqual(statementsOf('2026-02', ['ann']).sort())
  const both = await bill('2026-03', ['2026-02-ann', 'bob'])
  expect(both).toEqual([...february, ...statementsOf('2026-03', ['2026-02-ann', 'bob']).sort()])
  const files = new Map([['statements/2026-02-cid.csv', '']])
  const context = { openFolder: () => folder, log: { info: () => {} } }
  await publishFiles('2026-02', files, { inputs: { outputDirectory: '' }, context, record: {} } as never)
  expect([...published.keys()].filter((name) => name.includes('/2026-02-'))).toEqual([...files.keys()])
  expect(published.has('statements/2026-03-bob.csv')).toBe(true)
})

const zero = parseDecimal('0') ?? expect.fail()
const corrections = [
  { month: '2026-01', user: 'bob', amount: parseDecimal('-0.02') ?? zero },
  { month: '2026-01', user: 'zoe', amount: parseDecimal('1.50') ?? zero },
  { month: '2025-12', user: 'bob', amount: parseDecimal('0.01') ?? zero },
]
const finding = { id: 'rejected', value: '12', text: '12 records <b>', blocks: true, accepted: true } as const

it('says in each file, and in its name, that a bill is a draft', async () => {
  const facts = { state: 'draft', adjustments: [] } as const
  for (const locale of ['en', 'ko'] as const) {
    const files = await filesOf(period, [row('bob', 7n)], rates, { locale, run: { state: 'draft' } }, facts)
    expect(files.size).toBe(7)
    for (const [name, text] of files) {
      expect(text).toMatch(/draft/i)
      if (name !== 'run.json') expect(name).toContain('-draft')
    }
  }
})

it('shows findings and what was accepted, and adjustments of closed months, in all files', async () => {
  const facts = { state: 'open', adjustments: corrections, findIncomplete: () => [finding] } as const
  const files = await filesOf(period, [row('bob', 7n), row('cid', 7n)], rates, {}, facts)
  const csv = files.get('bill-2026-02.csv')?.split('\n') ?? []
  expect(csv.filter((line) => line.includes(',adjustment,'))).toEqual([
    'bob,,,open,adjustment,2026-01,,1,1,-0.02,-0.02',
    'bob,,,open,adjustment,2025-12,,1,1,0.01,0.01',
    'zoe,,,open,adjustment,2026-01,,1,1,1.5,1.5',
  ])
  expect(csv.filter((line) => line.includes(',total,total,')).map((line) => line.split(',').at(-1))).toEqual([
    '0.11',
    '0.12',
    '1.50',
  ])
  const html = files.get('bill-2026-02.html') ?? ''
  const cell = (text: string) => `<td class="number">${text}</td>`
  expect(html).toContain(
    `<th scope="row">all</th><td></td>${['14', '0.21', '0.0399', '-0.0099', '1.49', '1.73'].map(cell).join('')}`,
  )
  expect(html).toContain('<td>12</td><td>accepted</td><td>12 records &lt;b&gt;</td>')
  expect(html).toContain('0.21 + 0.0399 + -0.0099 + 1.49 = 1.73 EUR')
  expect(html).toContain('All adjustments')
  for (const [month, amount] of [
    ['2026-01', '1.48'],
    ['2025-12', '0.01'],
  ] as const)
    expect(html).toContain(`<th scope="row">all of ${month}</th><td></td>${cell(amount)}`)
  expect(files.get('bill-2026-02.md')).toContain('| rejected | 12 | accepted |')
  expect(JSON.parse(files.get('bill-2026-02.json') ?? '')).toMatchObject({
    state: 'open',
    findings: [{ id: 'rejected', accepted: true }],
    adjustments: [{ user: 'bob', amount: '-0.02' }, {}, { month: '2025-12' }],
  })
  expect(files.get('statements/2026-02-zoe.csv')).toContain('Adjustment of 2026-01,,,,,,1.5\n')
  expect(files.get('statements/2026-02-cid.html')).not.toContain('djustment of')
})

it('groups digits by thousands', () => {
  expect(['999', '1000', '1234567.5', '-1234'].map(groupDigits)).toEqual([
    '999',
    '1,000',
    '1,234,567.5',
    '-1,234',
  ])
})
