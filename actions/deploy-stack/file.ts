import { readFileSync } from 'node:fs'
import { messageOf, UserError } from '../../lib/errors.ts'

/** Reads a text file; one that is not there is the user's mistake. */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${messageOf(error)}); was the repository checked out`)
  }
}
