import { addMonths, type Period } from '../../../lib/service/calendar.ts'
import { findInstancePrice } from '../../../lib/service/instance-price.ts'
import type { LedgerEvent } from '../../../lib/service/ledger.ts'
import { sumSavings } from '../../../lib/service/savings.ts'
import { closedTotal } from '../bill/closed.ts'
import { summarizeLatency } from '../bill/latency.ts'
import type { MonthBefore, PageData } from '../bill/page-data.ts'
import { readClosed } from '../observe/closed-months.ts'
import type { DayPlan } from '../plan/day-plan.ts'
import { readDayRequests, readLatency } from '../plan/month-sql.ts'
import type { Session } from './session.ts'
import { parseLatency, readCount } from './usage-result.ts'

/** The pauses that a bill knows of: events of the ledger, the days that they cover, and until when they are counted. */
export type Pauses = { events: readonly LedgerEvent[]; days: ReadonlySet<string>; until: number }

/** Reads what the owner's page shows beside the bill. */
export async function readPageData(
  period: Period,
  plans: readonly DayPlan[],
  pauses: Pauses,
  session: Session,
): Promise<PageData> {
  const { query, inputs, aws } = session
  const span = { first: period.firstDay, next: period.nextDay }
  const rows = await query.read('requests of the days', readDayRequests(inputs.database, span))
  const sums = rows.map((row) => ({
    day: row.period ?? '',
    status: row.day_status ?? '',
    requests: readCount(row, 'requests'),
  }))
  const latencies = await query.read('latencies', readLatency(inputs.database, span))
  const between = { start: period.start, end: pauses.until }
  return {
    days: { all: plans.map(({ day }) => day), paused: pauses.days, sums },
    latency: summarizeLatency(latencies.map(parseLatency)),
    before: await readBefore(period, session),
    savings: sumSavings(pauses.events, between, (type) => findInstancePrice(type, aws.region, undefined)),
  }
}

async function readBefore({ name }: Period, { aws }: Session): Promise<MonthBefore | undefined> {
  const closed = await readClosed(addMonths(name, -1), aws)
  if (!closed) return undefined
  const { month, currency, requests, totals } = closed
  return {
    ...{ month, currency, requests: BigInt(requests), total: closedTotal(closed) },
    users: Object.keys(totals).length,
  }
}
