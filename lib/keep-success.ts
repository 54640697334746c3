/** Makes work run once, however often it is asked for; an attempt that failed is not kept: the next caller tries again. */
export function keepSuccess<T>(work: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined
  return async () => {
    kept ??= work().catch((error: unknown) => {
      kept = undefined
      throw error
    })
    return await kept
  }
}
