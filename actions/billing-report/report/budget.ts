import type { Outcome } from '../../../lib/outcome.ts'
import { compare, type Decimal, parseDecimal } from '../rates/decimal.ts'
import { formatMoney } from './user-rows.ts'

type Bill = { month: string; total: Decimal; currency: string; decimals: number }

/** Lets an outcome fail where the total of its bill is above the budget; the files stay. */
export function holdBudget(outcome: Outcome, bill: Bill, budgetTotal: string | undefined): Outcome {
  const budget = parseDecimal(budgetTotal ?? '')
  if (budget === undefined || compare(bill.total, budget) <= 0) return outcome
  const [total, most] = [bill.total, budget].map((amount) => `${formatMoney(amount, bill)} ${bill.currency}`)
  const failure = `over-budget: the total of ${bill.month} is ${total}, and budget-total ${most}; the files are written, look at what has grown`
  return {
    ...outcome,
    outputs: { ...outcome.outputs, result: 'over-budget' },
    report: { ...outcome.report, result: 'over-budget' },
    failure,
  }
}
