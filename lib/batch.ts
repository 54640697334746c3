/** Works on items in batches, one after the other, for calls that take a limited number; joins the results. */
export async function inBatches<T, R>(
  items: readonly T[],
  size: number,
  work: (batch: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: R[][] = []
  for (let at = 0; at < items.length; at += size) results.push([...(await work(items.slice(at, at + size)))])
  return results.flat()
}
