import { open } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import { describeUnreadable } from '../file.ts'
import type { ByteSource } from './byte-source.ts'

/** Opens a file as a source of bytes. Throws UserError where it is missing, or ends before its size. */
export async function openFileSource(path: string): Promise<ByteSource> {
  const file = await open(path).catch((error: unknown) => {
    throw new UserError(`archive: ${path}: ${describeUnreadable(error)}`)
  })
  const { size } = await file.stat()
  const readInto: ByteSource['readInto'] = async (target, offset) => {
    for (let at = 0; at < target.length; ) {
      const { bytesRead } = await file.read(target, at, target.length - at, offset + at)
      if (bytesRead === 0) {
        throw new UserError(
          `archive: ${path}: offset ${offset + at}: expected ${target.length - at} more bytes, got the end of the file`,
        )
      }
      at += bytesRead
    }
  }
  return { name: path, sizeBytes: size, readInto, close: () => file.close() }
}
