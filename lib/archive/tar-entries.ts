import { posix } from 'node:path'
import { UserError } from '../errors.ts'
import type { Archive, ArchiveEntry } from './archive.ts'
import { normalizeName } from './entry-name.ts'
import { missingEntry } from './json-entry.ts'
import type { TarEntry } from './tar-index.ts'

/** The files of a tar, and why a link leads to none. */
export type TarFiles = {
  entries: ReadonlyMap<string, ArchiveEntry>
  find: Archive['find']
}

/** Replaces each link by the file that it names: old versions of `docker save` write equal layers as links. */
export function resolveLinks(archive: string, listed: readonly TarEntry[]): TarFiles {
  // As when a tar is unpacked, a later entry replaces an earlier one.
  const byName = new Map(listed.map((entry) => [entry.name, entry]))
  const entries = new Map<string, ArchiveEntry>()
  const broken = new Map<string, string>()
  for (const { name } of byName.values()) {
    const resolved = follow(name, byName)
    if (typeof resolved === 'string') broken.set(name, resolved)
    else entries.set(name, { offset: resolved.offset, sizeBytes: resolved.sizeBytes })
  }
  const find = (name: string, namedBy?: string) => {
    const entry = entries.get(name)
    if (entry) return entry
    const why = broken.get(name)
    throw why === undefined
      ? missingEntry(archive, name, namedBy)
      : new UserError(`archive: ${archive}: ${why}`)
  }
  return { entries, find }
}

// As in Linux: more is a loop, or made to cost time.
const mostLinks = 40

// Returns the file, or a sentence that explains why there is none.
function follow(name: string, byName: ReadonlyMap<string, TarEntry>): TarEntry | string {
  const seen = new Set<string>()
  for (let at = name; ; ) {
    const entry = byName.get(at)
    if (!entry) return `"${name}" is a link to "${at}", found no such file`
    if (entry.type === '0') return entry
    if (seen.has(at)) return `"${name}" is a link that leads back to itself`
    if (seen.size === mostLinks) return `"${name}" is a link that leads through more than ${mostLinks} others`
    seen.add(at)
    // A symlink is relative to its own folder, a hard link to the archive's root.
    const target = posix.join(entry.type === '2' ? posix.dirname(at) : '', entry.linkName)
    const leaves = target === '..' || target.startsWith('../') || entry.linkName.startsWith('/')
    if (leaves && entry.type === '2')
      return `"${name}" is a link to "${entry.linkName}", which leaves the archive`
    at = normalizeName(target)
  }
}
