import type { Known } from '../../../lib/ending.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import type { WrittenBill } from './bill-files.ts'
import { holdBudget } from './budget.ts'
import { reportBill, reportUnbalanced } from './report.ts'
import { reportTaken } from './report-closed.ts'
import { reportIncomplete } from './report-incomplete.ts'

type Run = { known: Known; scannedBytes: number; budgetTotal: string | undefined }

/** Reports a bill that was written, or why it is not published. */
export function reportWritten(
  { bill, why, obstacle, files }: WrittenBill,
  { known, scannedBytes, budgetTotal }: Run,
): Outcome {
  if (why) return reportUnbalanced(bill.period, why, known)
  if (obstacle === 'incomplete') return reportIncomplete(bill, known)
  if (obstacle === 'taken') return reportTaken(bill.period, known)
  const outcome = reportBill(bill, { scannedBytes, files })
  return holdBudget(outcome, { ...bill, month: bill.period.name }, budgetTotal)
}
