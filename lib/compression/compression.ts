/** How bytes of an archive or a layer are packed. */
export type Compression = 'none' | 'gzip' | 'zstd'

/** Detects the compression by the first bytes: RFC 1952, RFC 8878. */
export function detectCompression(start: Uint8Array): Compression {
  const [a, b, c, d] = start
  if (a === 0x1f && b === 0x8b) return 'gzip'
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd'
  // A skippable frame: parallel zstd tools write one in front of each frame.
  if (a !== undefined && (a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd'
  return 'none'
}

/** Tells the compression by a layer's media type; `undefined` where the type is of no layer that we know. */
export function compressionOf(mediaType: string): Compression | undefined {
  if (/[.+]gzip$/.test(mediaType)) return 'gzip'
  if (/[.+]zstd$/.test(mediaType)) return 'zstd'
  return /\.tar$/.test(mediaType) ? 'none' : undefined
}
