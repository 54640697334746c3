import type { UserBill } from '../../bill/price.ts'
import type { OutputFolder } from '../../context.ts'
import { byteOrderMark } from '../bill-csv.ts'
import { renderStatementCsv } from './statement-csv.ts'
import { renderStatement } from './statement-html.ts'
import { nameStatement } from './statement-name.ts'
import type { StatementContext } from './statement-rows.ts'

/** Users up to whom each gets a statement: more files than that, no reader opens, and artifacts take long. */
export const mostStatements = 5000

/**
 * Collects users while there are few enough for statements. They wait as bytes in one place: as thousands of objects,
 * they would make the heap grow to a size that it keeps, and for nothing where there are too many.
 */
export function collectUsers() {
  const ends: number[] = []
  let store = new ArrayBuffer(0)
  const areTooMany = () => ends.length > mostStatements
  return {
    add(user: UserBill): void {
      if (areTooMany()) return
      const bytes = Buffer.from(JSON.stringify(user, writeBigInt))
      const start = ends.at(-1) ?? 0
      const end = start + bytes.length
      ends.push(end)
      // A transfer gives memory back at once, before any collection of garbage.
      if (end > store.byteLength) store = store.transfer(Math.max(2 * start, end))
      bytes.copy(new Uint8Array(store), start)
      if (areTooMany()) store = store.transfer(0)
    },
    /** Lists all users; none where there were too many. */
    *list(): Generator<UserBill> {
      if (areTooMany()) return
      const bytes = Buffer.from(store)
      for (const [at, end] of ends.entries())
        yield JSON.parse(bytes.toString('utf8', ends[at - 1], end), readBigInt)
    },
  }
}

const writeBigInt = (_: string, value: unknown) =>
  typeof value === 'bigint' ? { bigint: String(value) } : value

const readBigInt = (_: string, value: unknown) =>
  typeof value === 'object' && value !== null && 'bigint' in value ? BigInt(String(value.bigint)) : value

/** Writes a statement of each user, as HTML and as CSV; returns how many users they are. */
export function writeStatements(
  users: Iterable<UserBill>,
  folder: Pick<OutputFolder, 'write'>,
  context: StatementContext,
  { csvBom }: { csvBom: boolean },
): number {
  let count = 0
  const start = `${context.period.name}${context.isDraft ? '-draft' : ''}`
  for (const user of users) {
    const name = `statements/${nameStatement(start, user.user)}`
    folder.write(`${name}.html`, renderStatement(user, context))
    folder.write(`${name}.csv`, (csvBom ? byteOrderMark : '') + renderStatementCsv(user, context))
    count++
  }
  return count
}
