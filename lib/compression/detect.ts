import type { Compression } from '../oci/media-type.ts'

/** Detects the compression by the first bytes: RFC 1952, RFC 8878. */
export function detectCompression(start: Uint8Array): Compression {
  const [a, b, c, d] = start
  if (a === 0x1f && b === 0x8b) return 'gzip'
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd'
  // A skippable frame: parallel zstd tools write one in front of each frame.
  if (a !== undefined && (a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd'
  return 'none'
}

// A tar begins with the name of a file: what could be one, such as "BZh", needs more bytes to tell.
const others = [
  { name: 'bzip2', starts: ['BZh-1AY&SY', 'BZh-\x17rE8P\x90'] },
  { name: 'xz', starts: ['\xfd7zXZ\0'] },
  { name: 'lz4', starts: ['\x04"M\x18'] },
]

/** Names a compression that no layer may have here, by the first bytes; `undefined` where they are of none. */
export function detectUnsupported(start: Uint8Array): string | undefined {
  // The digit is the level of bzip2.
  const text = Buffer.from(start)
    .toString('latin1')
    .replace(/^BZh[1-9]/, 'BZh-')
  return others.find(({ starts }) => starts.some((magic) => text.startsWith(magic)))?.name
}
