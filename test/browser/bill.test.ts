import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'csv-parse/sync'
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BillFacts } from '../../actions/billing-report/bill/bill.ts'
import { whole } from '../../actions/billing-report/rates/decimal.ts'
import { renderHtml } from '../../actions/billing-report/report/page/bill-html.ts'
import { monthPeriod } from '../../lib/service/calendar.ts'
import { billOf, filesOf, usageRow } from '../fixtures/bill.ts'
import { hasBrowser, launchBrowser } from '../fixtures/browser.ts'
import { makeRates } from '../fixtures/rates.ts'

const rates = makeRates(
  {
    '2026-01-01': [
      '{id: inference, match: {routes: ["POST /inference"], status: [2xx]}, unit: request, free: 100, tiers: [{up-to: 1000, price: "12.5"}, {price: "10"}]}',
    ],
  },
  {
    plans: ['default: {minimum: "1000"}', 'partner: {users: [carol], discount-percent: "15", fixed: "2000"}'],
  },
)
const period = monthPeriod('2026-09', 'Asia/Seoul')
const hostile = [
  '<img src=x onerror=alert(1)>',
  '\u202e000,1 KRW',
  '박지민',
  'שלום עולם',
  'a'.repeat(200),
  '=HYPERLINK("http://evil.example")',
  '{{7*7}}',
  'new\nline',
  '\u0430lice',
  'alice',
]
const few = [...hostile.map((user, at) => usageRow(user, BigInt(at * 371 + 1))), usageRow('carol', 1200n)]
const many = Array.from({ length: 1500 }, (_, at) =>
  usageRow(`customer-${at}@example.org`, BigInt(((at * 7919) % 5000) + 1)),
)
const dates = Array.from({ length: 30 }, (_, at) => `2026-09-${String(at + 1).padStart(2, '0')}`)
const days = {
  ...{ all: dates, paused: new Set(['2026-09-05']) },
  sums: dates.map((day, at) => ({
    ...{ day, status: at % 7 === 0 ? '500' : '200', requests: BigInt(at * 31 + 5) },
  })),
}

const gpu = {
  cluster: 'c',
  name: 'ddn-gpu-group',
  instanceType: 'g4dn.xlarge',
  freedHours: 240,
  leftHours: 1,
}
const savings = {
  services: [{ cluster: 'c', name: 'ddn-service', hoursPaused: 240 }],
  groups: [{ ...gpu, price: { usd: 0.647, source: 'list price' } }],
  ...{ savedUsd: 155.28, costUsd: 0.65, unpriced: [] },
}
const data = {
  days,
  savings,
  before: { month: '2026-08', currency: 'KRW', users: 3, requests: 7n, total: whole(7n) },
}
const found: BillFacts = {
  state: 'draft',
  findIncomplete: () => [{ id: 'rejected', value: '12', text: '12 records', blocks: true, accepted: true }],
  adjustments: [{ month: '2026-08', user: 'carol', amount: { value: -5n, scale: 0 } }],
}
const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8')

let browser: Browser
let folder: string

beforeAll(async () => {
  if (!hasBrowser) return
  folder = mkdtempSync(join(tmpdir(), 'page-'))
  browser = await launchBrowser()
})

afterAll(async () => {
  if (hasBrowser) await browser.close()
})

/** Opens HTML; returns the page, and what it complained of or asked for. */
async function open(html: string, width = 1000): Promise<{ page: Page; complaints: string[] }> {
  const path = join(folder, 'page.html')
  writeFileSync(path, html)
  const complaints: string[] = []
  const page = await browser.newPage()
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  const own = pathToFileURL(path).href
  page.on('request', (request) => {
    if (request.url() !== own && !request.url().startsWith('data:')) complaints.push(request.url())
  })
  await page.setViewport({ width, height: 800 })
  await page.goto(own)
  return { page, complaints }
}

/** Reads the cells of the table that has a caption, as they are shown. */
async function readTable(page: Page, caption: RegExp): Promise<string[][]> {
  const table = `[...document.querySelectorAll('table')].find(({ caption }) => ${caption}.test(caption.innerText))`
  const cells = `Array.from(${table}.rows, (row) => Array.from(row.cells, (cell) => cell.innerText))`
  return JSON.parse(String(await page.evaluate(`JSON.stringify(${cells})`)))
}

describe.runIf(hasBrowser)('the page of a bill in a browser', () => {
  it('opens without a complaint, asks for nothing, and shows each name as text', async () => {
    const html = (await filesOf(period, few, rates)).get('bill-2026-09.html') ?? ''
    const { page, complaints } = await open(html)
    expect(complaints).toEqual([])
    const names = (await readTable(page, /^All users$/)).slice(1, -1).map(([name]) => name)
    const shown = hostile.map((name) => name.replace('\u202e', '\\u{202e}').replace('\n', '\\n'))
    for (const name of shown) expect(names.filter((each) => each?.startsWith(name))).not.toHaveLength(0)
    expect(names).toContain('\u0430lice (look-alike)')
    expect(await page.evaluate('document.images.length')).toBe(0)
    await page.close()
  })

  it('shows the numbers of the CSV, and columns that add up', async () => {
    const files = await filesOf(period, many, rates)
    const totals = new Map<string, number>()
    let all = 0
    for (const line of parse<Record<string, string>>(files.get('bill-2026-09.csv') ?? '', {
      columns: true,
    })) {
      if (line.kind !== 'total') continue
      totals.set(line.user ?? '', Number(line.amount))
      all += Number(line.amount)
    }
    const { page } = await open(files.get('bill-2026-09.html') ?? '')
    const number = (cell: string | undefined) => Number(cell?.replaceAll(',', ''))
    const rows = (await readTable(page, /largest totals/)).slice(1)
    const last = rows.length - 1
    for (const [user = '', ...cells] of rows.slice(0, 1000))
      expect(number(cells.at(-1))).toBe(totals.get(user))
    expect(number(rows[last]?.at(-1))).toBe(all)
    for (const column of [2, 3, 4, 5, 6]) {
      const cells = rows.map((row) => number(row[column]))
      const sum = cells.slice(0, -1).reduce((a, b) => a + b, 0)
      expect(sum).toBeCloseTo(cells[last] ?? Number.NaN, 4)
    }
    const meters = (await readTable(page, /^What the total is made of/)).slice(1)
    const amounts = meters.map((row) => number(row.at(-1)))
    expect(amounts.slice(0, -1).reduce((a, b) => a + b, 0)).toBeCloseTo(all, 4)
    expect(amounts.at(-1)).toBe(all)
    await page.close()
  })

  it.each(['light', 'dark'])('is read well by a screen reader, on a %s screen', async (scheme) => {
    const files = await filesOf(period, few, rates)
    const pages = [
      renderHtml((await billOf(period, few, rates, undefined, found)).bill, data),
      files.get('statements/2026-09-carol.html') ?? '',
    ]
    for (const html of pages) {
      const { page } = await open(html, 390)
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
      await page.evaluate(axe)
      const violations = await page.evaluate(`axe.run().then(({ violations }) =>
        JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)])))`)
      expect(violations).toBe('[]')
      await page.close()
    }
  })

  it('goes on paper in black on white, also from a dark screen', async () => {
    const { page } = await open((await filesOf(period, few, rates)).get('bill-2026-09.html') ?? '')
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
    const colors = async () =>
      await page.evaluate(
        '[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]',
      )
    expect(await colors()).toEqual(['rgb(230, 234, 240)', 'rgb(20, 24, 31)'])
    await page.emulateMediaType('print')
    expect(await colors()).toEqual(['rgb(0, 0, 0)', 'rgb(255, 255, 255)'])
    await page.close()
  })

  it.each([1000, 390])('fits a window of %i pixels, with its charts', async (width) => {
    const { page } = await open(renderHtml((await billOf(period, few, rates)).bill, data), width)
    const charts = Object(
      await page.evaluate(
        '[...document.querySelectorAll("svg")].map((svg) => svg.getBoundingClientRect().toJSON())',
      ),
    )
    expect(charts).toHaveLength(2)
    for (const chart of charts) {
      expect(chart.width).toBeGreaterThan(300)
      expect(chart.right).toBeLessThanOrEqual(width)
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    await page.close()
  })
})
