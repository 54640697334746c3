import { blocks, type foldTable, type Markdown, md, renderTable } from '../../../lib/markdown.ts'
import type { Bill } from '../bill/bill.ts'
import { markName } from './name-marks.ts'
import { formatMoney, groupDigits, listSums, nameOthers, sumColumns } from './user-rows.ts'

/** Explains why net and tax have more digits than the currency. */
export const explainDigits = ({ taxName }: Bill) =>
  `Net and ${taxName} are exact; the total of each user is rounded, and the rounding is a line of its own.`

/** Names what each class of rows is, with its count, in the order of the equation. */
export function reconciliationRows({ classes, rows }: Bill): [string, string][] {
  const counts: [string, bigint][] = [
    ['billed', classes.billed],
    ['excluded: status is not billable', classes.status],
    ['excluded: no rate for the route', classes.noRate],
    ['unattributed: billable, without a user', classes.unattributed],
    ['duplicate: delivered twice', classes.duplicate],
    ['malformed', classes.malformed],
    ['rows in the log', rows],
  ]
  return counts.map(([name, count]) => [name, groupDigits(String(count))])
}

/** Writes a bill as Markdown; `tabulate` renders its tables, and folds them where it is a summary. */
export function renderMarkdown(bill: Bill, tabulate = asTable): Markdown {
  const others = nameOthers(bill)
  const right = sumColumns(bill)
  const users = bill.largest.map((user) => [nameWithMarks(user.user), user.plan, ...listSums(user, bill)])
  const rest = others === undefined ? [] : [[md`_${others}_`, '', ...listSums(bill.others, bill)]]
  const all = [md`**all**`, '', ...listSums(bill, bill)]
  return blocks(
    md`## ${bill.state === 'draft' ? 'Draft of the bill' : 'Bill'} of ${bill.period.name} (${bill.period.timeZone})`,
    md`Total: **${formatMoney(bill.total, bill)} ${bill.currency}**, ${groupDigits(String(bill.users))} users, ${groupDigits(String(bill.classes.billed))} requests.`,
    tabulate('lines', ['user', 'plan', ...right], [...users, ...rest, all], { right }),
    md`${explainDigits(bill)}`,
    ...renderFindings(bill, tabulate),
    md`### Every row of the log`,
    renderTable(['class', 'rows'], reconciliationRows(bill), { right: ['rows'] }),
  )
}

const asTable: typeof foldTable = (_rowsAre, ...table) => renderTable(...table)

function renderFindings({ findings }: Bill, tabulate: typeof foldTable): Markdown[] {
  if (findings.length === 0) return []
  const rows = findings.map(({ id, value, accepted, blocks, text }) => [
    ...[id, value, accepted ? 'accepted' : blocks ? 'not accepted' : 'warning', text],
  ])
  return [md`### Completeness`, tabulate('findings', ['finding', 'value', 'state', 'meaning'], rows)]
}

function nameWithMarks(name: string): Markdown {
  const marks = markName(name)
  return marks.length === 0 ? md`${name}` : md`${name} _(${marks.join(', ')})_`
}
