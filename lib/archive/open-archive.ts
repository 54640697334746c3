import { stat } from 'node:fs/promises'
import { detectCompression } from '../compression/detect.ts'
import { UserError } from '../errors.ts'
import { describeUnreadable, notThere } from '../file.ts'
import { type Archive, peekBytes } from './archive.ts'
import { type ByteSource, readBytes } from './byte-source.ts'
import { openCompressedTar } from './compressed-tar.ts'
import { openFileSource } from './file-source.ts'
import { openFolder } from './folder.ts'
import { openTar } from './tar-archive.ts'

/**
 * Opens an archive: a path of a tar (plain, gzip or zstd) or of a folder, or a source that was opened before. Every
 * read of it ends with the signal.
 */
export async function openArchive(from: string | ByteSource, signal?: AbortSignal): Promise<Archive> {
  if (typeof from === 'string' && (await isFolder(from))) return await openFolder(from, signal)
  const source = withSignal(typeof from === 'string' ? await openFileSource(from) : from, signal)
  try {
    if (source.sizeBytes === 0) {
      throw new UserError(`archive: ${source.name}: expected a docker save archive, got an empty file`)
    }
    const start = await readBytes(source, 0, Math.min(peekBytes, source.sizeBytes))
    const compression = detectCompression(start)
    return compression === 'none'
      ? await openTar(source)
      : await openCompressedTar(source, compression, signal)
  } catch (error) {
    await source.close()
    throw error
  }
}

function withSignal(source: ByteSource, signal: AbortSignal | undefined): ByteSource {
  const readInto: ByteSource['readInto'] = async (target, offset, until) => {
    signal?.throwIfAborted()
    await source.readInto(target, offset, until)
  }
  return { ...source, readInto }
}

// What a shell, or another tool, would have read in another way.
function adviseOnPath(path: string): string {
  const transport = /^(file|dir|oci|oci-archive|docker|docker-archive|docker-daemon):/.exec(path)?.[0]
  if (transport !== undefined) return `; write the path of an archive alone, without ${transport}`
  return /^~|[*?]/.test(path) ? '; write the whole path: "~", "*" and "?" stand for themselves here' : ''
}

// A pipe or a device may never end, and opening it may never return.
async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch((error: unknown) => {
    const why = describeUnreadable(error)
    throw new UserError(`archive: ${path}: ${why}${why === notThere ? adviseOnPath(path) : ''}`)
  })
  if (stats.isFile() || stats.isDirectory()) return stats.isDirectory()
  throw new UserError(
    `archive: ${path}: expected a file or a folder, got a pipe, a socket or a device; write the archive to a file first`,
  )
}
