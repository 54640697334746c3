import { dayPeriod, type Period } from '../../../lib/service/calendar.ts'
import type { Rates } from '../rates/rates.ts'
import { findOddBorders, type Neighbour } from './borders.ts'
import type { Finding, FindingId } from './finding.ts'
import type { Uncounted } from './uncounted.ts'

/** What is known of a month beside its usage. */
export type Evidence = {
  /** Days that are over, and the number of their rows. */
  days: ReadonlyMap<string, bigint>
  rejected: bigint
  conflicts: bigint
  eventTime: bigint
  /** Rows of earlier months that arrived in this one, and that no adjustment reaches. */
  late: bigint
  /** Closed months beside this one. */
  neighbours: readonly Neighbour[]
  /** Days on which all services were paused. */
  paused: ReadonlySet<string>
  /** Different rows by the start of their hour, in epoch milliseconds. */
  hours: ReadonlyMap<number, bigint>
  /** Requests that API Gateway counted, by the start of the hour; undefined where they are not compared. */
  requests: ReadonlyMap<number, number> | undefined
  /** Broken parts of the pipeline; looked for only where the month has no row. */
  broken: readonly string[]
}

type Found = Omit<Finding, 'accepted'>

const find = (id: FindingId, count: bigint | number, text: string, blocks = true): Found[] =>
  Number(count) === 0 ? [] : [{ id, value: String(count), text, blocks }]

/** Finds what may make the bill of a month incomplete, in the order of `findingIds`. */
export function findIncomplete(
  period: Period,
  { versions: [first] }: Rates,
  evidence: Evidence & Uncounted,
): Found[] {
  const { rejected, conflicts, eventTime, late, broken, beforeRates } = evidence
  return [
    ...find(
      'rejected',
      rejected,
      `${rejected} records could not be converted and lie below the error prefix; send them again, or accept them`,
    ),
    ...findUnreadable(evidence),
    ...find(
      'id-conflict',
      conflicts,
      `${conflicts} rows have the request id of another row and other content; both are billed`,
      false,
    ),
    ...findShares(evidence),
    ...findEmptyDays(period, evidence),
    ...find(
      'late',
      late,
      `${late} rows of earlier months arrived that no adjustment reaches: their month is not closed, or too long ago`,
    ),
    ...findBorders(period, evidence),
    ...find(
      'event-time',
      eventTime,
      `${eventTime} rows arrived with a time that cannot be, such as seconds in place of milliseconds; they are not billed`,
    ),
    ...find(
      'before-rates',
      beforeRates,
      `${beforeRates} rows are from before the first version of the rates, ${first?.validFrom}, and owe nothing`,
    ),
    ...findHours(evidence),
    ...find(
      'pipeline',
      broken.length,
      `the month has no row, and the pipeline is broken: ${broken.join('; ')}`,
    ),
  ]
}

function findUnreadable({ unreadable }: Uncounted): Found[] {
  const counts = [...unreadable]
  const total = counts.reduce((sum, [, count]) => sum + count, 0n)
  const units = counts.map(([unit, count]) => `${unit}: ${count}`).join(', ')
  return find(
    'unreadable',
    total,
    `${total} metered values of billed rows are no whole number, and count as 0 (${units})`,
  )
}

const shownRoutes = 3

function findShares({ unattributed, noRate, all }: Uncounted): Found[] {
  const shareOf = (count: bigint) => `${(Number((1000n * count) / (all || 1n)) / 10).toFixed(1)} %`
  const unpriced = [...noRate.values()].reduce((sum, count) => sum + count, 0n)
  const routes = [...noRate].sort(([, a], [, b]) => Number(b - a)).map(([route]) => route || 'no route')
  const more = routes.length > shownRoutes ? ', …' : ''
  return [
    ...find(
      'unattributed',
      unattributed,
      `${unattributed} rows (${shareOf(unattributed)} of all) would be billed, and have no user`,
      false,
    ),
    ...find(
      'no-rate',
      unpriced,
      `${unpriced} successful rows of users (${shareOf(unpriced)} of all) are of routes without a rate, and owe nothing: ${routes.slice(0, shownRoutes).join(', ')}${more}`,
      false,
    ),
  ]
}

const hourMilliseconds = 3_600_000

/**
 * A day without rows is no finding where API Gateway counted no request on it either, or, not asked, on a day of a pause.
 * An hour may be of two days, where a zone is half an hour from UTC: its requests are of the other one if the log has them.
 */
function findEmptyDays({ timeZone }: Period, { days, hours, requests, paused }: Evidence): Found[] {
  const isQuiet = (day: string) => {
    if (!requests) return paused.has(day)
    const { start, end } = dayPeriod(day, timeZone)
    return ![...requests].some(
      ([hour, count]) =>
        hour + hourMilliseconds > start && hour < end && BigInt(Math.round(count)) > (hours.get(hour) ?? 0n),
    )
  }
  return [...days]
    .filter(([day, rows]) => rows === 0n && !isQuiet(day))
    .map(([day]) => ({
      id: 'empty-days',
      value: day,
      text: `${day} has no row; look at the pipeline with mode status, or accept the day`,
      blocks: true,
    }))
}

function findBorders(period: Period, { neighbours }: Evidence): Found[] {
  const odd = findOddBorders(period, neighbours)
  const minutes = odd.reduce((sum, border) => sum + border.minutes, 0)
  const borders = odd.map(
    (border) =>
      `${border.month} in ${border.timeZone}, whose bill ${border.isTwice ? 'has' : 'lacks, as this one,'} rows of ${border.minutes} minutes${border.isTwice ? ', too' : ''}`,
  )
  return find(
    'borders',
    minutes,
    `the month beside was closed in another time zone than ${period.timeZone}: ${borders.join('; ')}; set timezone to that one, or accept the minutes`,
  )
}

const shownHours = 3

function findHours({ hours, requests }: Evidence): Found[] {
  if (!requests) return []
  const all = [...new Set([...hours.keys(), ...requests.keys()])].sort((a, b) => a - b)
  const odd = all
    .map((start) => ({
      start,
      rows: hours.get(start) ?? 0n,
      counted: BigInt(Math.round(requests.get(start) ?? 0)),
    }))
    .filter(({ rows, counted }) => rows !== counted)
  const shown = odd
    .slice(0, shownHours)
    .map(({ start, rows, counted }) => `${new Date(start).toISOString()}: ${rows} rows, ${counted} requests`)
  const more = odd.length > shownHours ? `; and ${odd.length - shownHours} more` : ''
  return find(
    'hours',
    odd.length,
    `in ${odd.length} hours the log has other rows than CloudWatch counted requests (${shown.join('; ')}${more})`,
    false,
  )
}
