import { expect, it } from 'vitest'
import { makeBill } from '../../../actions/billing-report/bill/bill.ts'
import type { UsageRow } from '../../../actions/billing-report/bill/usage.ts'
import { parseRates } from '../../../actions/billing-report/rates/rates-file.ts'
import { renderCsv } from '../../../actions/billing-report/report/bill-csv.ts'
import { renderMarkdown } from '../../../actions/billing-report/report/bill-markdown.ts'
import { renderFiles } from '../../../actions/billing-report/report/report.ts'
import { groupDigits } from '../../../actions/billing-report/report/user-rows.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'

const rates = parseRates(
  `version: 1
currency: EUR
decimals: 2
tax: {name: VAT, percent: "19"}
rates:
  - valid-from: 2026-01-01
    meters:
      - {id: calls, match: {routes: ["GET /x"], status: [200]}, unit: request, tiers: [{price: "0.015"}]}
`,
  'rates.yml',
)

const row = (user: string, request: bigint): UsageRow => ({
  user,
  version: 0,
  routeKey: 'GET /x',
  status: '200',
  rowClass: 'attributed',
  duplicates: 0n,
  quantities: { request, responselength: 0n, dataprocessed: 0n, responselatency: 0n, integrationlatency: 0n },
})
const make = (...rows: UsageRow[]) =>
  makeBill(
    monthPeriod('2026-02', 'UTC'),
    rows,
    rows.reduce((sum, { quantities }) => sum + quantities.request, 0n),
    rates,
  )

it('writes every line item and each total', () => {
  expect(renderCsv(make(row('bob', 7n)))).toBe(
    `user,plan,kind,item,valid_from,quantity,per,price,amount
bob,,usage,calls,2026-01-01,7,1,0.015,0.105
bob,,tax,VAT,,1,1,0.01995,0.01995
bob,,rounding,rounding,,1,1,-0.00495,-0.00495
bob,,total,total,,,,,0.12
`,
  )
})

it.each(['=1+1', '+1', '-1', '@x'])('lets no spreadsheet take the name %s for a formula', (user) => {
  expect(renderCsv(make(row(user, 1n)))).toContain(`\n'${user},`)
})

it('quotes what would break a line', () => {
  expect(renderCsv(make(row('a"b,c', 1n)))).toContain('\n"a""b,c",')
})

it('sorts names by their bytes, and bills by their size', () => {
  const bill = make(row('b', 1n), row('é', 2n), row('B', 3n))
  expect(bill.users.map(({ user }) => user)).toEqual(['B', 'b', 'é'])
  expect(renderMarkdown(bill).markdown.match(/^\| (B|b|é) /gm)).toEqual(['| B ', '| é ', '| b '])
})

it('gives the same bytes for the same bill, and shows a name as text', () => {
  const bill = make(row('<b>&', 10_000n))
  expect(renderFiles(bill)).toEqual(renderFiles(bill))
  const html = renderFiles(bill).get('bill-2026-02.html') ?? ''
  expect(html).toContain('&lt;b&gt;&amp;')
  expect(html).not.toContain('<b>')
  expect(html).toContain('<svg')
  expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org)/)
})

it('says why net and tax have more digits than the total', () => {
  const files = renderFiles(make(row('bob', 7n)))
  for (const name of ['bill-2026-02.md', 'bill-2026-02.html']) {
    expect(files.get(name)).toContain('Net and VAT are exact; the total of each user is rounded.')
  }
})

it('groups digits by thousands', () => {
  expect(['999', '1000', '1234567.5', '-1234'].map(groupDigits)).toEqual([
    '999',
    '1,000',
    '1,234,567.5',
    '-1,234',
  ])
})
