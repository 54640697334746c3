import type { Match } from '../rates/meter-finder.ts'
import type { Unit } from '../rates/rates.ts'

/** The columns of the access log that are added up. */
export const summed = ['responselength', 'dataprocessed', 'responselatency', 'integrationlatency'] as const

/** How the roll-up classes rows before rates are known; the others follow from the rates. */
export type RowClass = 'malformed' | 'unattributed' | 'attributed'

/** One line of a month's roll-up. */
export type UsageRow = {
  user: string
  /** Place of the rates' version in the file; −1 before the first one. */
  version: number
  routeKey: string
  status: string
  rowClass: RowClass
  /** Copies of rows that stand in this line already. */
  duplicates: bigint
  /** Sums by unit; `request` counts the rows. */
  quantities: Readonly<Record<Unit, bigint>>
  /** Rows whose value of a unit is no whole number, and counts as 0 in the sum; none where it is missing. */
  unreadable?: Readonly<Partial<Record<Unit, bigint>>>
}

/** Usage that is sorted by user, in pieces: to wait for each of a million rows takes longer than to price it. */
export type Usage = AsyncIterable<Iterable<UsageRow>> | Iterable<Iterable<UsageRow>>

/** Rows of a period by class: each raw row is in exactly one. */
export type Classes = {
  malformed: bigint
  duplicate: bigint
  /** Excluded: no meter counts the route. */
  noRate: bigint
  /** Excluded: a meter counts the route, and not this status. */
  status: bigint
  /** Would be billed, and has no user. */
  unattributed: bigint
  billed: bigint
}

/** The class of a row that is no copy. */
export type UniqueClass = Exclude<keyof Classes, 'duplicate'>

/**
 * Returns the class of a row. A ping and a refused request have no user, and owe nothing: they are excluded, not
 * unattributed.
 */
export function classOf({ rowClass }: UsageRow, { kind }: Match): UniqueClass {
  if (rowClass === 'malformed') return 'malformed'
  return kind === 'billed' && rowClass === 'unattributed' ? 'unattributed' : kind
}

/** Starts to count rows by class. */
export const startClasses = (): Classes => ({
  malformed: 0n,
  duplicate: 0n,
  noRate: 0n,
  status: 0n,
  unattributed: 0n,
  billed: 0n,
})

/** Adds up all classes. */
export function sumOf(classes: Classes): bigint {
  return Object.values(classes).reduce((sum, count) => sum + count, 0n)
}
