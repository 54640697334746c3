import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { UserError } from '../../../lib/errors.ts'
import { describeUnreadable } from '../../../lib/file.ts'
import { makeZip } from './zip.ts'

/** A packed folder: its bytes, and the object key that names them. */
export type Asset = { key: string; bytes: Buffer }

/** Packs a folder into a zip whose key follows from its content and modes. */
export function packAsset(folder: string): Asset {
  const bytes = makeZip(
    listFiles(folder).map((path) => ({
      name: relative(folder, path).replaceAll('\\', '/'),
      content: readFileSync(path),
      executable: (statSync(path).mode & 0o100) !== 0,
    })),
  )
  return { key: `assets/${createHash('sha256').update(bytes).digest('hex')}.zip`, bytes }
}

function listFiles(folder: string): string[] {
  try {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    if (files.length > 0) return files
  } catch (error) {
    throw new UserError(`assets: the folder ${folder} ${describeUnreadable(error)}; was it built?`)
  }
  throw new UserError(`assets: the folder ${folder} is empty; was it built?`)
}
