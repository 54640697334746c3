import type { Decimal } from '../rates/decimal.ts'

/** Requests of one day and status; malformed rows and copies are not among them. */
export type DaySum = { day: string; status: string; requests: bigint }

/** How long most requests of a route took: the upper ends of the buckets, such as `≤ 200 ms`. */
export type Latency = { routeKey: string; p50: string; p95: string; p99: string }

/** The bill of the month before. */
type MonthBefore = { month: string; users: number; requests: bigint; total: Decimal }

/** What pausing the service saved; `saved` is an amount with its currency. */
type Paused = { hours: string; saved: string | undefined }

/** What the owner's page shows beside the bill, as far as it is known. */
export type PageData = {
  days?: readonly DaySum[] | undefined
  latency?: readonly Latency[] | undefined
  before?: MonthBefore | undefined
  paused?: Paused | undefined
}
