import {
  add,
  compare,
  type Decimal,
  inverse,
  multiply,
  negate,
  percentOf,
  round,
  sum,
  whole,
  zero,
} from '../rates/decimal.ts'
import { type Meter, matchesStatus, type Plan, planOf, type Rates } from '../rates/rates.ts'
import { billingClassOf, type UsageRow } from './usage.ts'

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

/** Prices a month: each user by itself, sorted by the bytes of the name. */
export function priceMonth(rows: readonly UsageRow[], rates: Rates): UserBill[] {
  const billed = rows.filter(
    (row) => row.rowClass === 'attributed' && billingClassOf(row, rates) === 'billed',
  )
  const byUser = Map.groupBy(billed, ({ user }) => user)
  // A user whom a plan names pays its fixed part and minimum without a request too.
  for (const { users = [] } of rates.plans)
    for (const user of users) if (!byUser.has(user)) byUser.set(user, [])
  return [...byUser]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([user, usage]) => priceUser(user, usage, rates))
}

function priceUser(user: string, rows: readonly UsageRow[], rates: Rates): UserBill {
  const plan = planOf(rates, user)
  const lines = meterIds(rates).flatMap((id) => priceMeter(id, rows, rates))
  const charges = plan ? planLines(plan, sumOfLines(lines)) : []
  const net = sumOfLines([...lines, ...charges])
  const tax = percentOf(net, rates.tax.percent)
  const exact = add(net, tax)
  const total = round(exact, rates.decimals, rates.rounding)
  const rounding = add(total, negate(exact))
  const taxLine = compare(tax, zero) === 0 ? [] : [flat('tax', rates.tax.name, tax)]
  const roundingLine = compare(rounding, zero) === 0 ? [] : [flat('rounding', 'rounding', rounding)]
  return {
    user,
    plan: plan?.name ?? '',
    requests: rows.reduce((sum, { quantities }) => sum + quantities.request, 0n),
    lines: [...lines, ...charges, ...taxLine, ...roundingLine],
    net,
    tax,
    rounding,
    total,
  }
}

const sumOfLines = (lines: readonly Line[]) => sum(lines.map(({ amount }) => amount))

const meterIds = (rates: Rates) => [
  ...new Set(rates.versions.flatMap(({ meters }) => meters.map(({ id }) => id))),
]

/** Prices one meter of one user: free units first, then graduated tiers, whose position runs on across versions. */
function priceMeter(id: string, rows: readonly UsageRow[], rates: Rates): Line[] {
  let free: bigint | undefined
  let position = 0n
  return rates.versions.flatMap(({ validFrom, meters }, version) => {
    const meter = meters.find((each) => each.id === id)
    if (!meter) return []
    free ??= meter.free
    const quantity = quantityOf(
      meter,
      rows.filter((row) => row.version === version),
    )
    const taken = quantity < free ? quantity : free
    free -= taken
    const lines = priceTiers(meter, validFrom, position, quantity - taken)
    position += quantity - taken
    return [...(taken > 0n ? [usageLine('free', meter, validFrom, taken, zero)] : []), ...lines]
  })
}

function quantityOf(meter: Meter, rows: readonly UsageRow[]): bigint {
  return rows
    .filter(({ routeKey, status }) => meter.routes.includes(routeKey) && matchesStatus(meter, status))
    .reduce((sum, { quantities }) => sum + quantities[meter.unit], 0n)
}

function priceTiers(meter: Meter, validFrom: string, start: bigint, quantity: bigint): Line[] {
  const end = start + quantity
  let from = start
  return meter.tiers.flatMap(({ upTo, price }) => {
    const stop = upTo === undefined || upTo > end ? end : upTo
    if (stop <= from) return []
    const line = usageLine('usage', meter, validFrom, stop - from, price)
    from = stop
    return [line]
  })
}

function usageLine(
  kind: 'free' | 'usage',
  { id, per }: Meter,
  validFrom: string,
  quantity: bigint,
  price: Decimal,
): Line {
  const share = inverse(per)
  if (!share) throw new Error(`meter ${id}: per ${per} has other prime factors than 2 and 5`)
  const amount = multiply(multiply(whole(quantity), price), share)
  return { kind, item: id, validFrom, quantity, per, price, amount }
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
  return lines.filter(({ amount }) => compare(amount, zero) !== 0)
}

/** Makes a line of one amount. */
export function flat(kind: Line['kind'], item: string, amount: Decimal): Line {
  return { kind, item, validFrom: '', quantity: 1n, per: 1n, price: amount, amount }
}
