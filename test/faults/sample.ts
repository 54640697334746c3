import { createHash } from 'node:crypto'

/**
 * Draws `count` of the items, as many of each group as of the others. A seed and an item's own name decide
 * its place: one more item in the list changes no other's.
 */
export function drawSample<Item>(
  items: readonly Item[],
  { count, seed }: { count: number; seed: number },
  groupOf: (item: Item) => string,
  nameOf: (item: Item) => string,
): Item[] {
  const rank = (name: string) => createHash('sha256').update(`${seed} ${name}`).digest('hex')
  const groups = [
    ...Map.groupBy(
      sortBy(items, (item) => rank(nameOf(item))),
      groupOf,
    ),
  ]
  const rounds = groups.flatMap(([group, some]) =>
    some.map((item, round) => ({ item, place: `${String(round).padStart(6, '0')} ${rank(group)}` })),
  )
  return sortBy(rounds, ({ place }) => place)
    .slice(0, count)
    .map(({ item }) => item)
}

/** Orders items so that those of each group are spread evenly. */
export function spread<Item>(items: readonly Item[], groupOf: (item: Item) => string): Item[] {
  const groups = [...Map.groupBy(items, groupOf).values()]
  const placed = groups.flatMap((some) => some.map((item, at) => ({ item, place: (at + 0.5) / some.length })))
  return placed.toSorted((a, b) => a.place - b.place).map(({ item }) => item)
}

const sortBy = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] =>
  items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ item }) => item)
