import type { InstancePrice } from './instance-price.ts'
import type { LedgerEvent, LedgerGroup } from './ledger.ts'

/** A time in epoch milliseconds, half-open. */
export type Between = { start: number; end: number }

/** What the pauses of a time saved, and what cost on in them. */
export type Savings = {
  services: readonly { cluster: string; name: string; hoursPaused: number }[]
  groups: readonly GroupSavings[]
  /** USD, over all groups whose price is known. */
  savedUsd: number
  costUsd: number
  /** Instance types without a price: their hours are in no sum. */
  unpriced: readonly string[]
}

/** Instance hours of a group that a pause freed, and those that ran on while it was paused. */
export type GroupSavings = {
  cluster: string
  name: string
  instanceType: string
  freedHours: number
  leftHours: number
  price: InstancePrice | undefined
}

const hourMs = 3_600_000

/**
 * Sums up what the events of a time say, which may begin in the time before: they say how things stood at its start.
 * After the last event all stands as it says.
 */
export function sumSavings(
  events: readonly LedgerEvent[],
  between: Between,
  priceOf: (instanceType: string) => InstancePrice | undefined,
): Savings {
  const hours = ({ from, until }: Stay<unknown>) => (until - from) / hourMs
  const services = staysOf(events, between, ({ services: each }) => each).map(([place, stays]) => ({
    ...place,
    hoursPaused: stays.filter(({ value }) => value.isPaused).reduce((sum, stay) => sum + hours(stay), 0),
  }))
  const groups = staysOf(events, between, ({ groups: each }) => each).flatMap(([place, stays]) => {
    // Whoever told of a pause that another run had made may not have seen an instance.
    const known = stays.find(({ value }) => value.instanceType !== '')?.value.instanceType ?? ''
    const typeOf = ({ value }: Stay<LedgerGroup>) => value.instanceType || known
    return [...new Set(stays.map(typeOf))].map((instanceType): GroupSavings => {
      const ofType = stays.filter((stay) => typeOf(stay) === instanceType)
      return {
        ...place,
        instanceType,
        freedHours: ofType.reduce((sum, stay) => sum + hours(stay) * stay.value.freed, 0),
        leftHours: ofType.reduce((sum, stay) => sum + hours(stay) * stay.value.left, 0),
        price: priceOf(instanceType),
      }
    })
  })
  const unpriced = groups.filter(({ price, freedHours, leftHours }) => !price && freedHours + leftHours > 0)
  return {
    services,
    groups,
    savedUsd: groups.reduce((sum, { freedHours, price }) => sum + freedHours * (price?.usd ?? 0), 0),
    costUsd: groups.reduce((sum, { leftHours, price }) => sum + leftHours * (price?.usd ?? 0), 0),
    unpriced: [...new Set(unpriced.map(({ instanceType }) => instanceType))],
  }
}

/** How something stood in a part of a time. */
export type Stay<T> = { from: number; until: number; value: T }

type Place = { cluster: string; name: string }

/** Lists how each thing that events name stood within a time, one after the other. */
export function staysOf<T extends { name: string }>(
  events: readonly LedgerEvent[],
  { start, end }: Between,
  pick: (event: LedgerEvent) => readonly T[],
): (readonly [Place, Stay<T>[]])[] {
  const places = new Map<string, readonly [Place, Stay<T>[]]>()
  for (const event of [...events].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const at = Math.min(Math.max(Date.parse(event.at), start), end)
    for (const value of pick(event)) {
      const key = JSON.stringify([event.cluster, value.name])
      const known = places.get(key) ?? [{ cluster: event.cluster, name: value.name }, []]
      places.set(key, known)
      const before = known[1].at(-1)
      if (before) before.until = at
      known[1].push({ from: at, until: end, value })
    }
  }
  return [...places.values()].map(([place, stays]) => [
    place,
    stays.filter(({ from, until }) => from < until),
  ])
}
