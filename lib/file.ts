import { readFileSync, statSync } from 'node:fs'
import { messageOf, UserError } from './errors.ts'

/** Reads a text file; one that cannot be read is the user's mistake. */
export function readTextFile(path: string, advice = 'was the repository checked out?'): string {
  try {
    // Opening a pipe waits for a writer, and nothing can end the wait.
    const stats = statSync(path)
    if (stats.isFile() || stats.isDirectory()) return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`${path}: ${describeUnreadable(error)}; ${advice}`)
  }
  throw new UserError(`${path}: expected a file, got a pipe, a socket or a device`)
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
