import { createHash, randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { EntryReader } from '../../../lib/archive/archive.ts'
import type { CompressionChoice } from '../../../lib/compression/choice.ts'
import { decompress } from '../../../lib/compression/decompress.ts'
import { chunkBytes, compileKernel } from '../../../lib/compression/deflate/kernel.ts'
import { type CompressorPool, makeInlinePool, startCompressorPool } from '../../../lib/compression/pool.ts'
import { compressStream } from '../../../lib/compression/stream.ts'
import { freeTurn, type Turn } from '../../../lib/compression/turns.ts'

const workerPath = fileURLToPath(new URL('../../../lib/compression/worker.ts', import.meta.url))
const kernel = compileKernel()
const pools: CompressorPool[] = []

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()))
})

function start(choice: CompressionChoice, threads = 2, slots = threads + 2) {
  const pool = startCompressorPool({ choice, kernel, workerPath, threads, slots })
  pools.push(pool)
  return pool
}

function readerOf(bytes: Uint8Array): EntryReader {
  let at = 0
  return {
    read: async (target) => {
      const piece = bytes.subarray(at, at + target.length)
      target.set(piece)
      at += piece.length
      return piece.length
    },
    close: async () => {},
  }
}

// Threads take a while to start: a pool for each choice does for most tests.
const shared = new Map<CompressionChoice, CompressorPool>()

function share(choice: CompressionChoice): CompressorPool {
  const pool = shared.get(choice) ?? start(choice)
  shared.set(choice, pool)
  return pool
}

async function compress(bytes: Uint8Array, choice: CompressionChoice, pool = share(choice)) {
  const content = createHash('sha256')
  const parts: Buffer[] = []
  for await (const part of compressStream(readerOf(bytes), choice.compression, pool, content))
    parts.push(Buffer.from(part))
  return { packed: Buffer.concat(parts), contentHash: content.digest('hex') }
}

const text = Buffer.from('a line of text that comes again and again, with a number\n'.repeat(60_000))
const mixed = Buffer.concat([text, randomBytes(chunkBytes + 12_345), text.subarray(0, 100_001)])

const fast: CompressionChoice = { compression: 'gzip', level: 'fast' }

const choices: readonly CompressionChoice[] = [
  fast,
  { compression: 'gzip', level: 1 },
  { compression: 'gzip', level: 6 },
  { compression: 'zstd', level: 1 },
  { compression: 'none' },
]

async function unpackZstd(packed: Buffer): Promise<Buffer> {
  async function* source() {
    yield packed
  }
  return Buffer.concat(await Array.fromAsync(decompress(source(), 'zstd', 'stream')))
}

const unpack = {
  gzip: async (packed: Buffer) => gunzipSync(packed),
  zstd: unpackZstd,
  none: async (packed: Buffer) => packed,
}

describe('compressStream', () => {
  it.each(choices)('gives bytes that unpack to what went in: $compression, level $level', async (choice) => {
    for (const bytes of [mixed, Buffer.alloc(0), Buffer.from('x'), Buffer.alloc(chunkBytes)]) {
      const { packed, contentHash } = await compress(bytes, choice)
      expect((await unpack[choice.compression](packed)).equals(bytes)).toBe(true)
      expect(contentHash).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
  })

  it.each(choices)(
    'gives the same bytes with any number of threads: $compression, level $level',
    async (choice) => {
      const one = await compress(mixed, choice, start(choice, 1))
      const many = await compress(mixed, choice, start(choice, 4))
      expect(many.packed.equals(one.packed)).toBe(true)
    },
  )

  it.each(choices)('gives the same bytes without a thread: $compression, level $level', async (choice) => {
    const inline = await compress(mixed, choice, makeInlinePool({ choice, kernel, slots: 1 }))
    const threads = await compress(mixed, choice)
    expect(inline.packed.equals(threads.packed)).toBe(true)
  })

  it('writes one gzip member with no time and no system', async () => {
    const { packed } = await compress(text, fast)
    expect([...packed.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff])
    expect(packed.readUInt32LE(packed.length - 4)).toBe(text.length)
  })

  it('makes random bytes hardly longer', async () => {
    const noise = randomBytes(2 * chunkBytes)
    for (const choice of choices) {
      expect((await compress(noise, choice)).packed.length).toBeLessThan(noise.length * 1.001 + 64)
    }
  })

  it('brings more streams through than it has buffers, whatever waits for what', async () => {
    const pool = start(fast, 2, 2)
    const streams = Array.from({ length: 5 }, () => compress(mixed, fast, pool))
    const [first, ...others] = await Promise.all(streams)
    for (const other of others) expect(other.packed.equals(first?.packed ?? Buffer.alloc(0))).toBe(true)
  })

  it('passes its turn on before its last chunk is sent, and ends it after, also where it is cut', async () => {
    const told: string[] = []
    const takeTurn = async (): Promise<Turn> => ({
      ...freeTurn,
      passOn: () => told.push('passes on'),
      end: () => told.push('ends'),
    })
    const compressed = () =>
      compressStream(readerOf(text), 'gzip', share(fast), createHash('sha256'), takeTurn)
    const whole = compressed()
    await whole.next()
    expect(told).toEqual([])
    // Two chunks follow the head.
    for (let chunk = 1; chunk <= 2; chunk++) await whole.next()
    expect(told).toEqual(['passes on'])
    expect([(await whole.next()).done, (await whole.next()).done]).toEqual([false, true])
    expect(told.at(-1)).toBe('ends')
    told.length = 0
    const cut = compressed()
    await cut.next()
    await cut.return(undefined)
    expect(told).toEqual(['ends'])
  })

  it('passes on what goes wrong in its source, and gives its buffers back', async () => {
    const pool = start(fast, 1, 2)
    let chunks = 0
    const broken: EntryReader = {
      read: async () => {
        if (chunks++ > 0) throw new Error('disk gone')
        return chunkBytes
      },
      close: async () => {},
    }
    const stream = compressStream(broken, 'gzip', pool, createHash('sha256'))
    await expect(Array.fromAsync(stream)).rejects.toThrow('disk gone')
    expect((await compress(text, fast, pool)).packed.length).toBeGreaterThan(0)
  })

  it('gives its buffers back where the reader of the stream stops early', async () => {
    const pool = start(fast, 1, 2)
    for await (const part of compressStream(readerOf(mixed), 'gzip', pool, createHash('sha256'))) {
      if (part.length > 10) break
    }
    expect((await compress(mixed, fast, pool)).packed.length).toBeGreaterThan(0)
  })

  it('fails where a thread fails', async () => {
    const pool = startCompressorPool({
      choice: { compression: 'gzip', level: 'fast' },
      kernel,
      workerPath: '/nowhere/worker.js',
      threads: 1,
      slots: 2,
    })
    pools.push(pool)
    await expect(compress(text, fast, pool)).rejects.toThrow(/worker\.js/)
    // Not only what was under way then: a layer that waited for its turn comes later.
    await expect(compress(text, fast, pool)).rejects.toThrow(/worker\.js/)
  })

  it('fails after its threads were ended', async () => {
    const pool = start(fast, 2, 4)
    await pool.close()
    await expect(compress(text, fast, pool)).rejects.toThrow(/^compression thread: ended with code \d$/)
  })
})
