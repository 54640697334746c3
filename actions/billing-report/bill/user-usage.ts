import type { UsageRow } from './usage.ts'

/** What of a user's usage is billed. */
type UserUsage = { user: string; rows: readonly UsageRow[] }

/** Compares names by their bytes, as the queries sort them. */
export function compareNames(a: string, b: string): number {
  // Most names are plain, and a million of them are compared.
  if (isPlain.test(a) && isPlain.test(b)) return a < b ? -1 : a > b ? 1 : 0
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

const isPlain = /^[\x20-\x7e]*$/

/**
 * Groups sorted usage by user, and adds those who are named; `visit` sees one user at a time. Of a user's rows only those
 * are kept that `isBilled` takes; it sees each row once. Throws where the usage is not sorted: a user who came twice
 * would have free units twice.
 */
export function makeGroups(
  named: ReadonlySet<string>,
  isBilled: (row: UsageRow) => boolean,
  visit: (usage: UserUsage) => void,
) {
  const absent = [...named].sort(compareNames)
  let next = 0
  let group: { user: string; rows: UsageRow[] } | undefined
  const visitAbsent = (before: string | undefined) => {
    for (; next < absent.length; next++) {
      const user = absent[next] ?? ''
      const order = before === undefined ? -1 : compareNames(user, before)
      if (order > 0) return
      if (order < 0) visit({ user, rows: [] })
    }
  }
  const end = () => {
    if (!group) return
    visitAbsent(group.user)
    if (group.rows.length > 0 || named.has(group.user)) visit(group)
  }
  return {
    add(row: UsageRow): void {
      if (group?.user !== row.user) {
        if (group && compareNames(group.user, row.user) > 0)
          throw new Error(`usage: expected rows sorted by user, got "${row.user}" after "${group.user}"`)
        end()
        group = { user: row.user, rows: [] }
      }
      if (isBilled(row)) group.rows.push(row)
    },
    finish(): void {
      end()
      visitAbsent(undefined)
    },
  }
}
