import { UserError } from '../../../lib/errors.ts'
import type { Period } from '../../../lib/service/calendar.ts'
import type { Decimal, Rounding } from './decimal.ts'

/** What a meter can count: requests, or the sum of a column of the access log. */
export const units = [
  'request',
  'responselength',
  'dataprocessed',
  'responselatency',
  'integrationlatency',
] as const

/** A unit of `units`. */
export type Unit = (typeof units)[number]

/** A step of a graduated scale; the last one has no end. */
export type Tier = {
  upTo: bigint | undefined
  /** As the file has it: for `per` units. */
  price: Decimal
  /** Price of one unit: `price` / `per`, exactly. */
  each: Decimal
}

/** What is counted, and what it costs. */
export type Meter = {
  id: string
  /** Route keys such as `POST /inference`. */
  routes: readonly string[]
  /** Such as `200` or `2xx`. */
  statuses: readonly string[]
  unit: Unit
  /** Units that a price is for. */
  per: bigint
  /** Units of a month that cost nothing. */
  free: bigint
  tiers: readonly Tier[]
  /** Line in the file. */
  line: number
}

/** Meters that hold from a day on, in the bill's zone. */
export type Version = {
  validFrom: string
  meters: readonly Meter[]
  /** File, line, column and field of `validFrom`. */
  place: string
}

/** What a group of users pays besides its usage. */
export type Plan = {
  name: string
  /** Undefined for the plan of all others. */
  users: readonly string[] | undefined
  discountPercent: Decimal
  fixed: Decimal
  minimum: Decimal
}

/** The rates file. */
export type Rates = {
  currency: string
  decimals: number
  rounding: Rounding
  tax: { name: string; percent: Decimal }
  /** Oldest first. */
  versions: readonly Version[]
  plans: readonly Plan[]
}

/** Returns whether a meter counts rows of this status. */
export function matchesStatus(meter: Meter, status: string): boolean {
  return meter.statuses.some((pattern) =>
    pattern.endsWith('xx') ? status.length === 3 && status[0] === pattern[0] : status === pattern,
  )
}

/** Makes a finder of a user's plan: the default plan where none names it. */
export function makePlanFinder({ plans }: Rates): (user: string) => Plan | undefined {
  const byUser = new Map(plans.flatMap((plan) => (plan.users ?? []).map((user) => [user, plan] as const)))
  const byDefault = plans.find(({ users }) => users === undefined)
  return (user) => byUser.get(user) ?? byDefault
}

/** Refuses rates that begin within a period or after it: rows before would be billed as nothing. Throws UserError. */
export function verifyCovers({ versions: [first] }: Rates, { name, firstDay }: Period): void {
  if (!first || first.validFrom <= firstDay) return
  throw new UserError(
    `${first.place}: expected a first day up to ${firstDay}, on which ${name} begins, got ${first.validFrom}`,
  )
}
