import type { StatementTexts } from './statement-texts.ts'

/** Statements in English. */
export const en: StatementTexts = {
  lang: 'en',
  title: (month) => `Statement for ${month}`,
  draft: 'Draft: the bill may still change.',
  customer: 'Customer',
  period: 'Period',
  plan: 'Plan',
  total: 'Total',
  lines: 'Line items',
  columns: {
    item: 'Item',
    validFrom: 'Price from',
    tier: 'Tier',
    quantity: 'Units',
    price: 'Unit price',
    amount: 'Amount',
  },
  unitsOfPrice: 'Price is for units',
  kinds: {
    free: 'free units',
    usage: 'usage',
    discount: 'Discount',
    fixed: 'Fixed fee',
    'top-up': 'Minimum charge',
    tax: 'Tax',
    rounding: 'Rounding',
    adjustment: 'Adjustment of',
  },
  tier: (above, upTo) => (upTo === undefined ? `above ${above}` : `above ${above}, up to ${upTo}`),
  per: (price, units) => `${price} per ${units}`,
  roundings: { 'half-up': 'half up', 'half-even': 'half to even', down: 'down' },
  exact: (digits, rounding) =>
    `Amounts are exact. Only the total is rounded: ${rounding}, to ${digits} ${digits === 1 ? 'decimal' : 'decimals'}.`,
  explanation:
    'Free units are used first. The units of a month count toward the tiers in order, across changes of prices.',
}
