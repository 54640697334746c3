import { createHash } from 'node:crypto'
import type { AdoptedFile } from './files.ts'

/** What an earlier run wrote: path to the SHA-256 of the content, as hex. */
export type Written = Readonly<Record<string, string>>

/** What becomes of a file. */
export type FileStep = {
  path: string
  content: string
  kind: 'write' | 'update' | 'current' | 'kept'
}

/** Hashes a content as the record of written files keeps it. */
const hashText = (text: string) => createHash('sha256').update(text).digest('hex')

/**
 * Plans what becomes of each file. Only what an earlier run wrote, and nobody changed since, is written over; a file
 * that was deleted since stays away.
 */
export function planFiles(
  files: readonly AdoptedFile[],
  read: (path: string) => string | undefined,
  written: Written,
): FileStep[] {
  return files.map(({ path, content, isOwn }) => {
    const found = read(path)
    const before = written[path]
    const kindOf = (): FileStep['kind'] => {
      if (found === content) return 'current'
      if (found === undefined) return before === undefined ? 'write' : 'kept'
      return !isOwn && before === hashText(found) ? 'update' : 'kept'
    }
    return { path, content, kind: kindOf() }
  })
}

/** Returns the record for the next run: what is as we write it, and what we wrote before and the user keeps. */
export function recordOf(steps: readonly FileStep[], written: Written): Written {
  const own = steps.flatMap(({ path, content, kind }): [string, string][] => {
    if (kind !== 'kept') return [[path, hashText(content)]]
    const before = written[path]
    return before === undefined ? [] : [[path, before]]
  })
  return Object.fromEntries(own)
}
