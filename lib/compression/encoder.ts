import { createHash } from 'node:crypto'
import type { CompressionChoice } from './choice.ts'
import { kernelBase64 } from './deflate/kernel-bytes.ts'

// Counts up where the same kernel makes other bytes of the same content, such as by another size of its chunks.
const format = 1

/** Names what compresses, in all that its output depends on: another name may make other bytes of the same content. */
export function nameEncoder(choice: CompressionChoice): string {
  if (choice.compression === 'none') return 'none'
  const { compression, level } = choice
  const { zlib, zstd } = process.versions
  const kernel = () => createHash('sha256').update(kernelBase64).digest('hex').slice(0, 16)
  const version = compression === 'zstd' ? zstd : level === 'fast' || level === 1 ? kernel() : zlib
  return `${compression} ${level} ${version} ${format}`
}
