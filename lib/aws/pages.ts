/** One page of a list, and the token of the next. */
export type Page<T> = { items: readonly T[]; next: string | undefined }

// More than any list that an action reads has; a list without an end must not hold a run.
const mostPages = 10_000

/** Reads a list page by page. A token that comes again, or a list without an end, is an error. */
export async function* readPages<T>(
  read: (token: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<readonly T[]> {
  let token: string | undefined
  for (let count = 0; count < mostPages; count++) {
    const { items, next } = await read(token)
    yield items
    if (!next) return
    if (next === token) throw new Error(`page ${count + 1} of a list: expected another token, got the same`)
    token = next
  }
  throw new Error(`a list: expected at most ${mostPages} pages, got more`)
}

/** Reads a whole list. */
export async function listPages<T>(read: (token: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const pages: (readonly T[])[] = []
  for await (const items of readPages(read)) pages.push(items)
  return pages.flat()
}
