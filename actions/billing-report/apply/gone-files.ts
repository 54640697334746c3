import { text } from 'node:stream/consumers'
import { awsErrorName } from '../../../lib/aws/errors.ts'
import type { Connections } from '../context.ts'
import { dayOf } from '../observe/arrivals.ts'
import { type InputFile, keysOf, manifestAt } from '../plan/manifest.ts'
import type { Window } from '../plan/window.ts'

/** Reads the manifest of a roll-up; empty where it is missing. */
export async function readManifest(
  location: string,
  { objects }: Pick<Connections, 'objects'>,
): Promise<string> {
  try {
    return await text(objects.read(manifestAt(location)))
  } catch (error) {
    if (/^(NoSuchKey|NotFound)$/.test(awsErrorName(error))) return ''
    throw error
  }
}

/** Lists the keys that a manifest has of a window's days, and that are gone from the log: whatever reads the log now lacks their rows. */
export function listGone(manifest: string, files: readonly InputFile[], { first, next }: Window): string[] {
  const there = new Set(files.map(({ key }) => key))
  return keysOf(manifest).filter((key) => {
    const day = dayOf(key) ?? ''
    return first <= day && day < next && !there.has(key)
  })
}

const shownDays = 3

/** Counts keys by their day of arrival, such as `3 files: 2 of 2026-08-10, 1 of 2026-08-11`. */
export function countByDay(keys: Iterable<string>): string {
  const all = [...new Set(keys)]
  const days = [...Map.groupBy(all, (key) => dayOf(key) ?? '')].sort(([a], [b]) => (a < b ? -1 : 1))
  const shown = days.slice(0, shownDays).map(([day, some]) => `${some.length} of ${day}`)
  const more = days.length > shownDays ? [`and those of ${days.length - shownDays} more days`] : []
  return `${all.length} ${all.length === 1 ? 'file' : 'files'}: ${[...shown, ...more].join(', ')}`
}
