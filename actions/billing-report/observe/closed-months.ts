import { addMonths } from '../../../lib/service/calendar.ts'
import { type ClosedBill, parseClosed } from '../bill/closed.ts'
import type { Connections } from '../context.ts'
import { mostAdjustMonths } from '../input-table.ts'

/** The file that makes a month a closed one. */
export const closedFile = 'bill.json'

/** Reads the closed bill of a month; undefined where it is not closed. */
export async function readClosed(
  month: string,
  { closedBills }: Pick<Connections, 'closedBills'>,
): Promise<ClosedBill | undefined> {
  const text = await closedBills.read(month, closedFile)
  return text === undefined ? undefined : parseClosed(text, `${closedBills.place(month)}${closedFile}`)
}

/** Reads the closed bills of the months before another, the oldest first; those that are not closed are missing. */
export const readClosedBefore = async (
  month: string,
  months: number,
  aws: Pick<Connections, 'closedBills'>,
): Promise<ClosedBill[]> => await readSome(month, -months, months, aws)

/** Reads those of the months after another that may have corrected a month before it, too. */
export const readClosedAfter = async (
  month: string,
  aws: Pick<Connections, 'closedBills'>,
): Promise<ClosedBill[]> => await readSome(month, 1, mostAdjustMonths - 1, aws)

async function readSome(
  month: string,
  from: number,
  count: number,
  aws: Pick<Connections, 'closedBills'>,
): Promise<ClosedBill[]> {
  const names = Array.from({ length: count }, (_, at) => addMonths(month, from + at))
  const closed = await Promise.all(names.map(async (name) => await readClosed(name, aws)))
  return closed.filter((each) => each !== undefined)
}
