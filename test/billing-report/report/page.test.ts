import { describe, expect, it } from 'vitest'
import type { Bill } from '../../../actions/billing-report/bill/bill.ts'
import type { PageData } from '../../../actions/billing-report/bill/page-data.ts'
import type { UsageRow } from '../../../actions/billing-report/bill/usage.ts'
import { parseDecimal } from '../../../actions/billing-report/rates/decimal.ts'
import { renderJson, toJson } from '../../../actions/billing-report/report/bill-json.ts'
import { renderMarkdown } from '../../../actions/billing-report/report/bill-markdown.ts'
import { renderHtml } from '../../../actions/billing-report/report/page/bill-html.ts'
import { renderBars } from '../../../actions/billing-report/report/page/chart.ts'
import { reportBill } from '../../../actions/billing-report/report/report.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'
import type { Savings } from '../../../lib/service/savings.ts'
import { billOf, usageRow } from '../../fixtures/bill.ts'
import { makeRates } from '../../fixtures/rates.ts'

const rates = makeRates(
  {
    '2026-01-01': [
      '{id: calls, match: {routes: ["GET /x"], status: [200]}, unit: request, tiers: [{price: "0.15"}]}',
    ],
  },
  { currency: 'EUR', decimals: 2, tax: '19', plans: ['partner: {users: [carol], fixed: "1000"}'] },
)
const row = (user: string, request: bigint, rest: Partial<UsageRow> = {}) =>
  usageRow(user, request, { routeKey: 'GET /x', ...rest })
const period = monthPeriod('2026-02', 'Asia/Seoul')
const rows = [
  row('ann', 2000n),
  row('bob', 1n, { duplicates: 5n }),
  row('bob', 3n, { status: '500' }),
  row('bob', 4n, { routeKey: 'GET /y' }),
  row('', 6n, { rowClass: 'unattributed' }),
  row('', 7n, { rowClass: 'malformed' }),
]
const { bill } = await billOf(period, rows, rates)
const pageOf = async (usage: UsageRow[], plans = rates.plans) =>
  renderHtml((await billOf(period, usage, { ...rates, plans })).bill)

/** The cells of each table, by its caption, as a person reads them; `#` marks those that are aligned right. */
const tablesOf = (html: string) =>
  new Map(
    [...html.matchAll(/<caption>(.*?)<\/caption>(.*?)<\/table>/gs)].map(([, caption = '', table = '']) => [
      caption,
      [...table.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, line = '']) =>
        [...line.matchAll(/<t[hd](?: scope="\w+")?( class="number")?>(.*?)<\/t[hd]>/g)].map(
          ([, number, text]) => `${number ? '#' : ''}${text}`,
        ),
      ),
    ]),
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

const before = {
  month: '2026-01',
  currency: 'EUR',
  users: 5,
  requests: 1n,
  total: parseDecimal('1547.28') ?? bill.net,
}
const gpu = { cluster: 'c', name: 'gpu', instanceType: 'g4dn.xlarge', freedHours: 240.5, leftHours: 0 }
const savings: Savings = {
  services: [{ cluster: 'c', name: 'web', hoursPaused: 240.5 }],
  groups: [
    { ...gpu, price: { usd: 0.647, source: '' } },
    { ...gpu, name: 'new', instanceType: 'x1', freedHours: 1, leftHours: 2, price: undefined },
  ],
  ...{ savedUsd: 0, costUsd: 0, unpriced: ['x1'] },
}

describe('the page of a bill', () => {
  const html = renderHtml(bill)
  const tables = tablesOf(html)

  it('tells month, span and total', () => {
    expect(html).toContain('<title>Bill of 2026-02</title>')
    expect(html).toContain('<h1>Bill of 2026-02</h1>')
    expect(html).toContain('2026-02-01 up to, not including, 2026-03-01, Asia/Seoul</p>')
    expect(html).toContain('<dt>Total</dt><dd>1,547.18 EUR</dd>')
    expect(html).toContain('<dt>Users</dt><dd>3</dd>')
  })

  it('has a row for each user, the largest first, and their sum', () => {
    expect(tables.get('All users')).toEqual([
      ['user', 'plan', '#requests', '#net', '#VAT', '#rounding', '#total'],
      ['carol', 'partner', '#0', '#1,000.00', '#190.00', '#0.00', '#1,190.00'],
      ['ann', '', '#2,000', '#300.00', '#57.00', '#0.00', '#357.00'],
      ['bob', '', '#1', '#0.15', '#0.0285', '#0.0015', '#0.18'],
      ['all', '', '#2,001', '#1,300.15', '#247.0285', '#0.0015', '#1,547.18'],
    ])
  })

  it('has a row for each meter, and for what comes on top', () => {
    expect(tables.get('What the total is made of, in EUR')).toEqual([
      ['item', 'kind', '#units', '#users', '#amount'],
      ['calls', 'usage', '#2,001', '#2', '#300.15'],
      ['fixed part of partner', 'fixed part', '#', '#1', '#1,000.00'],
      ['VAT', 'tax', '#', '#3', '#247.0285'],
      ['rounding', 'rounding', '#', '#1', '#0.0015'],
      ['all', '', '#', '#', '#1,547.18'],
    ])
  })

  it('has a row for each route and status, the most used first', () => {
    expect(tables.get('Requests by route and status; malformed rows and copies are not among them')).toEqual([
      ['route', 'status', '#requests', '#billed'],
      ['GET /x', '200', '#2,007', '#2,001'],
      ['GET /y', '200', '#4', '#0'],
      ['GET /x', '500', '#3', '#0'],
      ['all', '', '#2,014', '#2,001'],
    ])
  })

  it('has a row for each class of rows, and the equations', () => {
    expect(tables.get('Each row is in one class')).toEqual([
      ['class', '#rows'],
      ...reconciliation.map(([name, count]) => [name, `#${count}`]),
    ])
    expect(html).toContain('are the sum of the classes: 2,026 = 2,001 + 3 + 4 + 6 + 5 + 7</li>')
    expect(html).toContain('are the total: 1,300.15 + 247.0285 + 0.0015 + 0.00 = 1,547.18 EUR</li>')
  })

  it('draws at most twenty bars, says what it leaves out, and where nothing is owed', async () => {
    const many = Array.from({ length: 30 }, (_, at) => row(`user-${at + 10}`, BigInt(at + 1)))
    const page = await pageOf(many)
    const picture = /<svg.*<\/svg>/s.exec(page)?.[0] ?? ''
    expect(picture.match(/>user-\d\d</g)).toHaveLength(19)
    expect(page).toContain('The 20 largest of 31 users; the other 11, who are not drawn, owe 11.79 EUR.')
    const empty = await pageOf([], [])
    expect(empty).toContain('<p>Nothing is owed.</p>')
    expect(empty).not.toContain('<svg')
  })

  it('shows a thousand users and the sum of the others, so that columns add up', async () => {
    const many = Array.from({ length: 1100 }, (_, at) => row(`u${at + 1000}`, at < 600 ? 2n : 1n))
    const users = tablesOf(await pageOf(many, [])).get('The 1000 largest totals, and the others') ?? []
    expect(users).toHaveLength(1003)
    expect(users.at(-2)).toEqual(['100 others', '', '#100', '#15.00', '#2.85', '#0.15', '#18.00'])
    const column = (at: number) => users.slice(1).map((cells) => Number(cells[at]?.replace(/[#,]/g, '')))
    for (const at of [2, 3, 4, 5, 6]) {
      const cells = column(at)
      const sum = cells.slice(0, -1).reduce((all, each) => all + each, 0)
      expect(sum).toBeCloseTo(cells.at(-1) ?? Number.NaN, 6)
    }
  })

  it('shows days, latency, the month before and pauses only where they are known', () => {
    const data: PageData = {
      days: {
        all: ['2026-02-01', '2026-02-02', '2026-02-03'],
        paused: new Set(['2026-02-03']),
        sums: [
          { day: '2026-02-01', status: '200', requests: 2000n },
          { day: '2026-02-01', status: '500', requests: 3n },
          { day: '2026-02-02', status: '200', requests: 4n },
        ],
      },
      latency: [{ routeKey: 'GET /x', p50: '≤ 20 ms', p95: '≤ 200 ms', p99: '≤ 1 s' }],
      before,
      savings,
    }
    const page = renderHtml(bill, data)
    const shown = tablesOf(page)
    expect(shown.get('Requests by day')).toEqual([
      ['day', '#2xx', '#5xx', '#all'],
      ['2026-02-01', '#2,000', '#3', '#2,003'],
      ['2026-02-02', '#4', '#0', '#4'],
      ['2026-02-03 (paused)', '#0', '#0', '#0'],
      ['arrived late', '#7', '#0', '#7'],
      ['all', '#2,011', '#3', '#2,014'],
    ])
    expect(page).toContain('the 7 that arrived late are not drawn.')
    expect(page).toContain('<td class="number">≤ 200 ms</td>')
    expect(shown.get('2026-02 and 2026-01')).toEqual([
      ['figure', '#2026-01', '#2026-02', '#change'],
      ['total, EUR', '#1,547.28', '#1,547.18', '#-0.10'],
      ['users', '#5', '#3', '#-2'],
      ['billed requests', '#1', '#2,001', '#+2,000'],
    ])
    expect(shown.get('Hours paused in the month')).toEqual([
      ['service', '#hours'],
      ['web', '#240.5'],
    ])
    expect(
      shown.get('Instances that did not run because of pauses, at list prices. The price of x1 is not known'),
    ).toEqual([
      [
        'Auto Scaling group',
        'type',
        '#USD an hour',
        '#hours freed',
        '#USD saved',
        '#hours run although paused',
        '#USD spent',
      ],
      ['gpu', 'g4dn.xlarge', '#0.647', '#240.5', '#155.60', '#0.0', '#0.00'],
      ['new', 'x1', '#unknown', '#1.0', '#', '#2.0', '#'],
      ['all', '', '#', '#', '#155.60', '#', '#0.00'],
    ])
    const elsewhere = { ...data, before: { ...before, currency: 'KRW' } }
    expect(renderHtml(bill, elsewhere)).not.toContain('The month before')
    for (const title of ['Requests by day', 'p95', 'The month before', 'Pauses']) {
      expect(html).not.toContain(title)
      expect(page).toContain(title)
    }
  })

  it('marks names that are not what they look like', async () => {
    const page = await pageOf([row('\u0430lice', 1n), row('al\u200bice', 1n), row('alice', 1n)], [])
    expect(page).toContain('>\u0430lice <small class="mark">(look-alike)</small></th>')
    expect(page).toContain('>al\\u{200b}ice <small class="mark">(invisible)</small></th>')
    expect(page).toContain('>alice</th>')
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
    const lengths = [...svg.matchAll(/<path d="M150 [\d.]+l([\d.]+) 0l.*?fill="#2b6cb0"/g)].map(
      ([, length]) => Number(length),
    )
    expect(lengths).toHaveLength(3)
    expect((lengths[0] ?? 0) / (lengths[2] ?? 0)).toBeCloseTo(3)
    for (const { label } of bars) expect(find(label).text).toBe(label)
  })

  it('is as high as it has bars, stands still, and cuts long names', () => {
    expect(svg).toMatch(/^<svg role="img" aria-label="Bars: [^"]*" width="560" height="144"/)
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
    const zero = { requests: '0', net: '0', tax: '0', rounding: '0', total: '0.00' }
    const all = { requests: '2001', net: '1300.15', tax: '247.0285', rounding: '0.0015', total: '1547.18' }
    const kinds = ['usage', 'fixed', 'tax', 'rounding']
    const json = toJson(bill)
    expect(json).toMatchObject({
      ...{ month: '2026-02', timeZone: 'Asia/Seoul', currency: 'EUR' },
      ...all,
      reconciliation: {
        ...{ rows: '2026', malformed: '7', duplicate: '5', unattributed: '6' },
        ...{ excluded: { status: '3', noRate: '4' }, billed: '2001' },
      },
      users: 3,
      largest: [
        { user: 'carol', plan: 'partner', requests: '0', net: '1000', tax: '190', total: '1190.00' },
        { user: 'ann', plan: '', requests: '2000', net: '300', tax: '57', total: '357.00' },
        {
          user: 'bob',
          plan: '',
          requests: '1',
          net: '0.15',
          tax: '0.0285',
          rounding: '0.0015',
          total: '0.18',
        },
      ],
      others: { users: 0, ...zero },
      routes: [{ routeKey: 'GET /x', status: '200', requests: '2007', billed: '2001' }, {}, {}],
    })
    expect(json.lines.map(({ kind }) => kind)).toEqual(kinds)
    expect(renderJson(bill)).toBe(`${JSON.stringify(json, undefined, 2)}\n`)
  })

  it('shows the thousand largest bills; equal ones keep the order of their names', async () => {
    const many = Array.from({ length: 2500 }, (_, at) => row(`u${at + 1000}`, at % 5 < 2 ? 2n : 1n))
    const shown = (await billOf(period, many, { ...rates, plans: [] })).bill.largest.map(({ user }) => user)
    const twos = many.map(({ user }) => user).filter((_, at) => at % 5 < 2)
    expect(shown).toEqual(twos)
  })
})

it('writes a bill as Markdown: total, users and classes', () => {
  const text = renderMarkdown(bill).markdown
  expect(text).toMatch(
    /^## Bill of 2026-02 \(Asia\/Seoul\)\n\nTotal: \*\*1,547\.18 EUR\*\*, 3 users, 2,001 requests\.\n\n/,
  )
  const lines = text.split('\n').filter((line) => line.startsWith('|'))
  expect(lines).toEqual([
    '| user | plan | requests | net | VAT | rounding | total |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
    '| carol | partner | 0 | 1,000.00 | 190.00 | 0.00 | 1,190.00 |',
    '| ann |  | 2,000 | 300.00 | 57.00 | 0.00 | 357.00 |',
    '| bob |  | 1 | 0.15 | 0.0285 | 0.0015 | 0.18 |',
    '| **all** |  | 2,001 | 1,300.15 | 247.0285 | 0.0015 | 1,547.18 |',
    '| class | rows |',
    '| --- | ---: |',
    ...reconciliation.map(([name, count]) => `| ${name} | ${count} |`),
  ])
  expect(text).toContain('\n\n### Every row of the log\n\n')
})

it('shows a bill in the summary with its state below the heading, and folds the lines of many users', () => {
  const summaryOf = (given: Partial<Bill>) =>
    reportBill({ ...bill, ...given }, { scannedBytes: 1024, files: [] }).summary.markdown.split('\n\n')
  const [heading, next, total] = summaryOf({ state: 'open' })
  expect([heading, total]).toEqual(renderMarkdown(bill).markdown.split('\n\n').slice(0, 2))
  expect(next).toMatch(/^\*\*Next\*\*: .* close the month with `mode: close`/)
  const results = (['draft', 'open', 'closed'] as const).map(
    (state) => reportBill({ ...bill, state }, { scannedBytes: 0, files: [] }).outputs.result,
  )
  expect(results).toEqual(['billed', 'billed', 'closed'])
  expect(summaryOf({ state: 'draft' })[1]).toBe('> Draft: rows of this month may still arrive.')
  const many = summaryOf({ largest: bill.largest.flatMap((user) => [user, user, user, user]) })
  expect(many).toContain('<details><summary>13 lines</summary>')
  expect(many.at(-1)).toBe('1.0 KiB scanned.')
})
