import { describe, expect, it } from 'vitest'
import { makeBill } from '../../../actions/billing-report/bill/bill.ts'
import type { UsageRow } from '../../../actions/billing-report/bill/usage.ts'
import { parseRates } from '../../../actions/billing-report/rates/rates-file.ts'
import { renderHtml } from '../../../actions/billing-report/report/bill-html.ts'
import { largestBills, renderJson, toJson } from '../../../actions/billing-report/report/bill-json.ts'
import { explainDigits, renderMarkdown } from '../../../actions/billing-report/report/bill-markdown.ts'
import { renderBars } from '../../../actions/billing-report/report/chart.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'

const rates = parseRates(
  `version: 1
currency: EUR
decimals: 2
tax: {name: VAT, percent: "19"}
rates:
  - valid-from: 2026-01-01
    meters:
      - {id: calls, match: {routes: ["GET /x"], status: [200]}, unit: request, tiers: [{price: "0.15"}]}
plans:
  partner: {users: [carol], fixed: "1000"}
`,
  'rates.yml',
)
const quantities = { responselength: 0n, dataprocessed: 0n, responselatency: 0n, integrationlatency: 0n }
const row = (user: string, request: bigint, rest: Partial<UsageRow> = {}): UsageRow => ({
  ...{ user, version: 0, routeKey: 'GET /x', status: '200', rowClass: 'attributed', duplicates: 0n },
  quantities: { request, ...quantities },
  ...rest,
})
const period = monthPeriod('2026-02', 'Asia/Seoul')
const rows = [
  row('ann', 2000n),
  row('bob', 1n, { duplicates: 5n }),
  row('bob', 3n, { status: '500' }),
  row('bob', 4n, { routeKey: 'GET /y' }),
  row('', 6n, { rowClass: 'unattributed' }),
  row('', 7n, { rowClass: 'malformed' }),
]
const bill = makeBill(period, rows, 2026n, rates)

/** The cells of each row of a table, as a person reads them. */
const cellsOf = (table: string) =>
  [...table.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, line = '']) =>
    [...line.matchAll(/<t[hd]( class="number")?>(.*?)<\/t[hd]>/g)].map(
      ([, number, text]) => `${number ? '#' : ''}${text}`,
    ),
  )

const reconciliation = [
  ['billed', '2,001'],
  ['excluded: status is not billable', '3'],
  ['excluded: no rate for the route', '4'],
  ['unattributed: billable, without a user', '6'],
  ['duplicate: delivered twice', '5'],
  ['malformed', '7'],
  ['rows in the log', '2,026'],
]

describe('the page of a bill', () => {
  const html = renderHtml(bill)
  const [users = '', classes = ''] = html.match(/<table>.*?<\/table>/gs) ?? []

  it('tells month, span and total', () => {
    expect(html).toContain('<title>Bill of 2026-02</title>')
    expect(html).toContain('<h1>Bill of 2026-02</h1>')
    expect(html).toContain('<p>2026-02-01 up to, not including, 2026-03-01, Asia/Seoul</p>')
    expect(html).toContain('Total: <strong>1,547.18 EUR</strong>, 3 users')
    expect(html).toContain(`<p>${explainDigits(bill)}</p>`)
  })

  it('has a row for each user, the largest first, and their sum', () => {
    expect(cellsOf(users)).toEqual([
      ['user', 'plan', '#requests', '#net', '#VAT', '#total'],
      ['carol', 'partner', '#0', '#1,000.00', '#190.00', '#1,190.00'],
      ['ann', '', '#2,000', '#300.00', '#57.00', '#357.00'],
      ['bob', '', '#1', '#0.15', '#0.0285', '#0.18'],
      ['all', '', '#2,001', '#1,300.15', '#247.0285', '#1,547.18'],
    ])
  })

  it('has a row for each class of rows', () => {
    expect(cellsOf(classes)).toEqual([
      ['class', '#rows'],
      ...reconciliation.map(([name, count]) => [name, `#${count}`]),
    ])
  })

  it('shows at most twenty bars, and says where nothing is owed', () => {
    const many = Array.from({ length: 30 }, (_, at) => row(`user-${at + 10}`, BigInt(at + 1)))
    const picture = /<svg.*<\/svg>/s.exec(renderHtml(makeBill(period, many, 465n, rates)))?.[0] ?? ''
    expect(picture.match(/user-\d\d/g)).toHaveLength(19)
    expect(picture).toContain('carol')
    const empty = renderHtml(makeBill(period, [], 0n, { ...rates, plans: [] }))
    expect(empty).toContain('<p>Nothing is owed.</p>')
    expect(empty).not.toContain('<svg')
  })
})

describe('the chart of a bill', () => {
  const bars = [
    { name: 'first', value: 30, label: '30.00' },
    { name: `long${'g'.repeat(60)}`, value: 20, label: '20.00' },
    { name: 'last', value: 10, label: '10.00' },
  ]
  const svg = renderBars(bars, 'EUR')
  const texts = [...svg.matchAll(/<text([^>]*)>([^<]*)<\/text>/g)].map(([, attributes = '', text = '']) => ({
    text,
    attributes,
    y: Number(/translate\([\d.]+ ([\d.]+)\)/.exec(attributes)?.[1]),
  }))
  const find = (start: string) => texts.find(({ text }) => text.startsWith(start)) ?? expect.fail(start)

  it('has a bar for each, the first on top, as long as its value, with its label', () => {
    const order = ['first', 'long', 'last'].map((name) => find(name).y)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    const lengths = [...svg.matchAll(/<path d="M180 [\d.]+l([\d.]+) 0l.*?fill="#2b6cb0"/g)].map(
      ([, length]) => Number(length),
    )
    expect(lengths).toHaveLength(3)
    expect((lengths[0] ?? 0) / (lengths[2] ?? 0)).toBeCloseTo(3)
    for (const { label } of bars) expect(find(label).text).toBe(label)
  })

  it('is as high as it has bars, stands still, and cuts long names', () => {
    expect(svg).toMatch(/^<svg width="760" height="144"/)
    expect(svg).not.toMatch(/anim/)
    expect(find('long').text.length).toBeLessThan(40)
    expect(find('long').text).toMatch(/\.\.\.$/)
    expect(svg).toMatch(/font-family:\s?sans-serif/)
  })

  it('names its unit in the middle below the axis', () => {
    const unit = find('EUR')
    expect(unit.attributes).toContain('text-anchor="middle"')
    expect(unit.y).toBeGreaterThan(Math.max(...bars.map(({ name }) => find(name.slice(0, 4)).y)))
  })

  it('is the same each time', () => {
    expect(renderBars(bars, 'EUR')).toBe(svg)
    expect(svg).not.toMatch(/zr\d/)
  })
})

describe('the JSON of a bill', () => {
  it('has money and counts as texts', () => {
    expect(toJson(bill)).toEqual({
      ...{ month: '2026-02', timeZone: 'Asia/Seoul', currency: 'EUR' },
      ...{ net: '1300.15', tax: '247.0285', rounding: '0.0015', total: '1547.18' },
      reconciliation: {
        ...{ rows: '2026', malformed: '7', duplicate: '5', unattributed: '6' },
        ...{ excluded: { status: '3', noRate: '4' }, billed: '2001' },
      },
      users: 3,
      largest: [
        { user: 'carol', plan: 'partner', requests: '0', net: '1000', tax: '190', total: '1190.00' },
        { user: 'ann', plan: '', requests: '2000', net: '300', tax: '57', total: '357.00' },
        { user: 'bob', plan: '', requests: '1', net: '0.15', tax: '0.0285', total: '0.18' },
      ],
    })
    expect(renderJson(bill)).toBe(`${JSON.stringify(toJson(bill), undefined, 2)}\n`)
  })

  it('shows the thousand largest bills; equal ones keep the order of their names', () => {
    const many = Array.from({ length: 1100 }, (_, at) => row(`u${at + 1000}`, at < 600 ? 2n : 1n))
    const shown = largestBills(makeBill(period, many, 1700n, { ...rates, plans: [] })).map(({ user }) => user)
    expect(shown).toEqual(Array.from({ length: 1000 }, (_, at) => `u${at + 1000}`))
  })
})

it('writes a bill as Markdown: total, users and classes', () => {
  const text = renderMarkdown(bill).markdown
  expect(text).toMatch(/^## Bill of 2026-02 \(Asia\/Seoul\)\n\nTotal: \*\*1,547\.18 EUR\*\*, 3 users\.\n\n/)
  const lines = text.split('\n').filter((line) => line.startsWith('|'))
  expect(lines).toEqual([
    '| user | plan | requests | net | VAT | total |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    '| carol | partner | 0 | 1,000.00 | 190.00 | 1,190.00 |',
    '| ann |  | 2,000 | 300.00 | 57.00 | 357.00 |',
    '| bob |  | 1 | 0.15 | 0.0285 | 0.18 |',
    '| **all** |  | 2,001 | 1,300.15 | 247.0285 | 1,547.18 |',
    '| class | rows |',
    '| --- | ---: |',
    ...reconciliation.map(([name, count]) => `| ${name} | ${count} |`),
  ])
  expect(text).toContain('\n\n### Every row of the log\n\n')
})
