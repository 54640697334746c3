import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { messageOf, UserError } from './errors.ts'

/** Reads a text file in UTF-8; one that cannot be read is the user's mistake. */
export function readTextFile(path: string, advice = 'was the repository checked out?'): string {
  try {
    // Opening a pipe waits for a writer, and nothing can end the wait.
    const stats = statSync(path)
    if (stats.isFile() || stats.isDirectory()) return decode(readFileSync(path), path)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${path}: ${describeUnreadable(error)}; ${advice}`)
  }
  throw new UserError(`${path}: expected a file, got a pipe, a socket or a device`)
}

// As other characters in their place, bytes of another encoding would go on unseen.
function decode(bytes: Buffer, path: string): string {
  if (isUtf8(bytes)) return bytes.toString()
  const isUtf16 = /^(fffe|feff)/.test(bytes.toString('hex', 0, 2))
  const found = isUtf16 ? 'UTF-16' : 'bytes of another encoding'
  throw new UserError(`${path}: expected text in UTF-8, got ${found}; save it as UTF-8`)
}

/** The description of what is missing. */
export const notThere = 'does not exist'

/** Describes in a few words why a file or folder could not be opened. */
export function describeUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return notThere
  if (code === 'EISDIR') return 'is a folder, expected a file'
  if (code === 'ENOTDIR') return 'is no folder'
  return `cannot be read (${messageOf(error)})`
}
