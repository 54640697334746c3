import { text } from 'node:stream/consumers'
import { awsErrorName } from '../../../lib/aws/errors.ts'
import type { Partition } from '../../../lib/aws/glue-partitions.ts'
import type { Connections } from '../context.ts'
import { dayOf } from '../observe/arrivals.ts'
import { type InputFile, isManifestOf, keysOf, manifestAt } from '../plan/manifest.ts'
import type { Window } from '../plan/window.ts'

/** Keys that a roll-up has read and that are gone from the log; unknown where its manifest is missing or was changed. */
export type GoneKeys = readonly string[] | 'unknown'

/** Reads the manifest of a roll-up; undefined where it is missing, or not the one that the roll-up was made with. */
export async function readManifest(
  { location, parameters }: Partition,
  { objects }: Pick<Connections, 'objects'>,
): Promise<string | undefined> {
  try {
    const manifest = await text(objects.read(manifestAt(location)))
    return isManifestOf(manifest, parameters.files) ? manifest : undefined
  } catch (error) {
    if (/^(NoSuchKey|NotFound)$/.test(awsErrorName(error))) return undefined
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
