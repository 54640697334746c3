import { parseLocation, type StoredObject } from '../../../lib/aws/s3-objects.ts'
import type { Connections } from '../context.ts'

/** Lists the objects of the access log by their day of arrival, for the days of a half-open span. */
export async function listArrivals(
  location: string,
  { first, next }: { first: string; next: string },
  { objects }: Pick<Connections, 'objects'>,
): Promise<Map<string, StoredObject[]>> {
  const { bucket, key } = parseLocation(location)
  const prefix = key.replace(/\/?$/, '/')
  const range = { prefix, after: `${prefix}${folderOf(first)}`, before: `${prefix}${folderOf(next)}` }
  const arrivals = new Map<string, StoredObject[]>()
  for await (const object of objects.list(bucket, range)) {
    const day = dayOf(object.key)
    // Files without a byte hold no row, as those that consoles make for folders.
    if (day === undefined || object.size === 0) continue
    const files = arrivals.get(day) ?? []
    files.push(object)
    arrivals.set(day, files)
  }
  return arrivals
}

const folderOf = (day: string) => {
  const [year, month, date] = day.split('-')
  return `year=${year}/month=${month}/day=${date}/`
}

/** Reads the day of arrival out of a key of the log. */
export function dayOf(key: string): string | undefined {
  const [, year, month, day] = /\/year=(\d{4})\/month=(\d{2})\/day=(\d{2})\//.exec(key) ?? []
  return year && `${year}-${month}-${day}`
}
