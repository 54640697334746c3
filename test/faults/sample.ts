/** Gives numbers from 0 up to 1 that a seed decides (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Draws `count` of the items, as many of each group as of the others, in an order that the seed decides. */
export function drawSample<Item>(
  items: readonly Item[],
  count: number,
  groupOf: (item: Item) => string,
  random: () => number,
): Item[] {
  const groups = [...Map.groupBy(shuffle(items, random), groupOf).values()]
  const drawn: Item[] = []
  for (let round = 0; drawn.length < Math.min(count, items.length); round++) {
    for (const group of shuffle(groups, random)) {
      const item = group[round]
      if (item !== undefined && drawn.length < count) drawn.push(item)
    }
  }
  return drawn
}

function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
