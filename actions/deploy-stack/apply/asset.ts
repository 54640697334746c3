import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { UserError } from '../../../lib/errors.ts'
import { describeUnreadable } from '../../../lib/file.ts'
import { type WalkedFile, walkFolder } from '../../../lib/file-walk.ts'
import { makeZip, mostZipFiles, type ZipFile } from './zip.ts'

/** A packed folder: its bytes, and the object key that names them. */
export type Asset = { key: string; bytes: Buffer }

// Lambda's limit, unzipped: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const mostBytes = 250 * 1024 * 1024

/** Packs a folder into a zip whose key follows from its content and modes. Links are packed as what they name. */
export async function packAsset(folder: string, signal?: AbortSignal): Promise<Asset> {
  const files: ZipFile[] = []
  for (const { name, path, executable } of await listFiles(folder, signal)) {
    signal?.throwIfAborted()
    files.push({ name, content: await readFile(path), executable })
  }
  const bytes = makeZip(files)
  return { key: `assets/${createHash('sha256').update(bytes).digest('hex')}.zip`, bytes }
}

/** Verifies that a folder can be packed, without reading its files. Throws UserError. */
export async function verifyAsset(folder: string, signal: AbortSignal): Promise<void> {
  await listFiles(folder, signal)
}

async function listFiles(folder: string, signal: AbortSignal | undefined): Promise<WalkedFile[]> {
  const bounds = { what: 'assets', mostEntries: mostZipFiles, mostBytes, signal }
  const files = await walkFolder(folder, bounds).catch((error: unknown) => {
    if (error instanceof UserError || signal?.aborted) throw error
    throw new UserError(`assets: the folder ${folder} ${describeUnreadable(error)}; was it built?`)
  })
  if (files.length > 0) return files
  throw new UserError(`assets: the folder ${folder} is empty; was it built?`)
}
