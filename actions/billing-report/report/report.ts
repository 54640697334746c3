import { type Known, reportUnfinished } from '../../../lib/ending.ts'
import {
  blocks,
  code,
  foldTable,
  insertSecond,
  type Markdown,
  md,
  renderBytes,
} from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import type { Period } from '../../../lib/service/calendar.ts'
import type { BillingRecord } from '../apply/record.ts'
import type { Bill, BillState } from '../bill/bill.ts'
import { formatDecimal } from '../rates/decimal.ts'
import { toJson } from './bill-json.ts'
import { renderMarkdown } from './bill-markdown.ts'

const noticeOf: Readonly<Record<BillState, Markdown>> = {
  draft: md`> Draft: rows of this month may still arrive.`,
  open: md`**Next**: look at the bill, and close the month with ${code('mode: close')}; until then, a run may change it.`,
  closed: md`The month is closed: late rows become adjustments of a later bill.`,
}

/** Reports a bill that holds. */
export function reportBill(bill: Bill, run: { scannedBytes: number; files: readonly string[] }): Outcome {
  const draft = bill.state === 'draft'
  const result = bill.state === 'closed' ? 'closed' : 'billed'
  const notice = noticeOf[bill.state]
  return {
    outputs: {
      result,
      requests: String(bill.classes.billed),
      total: formatDecimal(bill.total, bill.decimals),
      'data-scanned-bytes': String(run.scannedBytes),
    },
    summary: blocks(
      insertSecond(renderMarkdown(bill, foldTable), notice),
      md`${renderBytes(run.scannedBytes)} scanned.`,
    ),
    report: {
      result,
      draft,
      scannedBytes: run.scannedBytes,
      files: run.files,
      ...toJson(bill),
    },
  }
}

/** Adds to an outcome where the files of the bill were published in S3. */
export const tellPublished = (outcome: Outcome, place: string): Outcome => ({
  ...outcome,
  summary: blocks(outcome.summary, md`Published in ${place}.`),
  report: { ...outcome.report, published: place },
})

/** Reports a month whose equations do not hold: nothing is published. */
export function reportUnbalanced({ name }: Period, why: string, known: Known): Outcome {
  const sentence = `unbalanced: ${why}; nothing is published, run it again, and look for rows that arrive now`
  return reportUnfinished('unbalanced', sentence, {
    ...known,
    report: { ...known.report, why, month: name },
  })
}

/** Describes a run that may end at any time. */
export function describeRun(title: string, { queries, files, left }: BillingRecord): Known {
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
      ...left,
    ],
    goesOn: all.flatMap(([what, result]) => (result === 'running' ? [`query ${what}`] : [])),
    costs: scannedBytes > 0 ? [`${renderBytes(scannedBytes)} scanned by Athena`] : [],
    report: { scannedBytes, queries: ended, files },
  }
}
