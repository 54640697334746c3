import { stat } from 'node:fs/promises'
import { detectCompression } from '../compression/detect.ts'
import { UserError } from '../errors.ts'
import { describeUnreadable } from '../file.ts'
import { type Archive, peekBytes } from './archive.ts'
import { type ByteSource, readBytes } from './byte-source.ts'
import { openCompressedTar } from './compressed-tar.ts'
import { openFileSource } from './file-source.ts'
import { openFolder } from './folder.ts'
import { openTar } from './tar-archive.ts'

/** Opens an archive: a path of a tar (plain, gzip or zstd) or of a folder, or a source that was opened before. */
export async function openArchive(from: string | ByteSource): Promise<Archive> {
  if (typeof from === 'string' && (await isFolder(from))) return await openFolder(from)
  const source = typeof from === 'string' ? await openFileSource(from) : from
  try {
    if (source.sizeBytes === 0) {
      throw new UserError(`archive: ${source.name}: expected a docker save archive, got an empty file`)
    }
    const start = await readBytes(source, 0, Math.min(peekBytes, source.sizeBytes))
    const compression = detectCompression(start)
    return compression === 'none' ? await openTar(source) : await openCompressedTar(source, compression)
  } catch (error) {
    await source.close()
    throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    throw new UserError(`archive: ${path}: ${describeUnreadable(error)}`)
  }
}
