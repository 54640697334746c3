import {
  add,
  compare,
  type Decimal,
  multiply,
  negate,
  percentOf,
  round,
  sum,
  whole,
  zero,
} from '../rates/decimal.ts'
import type { Match } from '../rates/meter-finder.ts'
import { type Meter, makePlanFinder, type Plan, type Rates } from '../rates/rates.ts'
import type { UsageRow } from './usage.ts'

/** One line item of a bill. */
export type Line = {
  kind: 'free' | 'usage' | 'discount' | 'fixed' | 'top-up' | 'tax' | 'rounding' | 'adjustment'
  /** Id of the meter, or what the line stands for. */
  item: string
  /** Day from which the price holds; '' for lines that are no usage. */
  validFrom: string
  quantity: bigint
  per: bigint
  price: Decimal
  amount: Decimal
  /** Positions of the month that the price is for: above the first, up to the second. */
  tier?: { above: bigint; upTo: bigint | undefined }
}

/** What one user owes. */
export type UserBill = {
  user: string
  plan: string
  requests: bigint
  lines: readonly Line[]
  /** All lines but tax, rounding and adjustments. */
  net: Decimal
  tax: Decimal
  rounding: Decimal
  /** Net, tax and rounding, and then the adjustments of closed months. */
  total: Decimal
}

/** Prices what of a user's usage is billed. */
export type PriceUser = (user: string, rows: readonly UsageRow[]) => UserBill

/** A meter in all versions of the rates, the oldest first. */
type Series = readonly { validFrom: string; meter: Meter }[]

/** Makes the pricing of users, each by itself. */
export function makePricing(rates: Rates, findMeters: (row: UsageRow) => Match): PriceUser {
  const findPlan = makePlanFinder(rates)
  const all = listSeries(rates)
  return (user, rows) => {
    const quantities = new Map<Meter, bigint>()
    for (const row of rows) {
      for (const meter of findMeters(row).meters)
        quantities.set(meter, (quantities.get(meter) ?? 0n) + row.quantities[meter.unit])
    }
    const usage = all.flatMap((series) => priceMeter(series, quantities))
    const requests = rows.reduce((sum, { quantities }) => sum + quantities.request, 0n)
    return { user, requests, ...addCharges(usage, findPlan(user), rates) }
  }
}

function listSeries({ versions }: Rates): Series[] {
  const all = versions.flatMap(({ validFrom, meters }) => meters.map((meter) => ({ validFrom, meter })))
  return [...Map.groupBy(all, ({ meter }) => meter.id).values()]
}

function addCharges(
  usage: readonly Line[],
  plan: Plan | undefined,
  { tax: { name, percent }, decimals, rounding: mode }: Rates,
): Omit<UserBill, 'user' | 'requests'> {
  const lines = plan ? [...usage, ...planLines(plan, sumOfLines(usage))] : usage
  const net = sumOfLines(lines)
  const tax = percentOf(net, percent)
  const exact = add(net, tax)
  const total = round(exact, decimals, mode)
  const rounding = add(total, negate(exact))
  const last = [flat('tax', name, tax), flat('rounding', 'rounding', rounding)].filter(isOwed)
  return { plan: plan?.name ?? '', lines: [...lines, ...last], net, tax, rounding, total }
}

const isOwed = ({ amount }: Line) => amount.value !== 0n

/** Adds up lines. */
export const sumOfLines = (lines: readonly Line[]): Decimal => sum(lines.map(({ amount }) => amount))

/** Prices one meter of one user: free units first, then graduated tiers, whose position runs on across versions. */
function priceMeter(series: Series, quantities: ReadonlyMap<Meter, bigint>): Line[] {
  let free = series[0]?.meter.free ?? 0n
  let position = 0n
  return series.flatMap(({ validFrom, meter }) => {
    const quantity = quantities.get(meter) ?? 0n
    const taken = quantity < free ? quantity : free
    const start = position
    free -= taken
    position += quantity - taken
    const lines = priceTiers(meter, validFrom, start, position)
    if (taken === 0n) return lines
    const { id: item, per } = meter
    return [
      { kind: 'free' as const, item, validFrom, quantity: taken, per, price: zero, amount: zero },
      ...lines,
    ]
  })
}

function priceTiers({ id: item, per, tiers }: Meter, validFrom: string, start: bigint, end: bigint): Line[] {
  let from = start
  let above = 0n
  return tiers.flatMap(({ upTo, price, each }) => {
    const tier = { above, upTo }
    above = upTo ?? above
    const stop = upTo === undefined || upTo > end ? end : upTo
    if (stop <= from) return []
    const quantity = stop - from
    from = stop
    const amount = multiply(whole(quantity), each)
    return [{ kind: 'usage' as const, item, validFrom, quantity, per, price, amount, tier }]
  })
}

function planLines(plan: Plan, usage: Decimal): Line[] {
  const discount = negate(percentOf(usage, plan.discountPercent))
  const subtotal = add(usage, discount, plan.fixed)
  const missing = add(plan.minimum, negate(subtotal))
  const topUp = compare(missing, zero) > 0 ? missing : zero
  const lines = [
    flat('discount', `discount of ${plan.name}`, discount),
    flat('fixed', `fixed part of ${plan.name}`, plan.fixed),
    flat('top-up', `up to the minimum of ${plan.name}`, topUp),
  ]
  return lines.filter(isOwed)
}

/** Makes a line of one amount. */
export function flat(kind: Line['kind'], item: string, amount: Decimal): Line {
  return { kind, item, validFrom: '', quantity: 1n, per: 1n, price: amount, amount }
}
