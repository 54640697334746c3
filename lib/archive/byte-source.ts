/** Bytes of a known size that are read at random: a file, or an object far away. */
export type ByteSource = {
  /** Names it in messages: a path, or `s3://BUCKET/KEY`. */
  name: string
  sizeBytes: number
  /**
   * Fills the target with the bytes from the offset on. `until` is where a read in sequence will end: a
   * source that is far away fetches ahead up to there, and never beyond. Throws UserError where bytes are
   * missing.
   */
  readInto(target: Uint8Array, offset: number, until?: number): Promise<void>
  close(): Promise<void>
}

/** Reads a piece into a buffer of its own. */
export async function readBytes(
  source: ByteSource,
  offset: number,
  length: number,
  until?: number,
): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  await source.readInto(buffer, offset, until)
  return buffer
}
