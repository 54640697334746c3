/** A file of an archive; `offset` is its position among the others. */
export type ArchiveEntry = { offset: number; sizeBytes: number }

/** Reads one entry from its start to its end. */
export type EntryReader = {
  /** Fills the target as far as there are bytes, and returns their number; 0 at the end. */
  read(target: Uint8Array): Promise<number>
  close(): Promise<void>
}

/** Files under their names, such as those that `docker save` writes. Only headers are read to open it. */
export type Archive = {
  /** Names it in messages. */
  name: string
  /** An entry is cheap to read only where it stands behind the one that was read last. */
  sequential: boolean
  /** Files by name, in the archive's order; a link stands for the file that it names. */
  entries: ReadonlyMap<string, ArchiveEntry>
  /**
   * Finds an entry; throws UserError where there is none, or a link that leads nowhere or out of the
   * archive. `namedBy` is the file that names it, for the message.
   */
  find(name: string, namedBy?: string): ArchiveEntry
  /** Reads the first bytes of an entry: 16, or fewer where it is smaller. */
  peek(name: string): Promise<Buffer>
  /** Reads a small entry whole. */
  read(name: string): Promise<Buffer>
  /** Starts to read an entry; several can be read at a time. */
  open(name: string): Promise<EntryReader>
  close(): Promise<void>
}

/** Bytes of an entry that `peek` returns. */
export const peekBytes = 16

const pieceBytes = 1024 * 1024

/** Reads an entry piece by piece, each in a buffer of its own. */
export async function* streamEntry(archive: Archive, name: string): AsyncGenerator<Buffer> {
  const reader = await archive.open(name)
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(pieceBytes)
      const length = await reader.read(piece)
      if (length === 0) return
      yield piece.subarray(0, length)
    }
  } finally {
    await reader.close()
  }
}
