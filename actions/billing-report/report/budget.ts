import type { Outcome } from '../../../lib/outcome.ts'
import type { Bill } from '../bill/bill.ts'
import { compare, type Decimal } from '../rates/decimal.ts'
import { formatMoney } from './user-rows.ts'

/** Lets an outcome fail where the total of its bill is above the budget; the files stay. */
export function holdBudget(outcome: Outcome, bill: Bill, budget: Decimal | undefined): Outcome {
  if (budget === undefined || compare(bill.total, budget) <= 0) return outcome
  const [total, most] = [bill.total, budget].map((amount) => `${formatMoney(amount, bill)} ${bill.currency}`)
  const failure = `over-budget: the total of ${bill.period.name} is ${total}, and budget-total ${most}; the files are written, look at what has grown`
  return {
    ...outcome,
    outputs: { ...outcome.outputs, result: 'over-budget' },
    report: { ...outcome.report, result: 'over-budget' },
    failure,
  }
}
