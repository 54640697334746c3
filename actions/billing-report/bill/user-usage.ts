import type { UsageRow } from './usage.ts'

/** What of a user's usage is billed. */
export type UserUsage = { user: string; rows: readonly UsageRow[] }

/** Compares names by their bytes, as the queries sort them. */
export const compareNames = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/**
 * Groups sorted usage by user, one user at a time, and adds those who are named. Of a user's rows only those
 * are kept that `isBilled` takes; it sees each row once. Throws where the usage is not sorted: a user who came twice
 * would have free units twice.
 */
export async function* groupByUser(
  usage: Iterable<UsageRow> | AsyncIterable<UsageRow>,
  named: ReadonlySet<string>,
  isBilled: (row: UsageRow) => boolean,
): AsyncGenerator<UserUsage> {
  const absent = [...named].sort(compareNames)
  let next = 0
  const takeAbsent = function* (before: string | undefined): Generator<UserUsage> {
    for (; next < absent.length; next++) {
      const user = absent[next] ?? ''
      const order = before === undefined ? -1 : compareNames(user, before)
      if (order > 0) return
      if (order < 0) yield { user, rows: [] }
    }
  }
  const finish = function* ({ user, rows }: UserUsage): Generator<UserUsage> {
    yield* takeAbsent(user)
    if (rows.length > 0 || named.has(user)) yield { user, rows }
  }
  let group: { user: string; rows: UsageRow[] } | undefined
  for await (const row of usage) {
    if (group?.user !== row.user) {
      if (group) {
        if (compareNames(group.user, row.user) > 0)
          throw new Error(`usage: expected rows sorted by user, got "${row.user}" after "${group.user}"`)
        yield* finish(group)
      }
      group = { user: row.user, rows: [] }
    }
    if (isBilled(row)) group.rows.push(row)
  }
  if (group) yield* finish(group)
  yield* takeAbsent(undefined)
}
