import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chunkBytes,
  compileKernel,
  type KernelMode,
  makeDeflater,
  streamEnd,
} from '../../../../lib/compression/deflate/kernel.ts'
import { root } from '../../../../scripts/local-aws-process.ts'
import {
  fewBytes,
  longWords,
  makeNoise,
  mixedChunk,
  noiseWithRepeats,
  repeatFrom,
  repeatsAtBlockEnds,
  shortWords,
} from '../../../fixtures/chunk.ts'

const module = compileKernel()
const modes: readonly KernelMode[] = ['fast', 'dense']

/** Chunks of up to this size have up to three blocks: longer ones are left to the long tests. */
const mostBytes = 400_000

describe.each(modes)('a %s deflater', (mode) => {
  const deflater = makeDeflater(module, mode)

  const deflate = (chunk: Uint8Array): Buffer => {
    deflater.input.set(chunk)
    return Buffer.from(deflater.deflate(chunk.length))
  }
  const inflate = (...chunks: readonly Uint8Array[]) => inflateRawSync(Buffer.concat([...chunks, streamEnd]))

  function expectInflates(chunk: Buffer): void {
    const deflated = deflate(chunk)
    expect(inflate(deflated).equals(chunk)).toBe(true)
    // No more than stored blocks take, and the flush.
    expect(deflated.length).toBeLessThanOrEqual(chunk.length + 5 * Math.ceil(chunk.length / 65_535) + 5)
  }

  const check = (chunks: fc.Arbitrary<Buffer>, numRuns: number) =>
    fc.assert(fc.property(chunks, expectInflates), { numRuns })

  it('gives bytes that inflate to the chunk, and few more than it has', () => {
    check(mixedChunk(mostBytes), 60)
  })

  it('finds its way through noise that repeats in places', () => {
    check(noiseWithRepeats(mostBytes), 25)
    check(longWords(mostBytes), 10)
  })

  it('ends a match where its block ends', () => {
    check(repeatsAtBlockEnds(200_000), 25)
  })

  it('has room for as many matches as a chunk can have', () => {
    check(shortWords(200_000), 25)
  })

  it('takes any few bytes', () => {
    for (let length = 0; length < 300; length++) {
      expectInflates(Buffer.alloc(length, 'ab'))
      expectInflates(makeNoise(length, length))
    }
  })

  it.each([65_535, 131_070, 163_837, 163_838, 262_140, chunkBytes - 1, chunkBytes])(
    'takes %i bytes, all the same, in periods and random',
    (length) => {
      expectInflates(Buffer.alloc(length))
      expectInflates(Buffer.alloc(length, 'abc'))
      expectInflates(makeNoise(length, 1))
    },
  )

  it('stores noise', () => {
    const length = 5 * 65_535
    expect(deflate(makeNoise(length, 7)).length).toBe(length + 5 * 5 + 5)
  })

  it('finds what repeats at any distance that deflate can name, in noise too', () => {
    const atDistance = (distance: number) => {
      const chunk = makeNoise(300_000, 3)
      repeatFrom(chunk, distance, chunk.length, distance)
      return deflate(chunk).length
    }
    expect(atDistance(5001)).toBeLessThan(15_000)
    expect(atDistance(32_768)).toBeLessThan(60_000)
    expect(atDistance(32_769)).toBeGreaterThan(299_000)
  })

  it('limits its codes to what deflate can name where some bytes are very rare', () => {
    const counts = [1, 1]
    while (counts.length < 22) counts.push(counts.at(-1)! + counts.at(-2)!)
    const bytes = Buffer.concat(counts.map((count, byte) => Buffer.alloc(count, byte * 5)))
    const choices = new Uint32Array(makeNoise(mostBytes, 5).buffer)
    expectInflates(Buffer.from(Array.from(choices, (choice) => bytes[choice % bytes.length]!)))
  })

  it('gives bytes that depend on the chunk alone, not on what the input held before', () => {
    fc.assert(
      fc.property(mixedChunk(3000), fewBytes, fewBytes, fc.nat(), (start, before, behind, place) => {
        // The chunk ends in a repeat, and the input goes on with it: a match at the end could be longer.
        const longer = Buffer.concat([start, Buffer.alloc(before + behind)])
        repeatFrom(longer, start.length, longer.length, 1 + (place % start.length))
        const chunk = longer.subarray(0, start.length + before)
        deflater.input.set(longer)
        expect(Buffer.from(deflater.deflate(chunk.length)).equals(deflateWithNew(chunk))).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  function deflateWithNew(chunk: Buffer): Buffer {
    const other = makeDeflater(module, mode)
    other.input.set(chunk)
    return Buffer.from(other.deflate(chunk.length))
  }

  it('gives chunks that make one stream in their order, whoever deflated them', () => {
    const chunks = [
      makeNoise(70_000, 1),
      Buffer.from('text '.repeat(9000)),
      Buffer.alloc(0),
      makeNoise(70_000, 1),
    ]
    const deflated = chunks.map((chunk, at) => (at % 2 ? deflateWithNew(chunk) : deflate(chunk)))
    expect(inflate(...deflated).equals(Buffer.concat(chunks))).toBe(true)
    expect(deflated[3]).toEqual(deflated[0])
  })

  it('ends a chunk at a byte with an empty stored block', () => {
    expect([...deflate(Buffer.alloc(0))]).toEqual([0, 0, 0, 0xff, 0xff])
    expect([...deflate(Buffer.alloc(1000)).subarray(-4)]).toEqual([0, 0, 0xff, 0xff])
  })

  it('describes two distances where one occurs, so that the code is whole', () => {
    expect(deflate(Buffer.alloc(200, 'a')).toString('hex')).toBe('dcc181000000008020d6fd25f6a8420c0000ffff')
  })

  it.each([-1, 0.5, Number.NaN, chunkBytes + 1])('refuses a length of %d', (length) => {
    expect(() => deflater.deflate(length)).toThrow(
      new RangeError(`deflate: expected a length from 0 to ${chunkBytes}, got ${length}`),
    )
  })

  it('takes no more room for the texts of this repository than zlib at level 1', () => {
    const files = globSync(['{actions,docs,lib,scripts,test}/**/*.{ts,md}', 'package-lock.json'], {
      cwd: root,
      exclude: (name) => name.endsWith('dist'),
    })
    const text = Buffer.concat(files.sort().map((name) => readFileSync(join(root, name))))
    const chunk = text.subarray(0, chunkBytes)
    const zlibBytes = deflateRawSync(chunk, { level: 1, finishFlush: constants.Z_SYNC_FLUSH }).length
    expectInflates(chunk)
    expect(deflate(chunk).length).toBeLessThanOrEqual(zlibBytes * (mode === 'fast' ? 1.02 : 1))
  })

  it('gives the same bytes in a worker thread that got the module', async () => {
    const chunk = Buffer.from('a worker makes a deflater of its own. '.repeat(999))
    const path = join(root, 'lib', 'compression', 'deflate', 'kernel.ts')
    const code = `
      const { parentPort, workerData: { path, module, mode, chunk } } = require('node:worker_threads')
      import(path).then(({ makeDeflater }) => {
        const deflater = makeDeflater(module, mode)
        deflater.input.set(chunk)
        parentPort.postMessage(deflater.deflate(chunk.length).slice())
      })`
    const worker = new Worker(code, { eval: true, workerData: { path, module, mode, chunk } })
    const deflated = await new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject)
    })
    expect(deflate(chunk).equals(deflated as Uint8Array)).toBe(true)
  })
})
