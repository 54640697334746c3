import { UserError } from '../errors.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Compression } from '../oci/media-type.ts'

/** How layers are compressed: gzip `fast` and 1 are the two modes of the kernel, 2 to 9 the levels of zlib. */
export type CompressionChoice =
  | { compression: 'gzip'; level: 'fast' | number }
  | { compression: 'zstd'; level: number }
  | { compression: 'none' }

const compressions: readonly Compression[] = ['gzip', 'zstd', 'none']

const highest = { gzip: 9, zstd: 19 }

/** Combines two inputs to a choice; without a level, the fastest. Throws UserError when they contradict each other. */
export function parseCompressionChoice(text: string, level: string | undefined): CompressionChoice {
  const compression = compressions.find((word) => word === text)
  if (!compression)
    throw new UserError(`compression: expected one of ${compressions.join(', ')}, got "${text}"`)
  if (compression === 'none') {
    if (level === undefined) return { compression }
    throw new UserError(`compression-level: expected no level with compression "none", got "${level}"`)
  }
  if (compression === 'gzip' && (level === undefined || level === 'fast'))
    return { compression, level: 'fast' }
  const number = /^\d+$/.test(level ?? '1') ? Number(level ?? '1') : 0
  if (number >= 1 && number <= highest[compression]) return { compression, level: number }
  const expected = `${compression === 'gzip' ? 'fast or ' : ''}1 to ${highest[compression]}`
  throw new UserError(`compression-level: expected ${expected} for ${compression}, got "${level}"`)
}

/** Returns the compression of a layer in the registry after a push: compressed or described layers are unchanged. */
export function compressionAfter(
  { compression, descriptor }: { compression: Compression; descriptor?: Descriptor | undefined },
  choice: CompressionChoice,
): Compression {
  return compression === 'none' && descriptor === undefined ? choice.compression : compression
}
