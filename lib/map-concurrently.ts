/** How many items are worked on at a time, in which order (by default that of the list), and what ends the work. */
export type Concurrency<T> = {
  concurrency: number
  order?: (item: T) => number
  signal?: AbortSignal
}

/** Works on items concurrently; the results are in the order of the items. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  { concurrency, order = () => 0, signal }: Concurrency<T>,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = [...items.entries()].sort(([, a], [, b]) => order(a) - order(b)).values()
  let failed = false
  const lane = async () => {
    for (const [at, item] of waiting) {
      // What is under way elsewhere ends by itself; nothing new starts after a failure.
      if (failed) return
      signal?.throwIfAborted()
      try {
        results[at] = await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, items.length)) }, lane))
  return results
}
