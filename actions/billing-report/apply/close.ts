import type { Totals } from '../bill/adjustments.ts'
import type { Bill } from '../bill/bill.ts'
import { type ClosedBill, formatClosed } from '../bill/closed.ts'
import { closedFile } from '../observe/closed-months.ts'
import { hash } from '../plan/manifest.ts'
import type { Session } from './session.ts'

/** What is kept with a closed month besides its own record. */
export type Kept = { rendered: ReadonlyMap<string, string>; totals: Totals; rates: string; manifest: string }

/**
 * Keeps a bill for good: its files first, then, in one write that only succeeds where the month is open, the record
 * that makes it closed. Returns whether the month is closed with this bill.
 */
export async function closeMonth(
  bill: Bill,
  { rendered, totals, rates, manifest }: Kept,
  { aws, inputs, context }: Session,
): Promise<boolean> {
  const month = bill.period.name
  const files = new Map([
    ...[...rendered].filter(([name]) => isKept(name, month)),
    ...([
      ['rates.yml', rates],
      ['manifest.json', manifest],
    ] as const),
  ])
  for (const [name, text] of files) await aws.closedBills.write(month, name, text)
  const { timeZone, partitionZone, lateDays } = inputs
  const digests = Object.fromEntries([...files].map(([name, text]) => [name, hash(text)]))
  const zoneData = process.versions.tz ?? ''
  const text = formatClosed(bill, totals, { timeZone, partitionZone, lateDays, zoneData, files: digests })
  if (await aws.closedBills.writeOnce(month, closedFile, text)) {
    context.log.info(`closed ${month} in ${aws.closedBills.place(month)}`)
    return true
  }
  // The answer to the write may have been lost, and the SDK have written again.
  return (await aws.closedBills.read(month, closedFile)) === text
}

// The bill itself: statements of single users follow from it, and may be thousands.
const isKept = (name: string, month: string) => name.startsWith(`bill-${month}`)

/** Reads the files of a closed bill that were published; throws where one is not as it was closed. */
export async function readClosedFiles(
  closed: ClosedBill,
  { closedBills }: Pick<Session['aws'], 'closedBills'>,
): Promise<Map<string, string>> {
  const names = Object.keys(closed.files).filter((name) => isKept(name, closed.month))
  const texts = await Promise.all(
    names.map(async (name) => {
      const text = await closedBills.read(closed.month, name)
      if (text !== undefined && hash(text) === closed.files[name]) return [name, text] as const
      const place = `${closedBills.place(closed.month)}${name}`
      throw new Error(`${place}: is not the file that was closed; restore the earlier version of the object`)
    }),
  )
  return new Map(texts)
}
