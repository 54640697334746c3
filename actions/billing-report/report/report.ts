import type { Outcome } from '../../../lib/action.ts'
import { renderBytes, renderTable } from '../../../lib/markdown.ts'
import type { Period } from '../../../lib/service/calendar.ts'
import type { Bill } from '../bill/bill.ts'
import type { UsageRow } from '../bill/usage.ts'
import type { RollUpPlan } from '../plan/plan.ts'
import { formatDecimal } from '../rates/decimal.ts'
import { renderCsv } from './bill-csv.ts'
import { renderHtml } from './bill-html.ts'
import { renderJson, toJson } from './bill-json.ts'
import { groupDigits, renderMarkdown } from './bill-markdown.ts'

/** Writes a bill in all its forms; file name to content. */
export function renderFiles(bill: Bill): Map<string, string> {
  const name = `bill-${bill.period.name}`
  return new Map([
    [`${name}.csv`, renderCsv(bill)],
    [`${name}.json`, renderJson(bill)],
    [`${name}.md`, renderMarkdown(bill)],
    [`${name}.html`, renderHtml(bill)],
  ])
}

/** Reports a bill that holds. */
export function reportBill(
  bill: Bill,
  run: { draft: boolean; scannedBytes: number; files: readonly string[] },
): Outcome {
  const notice = run.draft ? ['> Draft: rows of this month may still arrive.', ''] : []
  return {
    outputs: {
      result: 'billed',
      requests: String(bill.classes.billed),
      total: formatDecimal(bill.total, bill.decimals),
      'data-scanned-bytes': String(run.scannedBytes),
    },
    summary: [...notice, renderMarkdown(bill), `${renderBytes(run.scannedBytes)} scanned.`].join('\n'),
    report: {
      result: 'billed',
      draft: run.draft,
      scannedBytes: run.scannedBytes,
      files: run.files,
      ...toJson(bill),
    },
  }
}

/** Reports a bill whose equations do not hold: nothing is published. */
export function reportUnbalanced(bill: Bill, why: string, scannedBytes: number): Outcome {
  const failure = `unbalanced: ${why}; nothing is published, run it again, and look for rows that arrive now`
  return {
    outputs: { result: 'unbalanced', 'data-scanned-bytes': String(scannedBytes) },
    summary: `## Bill of ${bill.period.name}: unbalanced\n\n${why}`,
    report: { result: 'unbalanced', why, ...toJson(bill) },
    failure,
  }
}

/** Reports a dry run. */
export function reportPlanned(period: Period, plan: RollUpPlan): Outcome {
  const statements = [plan.create, plan.read, plan.count]
  return {
    outputs: { result: 'planned' },
    summary: `## Planned roll-up of ${period.name}\n\n- into ${plan.location}\n- ${statements.length} statements`,
    report: { result: 'planned', period: period.name, location: plan.location, statements },
  }
}

/** Reports the roll-up of a day, by route and status. */
export function reportDay(
  period: Period,
  usage: readonly UsageRow[],
  run: { rows: bigint; scannedBytes: number; location: string },
): Outcome {
  const groups = Map.groupBy(usage, ({ routeKey, status }) => `${routeKey}\0${status}`)
  const routes = [...groups.entries()].sort().map(([key, rows]) => {
    const [routeKey = '', status = ''] = key.split('\0')
    return {
      routeKey,
      status,
      requests: String(rows.reduce((sum, { quantities }) => sum + quantities.request, 0n)),
    }
  })
  const cells = routes.map(({ routeKey, status, requests }) => [routeKey, status, groupDigits(requests)])
  return {
    outputs: {
      result: 'rolled-up',
      requests: String(run.rows),
      'data-scanned-bytes': String(run.scannedBytes),
    },
    summary: [
      `## Roll-up of ${period.name} (${period.timeZone})`,
      '',
      renderTable(['route', 'status', 'requests'], cells, { right: ['requests'] }),
    ].join('\n'),
    report: { result: 'rolled-up', day: period.name, location: run.location, rows: String(run.rows), routes },
  }
}
