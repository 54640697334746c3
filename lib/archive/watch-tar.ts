import { crc32 } from 'node:zlib'
import { blockBytes, paddedBytes, parseTarHeader } from './tar.ts'
import { applyExtensions, isExtension, maxHeaderBytes, readExtension } from './tar-index.ts'

/** A file of a tar that passed, and a checksum of samples of its content: 4 KiB of each 64. */
export type PassedFile = { name: string; sizeBytes: number; checksum: number }

/** What comes next in a tar, and what is done with each piece of it; `at` is the piece's offset there. */
type Part = { bytes: number; use(piece: Uint8Array, at: number): void }

// A checksum of every byte would cost a tenth of what compressing them does.
const sampleBytes = 4 * 1024
const sampleEvery = 64 * 1024

/**
 * Watches a tar that passes in pieces of any size, and visits each of its files when it is through. Bytes that are no
 * tar end the watch, and are no error: who unpacks them judges them.
 */
export function watchTar(visit: (file: PassedFile) => void): { update(chunk: Uint8Array): void } {
  const parts = listParts(visit)
  let part: Part | undefined
  let passed = 0
  const goOn = () => {
    passed = 0
    do part = parts.next().value ?? undefined
    while (part?.bytes === 0)
  }
  goOn()
  const pass = (chunk: Uint8Array) => {
    for (let at = 0; part && at < chunk.length; ) {
      const piece = chunk.subarray(at, at + part.bytes - passed)
      part.use(piece, passed)
      at += piece.length
      passed += piece.length
      if (passed === part.bytes) goOn()
    }
  }
  return {
    update: (chunk) => {
      try {
        pass(chunk)
      } catch {
        part = undefined
      }
    },
  }
}

function* listParts(visit: (file: PassedFile) => void): Generator<Part, void> {
  const block = Buffer.alloc(blockBytes)
  const said = new Map<string, string>()
  for (;;) {
    yield keepIn(block)
    const header = parseTarHeader(block, 0)
    if (!header) return
    if (isExtension(header.type)) {
      if (header.sizeBytes > maxHeaderBytes) return
      const content = Buffer.alloc(paddedBytes(header.sizeBytes))
      yield keepIn(content)
      const records = readExtension(header.type, content.subarray(0, header.sizeBytes), 0)
      for (const [key, value] of records) said.set(key, value)
      continue
    }
    const { name, sizeBytes, type } = applyExtensions(header, 0, said)
    said.clear()
    let checksum = 0
    const sample = (piece: Uint8Array, at: number) => {
      checksum = addSamples(checksum, piece, at)
    }
    yield { bytes: paddedBytes(sizeBytes), use: sample }
    if (type === '0') visit({ name, sizeBytes, checksum })
  }
}

const keepIn = (target: Buffer): Part => ({
  bytes: target.length,
  use: (piece, at) => target.set(piece, at),
})

function addSamples(checksum: number, piece: Uint8Array, at: number): number {
  const end = at + piece.length
  let sum = checksum
  for (let start = at - (at % sampleEvery); start < end; start += sampleEvery) {
    const sample = piece.subarray(Math.max(start - at, 0), Math.max(start + sampleBytes - at, 0))
    sum = crc32(sample, sum)
  }
  return sum
}
