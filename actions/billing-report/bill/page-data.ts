import type { Savings } from '../../../lib/service/savings.ts'
import type { Decimal } from '../rates/decimal.ts'

/** Requests of one day and status; malformed rows and copies are not among them. */
export type DaySum = { day: string; status: string; requests: bigint }

/** The days of a bill that have begun, which of them a pause covers, and their requests in the roll-ups. */
type Days = {
  all: readonly string[]
  paused: ReadonlySet<string>
  sums: readonly DaySum[]
}

/** How long most requests of a route took: the upper ends of the buckets, such as `≤ 200 ms`. */
export type Latency = { routeKey: string; p50: string; p95: string; p99: string }

/** The bill of the month before, as it was closed. */
export type MonthBefore = {
  month: string
  currency: string
  users: number
  requests: bigint
  total: Decimal
}

/** What the owner's page shows beside the bill, as far as it is known. */
export type PageData = {
  days?: Days | undefined
  latency?: readonly Latency[] | undefined
  before?: MonthBefore | undefined
  savings?: Savings | undefined
}
