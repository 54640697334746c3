import { localTime, type Period } from '../../../../lib/service/calendar.ts'
import type { Line, UserBill } from '../../bill/price.ts'
import { formatDecimal } from '../../rates/decimal.ts'
import type { Plan, Rates } from '../../rates/rates.ts'
import { formatMoney, groupDigits } from '../user-rows.ts'
import type { StatementTexts } from './statement-texts.ts'

/** What the statements of a month have in common. */
export type StatementContext = {
  period: Period
  isDraft: boolean
  rates: Rates
  findPlan(user: string): Plan | undefined
  texts: StatementTexts
}

/** A line of a statement as a person reads it, in the order of the columns. */
export type StatementRow = {
  item: string
  validFrom: string
  tier: string
  quantity: string
  price: string
  amount: string
}

/** Lists the lines of a user's statement. */
export function listRows(
  { user, lines }: UserBill,
  { rates, texts, findPlan }: StatementContext,
): StatementRow[] {
  const plan = findPlan(user)
  return lines.map((line) => ({
    item: nameLine(line, plan, { rates, texts }),
    ...(line.kind === 'free' || line.kind === 'usage' ? describeUsage(line, texts) : noUsage),
    amount: formatMoney(line.amount, rates),
  }))
}

const noUsage = { validFrom: '', tier: '', quantity: '', price: '' }

const count = (value: bigint) => groupDigits(String(value))

// A scale of one tier has none.
function describeTier({ above, upTo }: NonNullable<Line['tier']>, texts: StatementTexts): string {
  if (upTo === undefined) return above === 0n ? '' : texts.tier(count(above), undefined)
  return texts.tier(count(above), count(upTo))
}

function describeUsage({ validFrom, tier, quantity, per, price }: Line, texts: StatementTexts) {
  const text = groupDigits(formatDecimal(price))
  return {
    validFrom,
    tier: tier ? describeTier(tier, texts) : '',
    quantity: count(quantity),
    price: per === 1n ? text : texts.per(text, count(per)),
  }
}

function nameLine(
  { kind, item }: Line,
  plan: Plan | undefined,
  { rates, texts }: Pick<StatementContext, 'rates' | 'texts'>,
): string {
  const name = texts.kinds[kind]
  switch (kind) {
    case 'usage':
      return item
    case 'free':
      return `${item}: ${name}`
    case 'discount':
      return plan ? `${name} ${formatDecimal(plan.discountPercent)} %` : name
    case 'tax':
      return `${item} ${formatDecimal(rates.tax.percent)} %`
    case 'adjustment':
      return `${name} ${item}`
    default:
      return name
  }
}

/** Describes the period from its first moment to the first one after it, in its own zone. */
export const describePeriod = ({ start, end, timeZone }: Period): string =>
  `${localTime(start, timeZone)} – ${localTime(end, timeZone)} (${timeZone})`
