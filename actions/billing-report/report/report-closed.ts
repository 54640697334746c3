import { createHash } from 'node:crypto'
import { type Known, reportUnfinished } from '../../../lib/ending.ts'
import { blocks, md, renderList } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import type { Period } from '../../../lib/service/calendar.ts'
import { type ClosedBill, closedTotal } from '../bill/closed.ts'
import { holdBudget } from './budget.ts'

/** Reports the bill of a closed month, whose files are those that were closed. */
export function reportClosed(
  closed: ClosedBill,
  {
    ratesText,
    budgetTotal,
    files,
  }: { ratesText: string; budgetTotal: string | undefined; files: readonly string[] },
): Outcome {
  const { month, total, requests, currency } = closed
  const hasOtherRates = createHash('sha256').update(ratesText).digest('hex') !== closed.files['rates.yml']
  const notes = hasOtherRates
    ? ['The rates file is another than the one the month was closed with; a closed month keeps its prices.']
    : []
  const outcome = {
    outputs: { result: 'closed', requests, total, 'data-scanned-bytes': '0' },
    summary: blocks(
      md`## Bill of ${month}: closed`,
      md`Total: **${total} ${currency}**. It was closed before, and does not change; late rows become adjustments of a later bill.`,
      renderList(notes),
    ),
    report: { result: 'closed', month, total, requests, hasOtherRates, files, scannedBytes: 0 },
  }
  return holdBudget(outcome, { ...closed, total: closedTotal(closed) }, budgetTotal)
}

/** Reports that another run closed the month while this one was at it. */
export function reportTaken({ name }: Period, known: Known): Outcome {
  const sentence = `refused: another run has closed ${name} with another bill; run it again, and it shows that one`
  return reportUnfinished('refused', sentence, known)
}
