import type { Totals } from '../bill/adjustments.ts'
import type { Bill } from '../bill/bill.ts'
import { type ClosedBill, formatClosed } from '../bill/closed.ts'
import { closedFile } from '../observe/closed-months.ts'
import { hash } from '../plan/manifest.ts'
import type { Session } from './session.ts'
import type { LockedSession } from './under-lock.ts'

/** What is kept with a closed month besides its own record. */
export type Kept = {
  rendered: ReadonlyMap<string, string>
  totals: Totals
  rates: string
  manifest: string
  /** Closed months that were looked at for corrections. */
  corrected: readonly string[]
}

/** Names the files of a closed month that its corrections need. */
export const keptFiles = { rates: 'rates.yml', manifest: 'manifest.json' } as const

// One object in place of thousands.
const statementsFile = 'statements.json'

/**
 * Keeps a bill for good: its files first, then, in one write that only succeeds where the month is open, the record
 * that makes it closed. Returns whether the month is closed with this bill.
 */
export async function closeMonth(
  bill: Bill,
  kept: Kept,
  { aws, inputs, context, hold }: LockedSession,
): Promise<boolean> {
  const month = bill.period.name
  const files = listFiles(kept)
  const { timeZone, partitionZone, lateDays, adjustMonths } = inputs
  const digests = Object.fromEntries([...files].map(([name, text]) => [name, hash(text)]))
  const zoneData = process.versions.tz ?? ''
  const text = formatClosed(bill, kept.totals, {
    timeZone,
    partitionZone,
    lateDays,
    adjustMonths,
    corrected: kept.corrected,
    zoneData,
    files: digests,
  })
  const read = async () => await aws.closedBills.read(month, closedFile)
  // Whoever closed it had the lock: its files must stay.
  const earlier = await read()
  if (earlier !== undefined) return earlier === text
  for (const [name, content] of files) {
    await hold()
    await aws.closedBills.write(month, name, content)
  }
  await hold()
  if (await aws.closedBills.writeOnce(month, closedFile, text)) {
    context.log.info(`closed ${month} in ${aws.closedBills.place(month)}`)
    return true
  }
  // The answer to the write may have been lost, and the SDK have written again.
  return (await read()) === text
}

function listFiles({ rendered, rates, manifest }: Kept): Map<string, string> {
  const statements = [...rendered].filter(([name]) => !isBill(name))
  return new Map([
    ...[...rendered].filter(([name]) => isBill(name)),
    [statementsFile, JSON.stringify(Object.fromEntries(statements))],
    [keptFiles.rates, rates],
    [keptFiles.manifest, manifest],
  ])
}

const isBill = (name: string) => /^bill-/.test(name)

/** Reads a file that is kept with a closed month; throws where it is not as it was closed. */
export async function readKept(
  { month, files }: Pick<ClosedBill, 'month' | 'files'>,
  name: string,
  { closedBills }: Pick<Session['aws'], 'closedBills'>,
): Promise<string> {
  const text = await closedBills.read(month, name)
  if (text !== undefined && hash(text) === files[name]) return text
  const place = `${closedBills.place(month)}${name}`
  throw new Error(`${place}: is not the file that was closed; restore the earlier version of the object`)
}

/** Reads the files of a closed bill that were published; throws where one is not as it was closed. */
export async function readClosedFiles(
  closed: ClosedBill,
  { closedBills }: Pick<Session['aws'], 'closedBills'>,
): Promise<Map<string, string>> {
  const read = async (name: string) => await readKept(closed, name, { closedBills })
  const names = Object.keys(closed.files).filter(isBill)
  const bill = await Promise.all(names.map(async (name) => [name, await read(name)] as const))
  const statements: object = JSON.parse(await read(statementsFile))
  return new Map([
    ...bill,
    ...Object.entries(statements).map(([name, text]) => [name, String(text)] as const),
  ])
}
