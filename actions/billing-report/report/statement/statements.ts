import type { UserBill } from '../../bill/price.ts'
import type { OutputFolder } from '../../context.ts'
import { byteOrderMark } from '../bill-csv.ts'
import { renderStatementCsv } from './statement-csv.ts'
import { renderStatement } from './statement-html.ts'
import { nameStatement } from './statement-name.ts'
import type { StatementContext } from './statement-rows.ts'

/** Users up to whom each gets a statement: more files than that, no reader opens, and artifacts take long. */
export const mostStatements = 5000

/** Collects users while there are few enough for statements. */
export function collectUsers() {
  let users: UserBill[] | undefined = []
  return {
    add(user: UserBill): void {
      if (users && users.push(user) > mostStatements) users = undefined
    },
    /** All users; undefined where there were too many. */
    list: (): readonly UserBill[] | undefined => users,
  }
}

/** Writes a statement of each user, as HTML and as CSV. */
export function writeStatements(
  users: readonly UserBill[],
  folder: Pick<OutputFolder, 'write'>,
  context: StatementContext,
  { csvBom }: { csvBom: boolean },
): void {
  const start = `${context.period.name}${context.isDraft ? '-draft' : ''}`
  for (const user of users) {
    const name = `statements/${nameStatement(start, user.user)}`
    folder.write(`${name}.html`, renderStatement(user, context))
    folder.write(`${name}.csv`, (csvBom ? byteOrderMark : '') + renderStatementCsv(user, context))
  }
}
