import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { formatDecimal } from '../../actions/billing-report/rates/decimal.ts'
import { parseRates } from '../../actions/billing-report/rates/rates-file.ts'
import { parseCalendar } from '../../actions/pause-resume/calendar/calendar-file.ts'
import { renderCalendar } from '../../actions/pause-resume/report/calendar.ts'
import { instantAt, monthPeriod } from '../../lib/service/calendar.ts'
import { root } from '../../scripts/local-aws-process.ts'
import { billOf, usageRow } from '../fixtures/bill.ts'

const page = readFileSync(join(root, 'docs/calendar-and-rates.md'), 'utf8')
const [calendars = [], rates = []] = page.split('\n## Rates\n').map(readExamples)
const period = monthPeriod('2026-09', 'Asia/Seoul')

type Example = { title: string; file: string; rows: string[][] }

/** Reads each example: its heading, its file, and the table below it, without the header. */
function readExamples(text: string): Example[] {
  return text.split('\n### ').flatMap((part) => {
    const [, file] = /```yaml\n([\s\S]*?)```/.exec(part) ?? []
    if (file === undefined) return []
    const lines = part.split('\n').filter((line) => line.startsWith('| '))
    const rows = lines.slice(2).map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    return [{ title: part.split('\n', 1)[0] ?? '', file, rows }]
  })
}

it('has examples of both', () => {
  expect([calendars.length, rates.length]).toEqual([3, 4])
})

it('can read the example of the README of billing-report', () => {
  const readme = readFileSync(join(root, 'actions/billing-report/README.md'), 'utf8')
  const [, example = ''] = /```yaml\n(version: 1[\s\S]*?)```/.exec(readme) ?? []
  expect(parseRates(example, 'README.md').plans).toHaveLength(2)
})

it.each(calendars)('a calendar runs when the page says so: $title', ({ file, rows }) => {
  const calendar = parseCalendar(file, 'calendar.yml')
  const shown = rows.map(([day = '']) => {
    const { markdown } = renderCalendar(calendar, instantAt(day.slice(4), 0, calendar.timeZone))
    const [first = ''] = markdown.split('\n').filter((line) => line.startsWith(`| ${day}`))
    return first
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  })
  expect(shown).toEqual(rows)
})

it.each(rates)('a user owes what the page says: $title', async ({ file, rows }) => {
  const parsed = parseRates(file, 'rates.yml')
  for (const row of rows) {
    const [user = '', requests = '', bytes = '0'] = row
    const usage = requests.split(' + ').map((count, version) => {
      const used = usageRow(user, BigInt(count), { version })
      return {
        ...used,
        quantities: { ...used.quantities, responselength: BigInt(row.length > 3 ? bytes : 0) },
      }
    })
    const rowsOfLog = usage.filter(({ quantities }) => quantities.request > 0n)
    const { users } = await billOf(period, rowsOfLog, parsed)
    const bill = users.find((each) => each.user === user)
    expect([user, requests, bill && formatDecimal(bill.total, parsed.decimals)]).toEqual([
      ...[user, requests, row.at(-1)],
    ])
  }
})
