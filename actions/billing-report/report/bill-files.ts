import type { Period } from '../../../lib/service/calendar.ts'
import type { BillingRecord } from '../apply/record.ts'
import { type Bill, type BillFacts, type BillState, findImbalance, makeBill } from '../bill/bill.ts'
import type { PageData } from '../bill/page-data.ts'
import type { UserBill } from '../bill/price.ts'
import { statementsOf } from '../bill/statement-files.ts'
import type { Usage } from '../bill/usage.ts'
import type { OutputFolder } from '../context.ts'
import { makePlanFinder, type Rates } from '../rates/rates.ts'
import { byteOrderMark, csvHeader, renderCsvUser } from './bill-csv.ts'
import { renderJson } from './bill-json.ts'
import { renderMarkdown } from './bill-markdown.ts'
import { renderHtml } from './page/bill-html.ts'
import { collectUsers, mostStatements, writeStatements } from './statement/statements.ts'
import { type Locale, textsOf } from './statement/texts.ts'

/** What a bill is made of. */
export type BillSource = {
  period: Period
  usage: Usage
  /** Raw rows of the period, counted apart. */
  rows: bigint
  rates: Rates
  facts?: BillFacts | undefined
  /** For the owner's page. */
  page?: PageData | undefined
}

/** How the files are written. */
export type FileOptions = {
  csvBom: boolean
  /** Language of the statements. */
  locale: Locale
  /** What differs from run to run, and stands in no other file. */
  run: Readonly<Record<string, unknown>>
  /** Sees each user as the bill has it. */
  visit?: (user: UserBill) => void
  /** Asks, before anything is published, what speaks against a bill that adds up; it gets the files of a closed one. */
  findObstacle?: (bill: Bill, files: ReadonlyMap<string, string>) => Promise<Obstacle | undefined>
}

/** Why a bill that adds up is not published. */
type Obstacle = 'incomplete' | 'taken'

/** A bill that holds, and the paths of its files; or why it does not hold, and none are published. */
export type WrittenBill = {
  bill: Bill
  files: string[]
  why: string | undefined
  obstacle?: Obstacle | undefined
  /** Users who got a statement: all, or none where they are too many. */
  statements: number
}

const openFacts: BillFacts = { state: 'open', adjustments: [] }

/** Names the files of a bill, without their endings: a draft can be told by its name. */
const nameBill = (month: string, state: BillState): string =>
  `bill-${month}${state === 'draft' ? '-draft' : ''}`

/** Describes what made the files, for `run.json`: all that differs from run to run. */
export function describeFiles({ runId, record }: { runId: string; record: BillingRecord }, now: number) {
  const queries = [...record.queries].map(([what, result]) => ({
    what,
    ...(typeof result === 'object'
      ? { id: result.id, scannedBytes: result.scannedBytes }
      : { state: result }),
  }))
  return { run: runId, time: new Date(now).toISOString(), queries }
}

/** Lists the files that were written, for the log; of statements only the number. */
export function listWritten(files: readonly string[], statements: number): string[] {
  const isStatement = (file: string) => /[\\/]statements[\\/][^\\/]+$/.test(file)
  const told =
    statements > 0
      ? `wrote statements of ${statements} users`
      : `wrote no statements: expected 1 to ${mostStatements} users`
  return [...files.filter((file) => !isStatement(file)).map((file) => `wrote ${file}`), told]
}

/** Writes into a folder, and keeps the pieces of each file. */
function remember(
  folder: OutputFolder,
  files: Map<string, string[]>,
): Pick<OutputFolder, 'append' | 'write'> {
  const keep = (name: string, text: string) => {
    const pieces = files.get(name)
    if (pieces) pieces.push(text)
    else files.set(name, [text])
  }
  return {
    append: (name, text) => {
      keep(name, text)
      folder.append(name, text)
    },
    write: (name, text) => {
      keep(name, text)
      folder.write(name, text)
    },
  }
}

/** Makes a bill and writes its files as its users come: the CSV has all of them, the others the sums and the largest. */
export async function writeBill(
  { period, usage, rows, rates, facts = openFacts, page }: BillSource,
  output: OutputFolder,
  { csvBom, locale, run, visit, findObstacle }: FileOptions,
): Promise<WrittenBill> {
  const { state } = facts
  const name = nameBill(period.name, state)
  const rendered = new Map<string, string[]>()
  const folder = state === 'closed' ? remember(output, rendered) : output
  try {
    folder.append(`${name}.csv`, (csvBom ? byteOrderMark : '') + csvHeader)
    const collected = collectUsers()
    const bill = await makeBill(period, usage, rows, rates, facts, (user) => {
      folder.append(`${name}.csv`, renderCsvUser(user, { decimals: rates.decimals, state }))
      collected.add(user)
      visit?.(user)
    })
    const why = findImbalance(bill)
    if (why) return { bill, files: [], why, statements: 0 }
    folder.write(`${name}.json`, renderJson(bill))
    folder.write(`${name}.md`, `${renderMarkdown(bill).markdown}\n`)
    folder.write(`${name}.html`, renderHtml(bill, page))
    output.write('run.json', `${JSON.stringify(run, undefined, 2)}\n`)
    const context = {
      period,
      isDraft: state === 'draft',
      rates,
      findPlan: makePlanFinder(rates),
      texts: textsOf[locale],
    }
    const statements = writeStatements(collected.list(), folder, context, { csvBom })
    const obstacle = await findObstacle?.(
      bill,
      new Map([...rendered].map(([file, pieces]) => [file, pieces.join('')])),
    )
    if (obstacle) return { bill, files: [], why, obstacle, statements: 0 }
    return { bill, files: output.publish(statementsOf(period.name)), why, statements }
  } finally {
    output.discard()
  }
}
