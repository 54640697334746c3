/** Works on items side by side, at most `lanes` at a time, by `order`; the results stand in the items' order. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  { lanes, order, signal }: { lanes: number; order: (item: T) => number; signal: AbortSignal },
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = [...items.entries()].sort(([, a], [, b]) => order(a) - order(b)).values()
  let failed = false
  const lane = async () => {
    for (const [at, item] of waiting) {
      // What is under way elsewhere ends by itself; nothing new starts behind a failure.
      if (failed) return
      signal.throwIfAborted()
      try {
        results[at] = await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(lanes, items.length)) }, lane))
  return results
}
