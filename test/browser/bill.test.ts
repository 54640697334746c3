import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeBill } from '../../actions/billing-report/bill/bill.ts'
import type { UsageRow } from '../../actions/billing-report/bill/usage.ts'
import { parseRates } from '../../actions/billing-report/rates/rates-file.ts'
import { renderFiles } from '../../actions/billing-report/report/report.ts'
import { monthPeriod } from '../../lib/service/calendar.ts'
import { hasBrowser, launchBrowser } from '../fixtures/browser.ts'

const rates = parseRates(
  `version: 1
currency: KRW
decimals: 0
tax: {name: VAT, percent: "10"}
rates:
  - valid-from: 2026-01-01
    meters:
      - {id: inference, match: {routes: ["POST /inference"], status: [2xx]}, unit: request, tiers: [{price: "12.5"}]}
`,
  'rates.yml',
)

const row = (user: string, request: bigint): UsageRow => ({
  user,
  version: 0,
  routeKey: 'POST /inference',
  status: '200',
  rowClass: 'attributed',
  duplicates: 0n,
  quantities: { request, responselength: 0n, dataprocessed: 0n, responselatency: 0n, integrationlatency: 0n },
})

const rows = [row('<img src=x onerror=alert(1)>', 400n), row('박지민', 1000n), row('a'.repeat(64), 1n)]
const bill = makeBill(monthPeriod('2026-09', 'Asia/Seoul'), rows, 1401n, rates)

let browser: Browser
let page: Page
const complaints: string[] = []
const requests: string[] = []

beforeAll(async () => {
  if (!hasBrowser) return
  const path = join(mkdtempSync(join(tmpdir(), 'page-')), 'bill.html')
  writeFileSync(path, renderFiles(bill).get('bill-2026-09.html') ?? '')
  browser = await launchBrowser()
  page = await browser.newPage()
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => requests.push(request.url()))
  await page.setViewport({ width: 1000, height: 800 })
  await page.goto(pathToFileURL(path).href)
})

afterAll(async () => {
  if (hasBrowser) await browser.close()
})

it.runIf(hasBrowser)('opens without a complaint, and asks for nothing but itself', () => {
  expect(complaints).toEqual([])
  expect(requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([])
  expect(requests.filter((url) => url.startsWith('file:'))).toHaveLength(1)
})

it.runIf(hasBrowser)('shows each user as text, with the total of the bill', async () => {
  const text = String(await page.evaluate('document.body.innerText'))
  for (const { user } of bill.users) expect(text).toContain(user)
  expect(text).toContain('19,264')
  expect(await page.evaluate('document.images.length')).toBe(0)
})

it.runIf(hasBrowser).each([1000, 390])('fits a window of %i pixels, with its chart', async (width) => {
  await page.setViewport({ width, height: 800 })
  const chart = Object(await page.evaluate('document.querySelector("svg").getBoundingClientRect().toJSON()'))
  expect(chart.width).toBeGreaterThan(200)
  expect(chart.right).toBeLessThanOrEqual(width)
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
})
