import type { Line } from '../../bill/price.ts'
import type { Rounding } from '../../rates/decimal.ts'

/** All that a statement says besides names and numbers; each language has a file. */
export type StatementTexts = {
  lang: string
  title(month: string): string
  /** Says that the bill may still change. */
  draft: string
  customer: string
  period: string
  plan: string
  total: string
  /** Caption of the table. */
  lines: string
  columns: Readonly<Record<StatementColumn, string>>
  /** Title of the units that a price is for; the CSV has them in a column of their own. */
  unitsOfPrice: string
  kinds: Readonly<Record<Line['kind'], string>>
  /** A tier of a month's units: above the first number, up to the second. */
  tier(above: string, upTo: string | undefined): string
  /** A price for a number of units. */
  per(price: string, units: string): string
  roundings: Readonly<Record<Rounding, string>>
  /** Says that amounts are exact, and how the total is rounded. */
  exact(digits: number, rounding: string): string
  /** Says how free units, tiers and changes of prices go together. */
  explanation: string
}

/** A column of a statement's table. */
type StatementColumn = 'item' | 'validFrom' | 'tier' | 'quantity' | 'price' | 'amount'
