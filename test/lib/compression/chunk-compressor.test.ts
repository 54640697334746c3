import { expect, it } from 'vitest'
import type { CompressionChoice } from '../../../lib/compression/choice.ts'
import { makeChunkCompressor, slackBytes } from '../../../lib/compression/chunk-compressor.ts'
import { chunkBytes } from '../../../lib/compression/deflate/kernel.ts'

it.each<CompressionChoice>([
  { compression: 'zstd', level: 1 },
  { compression: 'gzip', level: 6 },
])('%j leaves no memory to the collector, chunk after chunk', (choice) => {
  const pack = makeChunkCompressor(choice, undefined)
  const buffer = new Uint8Array(chunkBytes + slackBytes)
  const before = process.memoryUsage().arrayBuffers
  for (let chunk = 0; chunk < 10; chunk++) pack(buffer.fill(chunk, 0, chunkBytes), chunkBytes)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(chunkBytes)
})
