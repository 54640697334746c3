import { type Known, reportUnfinished } from '../../../lib/ending.ts'
import { blocks, md, renderBytes, renderList, renderTable } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import type { Period } from '../../../lib/service/calendar.ts'
import type { BillingRecord } from '../apply/record.ts'
import type { Bill } from '../bill/bill.ts'
import type { UsageRow } from '../bill/usage.ts'
import type { RollUpPlan } from '../plan/plan.ts'
import { formatDecimal } from '../rates/decimal.ts'
import { renderCsv } from './bill-csv.ts'
import { renderHtml } from './bill-html.ts'
import { renderJson, toJson } from './bill-json.ts'
import { renderMarkdown } from './bill-markdown.ts'
import { groupDigits } from './user-rows.ts'

/** Writes a bill in all its forms; file name to content. */
export function renderFiles(bill: Bill): Map<string, string> {
  const name = `bill-${bill.period.name}`
  return new Map([
    [`${name}.csv`, renderCsv(bill)],
    [`${name}.json`, renderJson(bill)],
    [`${name}.md`, `${renderMarkdown(bill).markdown}\n`],
    [`${name}.html`, renderHtml(bill)],
  ])
}

/** Reports a bill that holds. */
export function reportBill(
  bill: Bill,
  run: { draft: boolean; scannedBytes: number; files: readonly string[] },
): Outcome {
  const notice = run.draft ? md`> Draft: rows of this month may still arrive.` : md``
  return {
    outputs: {
      result: 'billed',
      requests: String(bill.classes.billed),
      total: formatDecimal(bill.total, bill.decimals),
      'data-scanned-bytes': String(run.scannedBytes),
    },
    summary: blocks(notice, renderMarkdown(bill), md`${renderBytes(run.scannedBytes)} scanned.`),
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
export function reportUnbalanced(bill: Bill, why: string, known: Known): Outcome {
  const sentence = `unbalanced: ${why}; nothing is published, run it again, and look for rows that arrive now`
  return reportUnfinished('unbalanced', sentence, {
    ...known,
    report: { ...known.report, why, ...toJson(bill) },
  })
}

/** Describes a run that may end at any time. */
export function describeRun(title: string, { queries, files }: BillingRecord): Known {
  const all = [...queries]
  const ended = all.flatMap(([what, result]) => (typeof result === 'object' ? [{ what, ...result }] : []))
  const scannedBytes = ended.reduce((sum, { scannedBytes }) => sum + scannedBytes, 0)
  return {
    title,
    outputs: { 'data-scanned-bytes': String(scannedBytes) },
    done: [
      ...ended.map(
        ({ what, id, scannedBytes }) => `query ${what}: ${id}, ${renderBytes(scannedBytes)} scanned`,
      ),
      ...files.map((file) => `wrote ${file}`),
    ],
    notDone: [
      ...all.flatMap(([what, result]) => (typeof result === 'object' ? [] : [`query ${what}: ${result}`])),
      files.length > 0 ? 'the files are not uploaded' : 'nothing is published',
    ],
    goesOn: all.flatMap(([what, result]) => (result === 'running' ? [`query ${what}`] : [])),
    costs: scannedBytes > 0 ? [`${renderBytes(scannedBytes)} scanned by Athena`] : [],
    report: { scannedBytes, queries: ended, files },
  }
}

/** Reports a dry run. */
export function reportPlanned(period: Period, plan: RollUpPlan): Outcome {
  const statements = [plan.create, plan.read, plan.count]
  return {
    outputs: { result: 'planned' },
    summary: blocks(
      md`## Planned roll-up of ${period.name}`,
      renderList([`into ${plan.location}`, `${statements.length} statements`]),
    ),
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
    summary: blocks(
      md`## Roll-up of ${period.name} (${period.timeZone})`,
      renderTable(['route', 'status', 'requests'], cells, { right: ['requests'] }),
    ),
    report: { result: 'rolled-up', day: period.name, location: run.location, rows: String(run.rows), routes },
  }
}
