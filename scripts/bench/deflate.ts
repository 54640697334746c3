import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import {
  chunkBytes,
  compileKernel,
  type KernelMode,
  makeDeflater,
  streamEnd,
} from '../../lib/compression/deflate/kernel.ts'
import { makeRandomCorpus, readNativeCorpus, readTextCorpus } from './corpus.ts'
import { median } from './median.ts'

type Deflate = (chunk: Uint8Array) => Uint8Array
type Engine = readonly [name: string, deflate: Deflate]
type Run = { cpuSeconds: number; outputBytes: number }
type Bound = { corpus: string; mode: KernelMode; leastSpeed: number; mostSize: number }

const corpusBytes = 96 * 1024 * 1024
const rounds = 7

/** What the kernel has to reach, against node's zlib at level 1 in the same chunks. */
const bounds: readonly Bound[] = [
  { corpus: 'text', mode: 'fast', leastSpeed: 2, mostSize: 1.02 },
  { corpus: 'text', mode: 'dense', leastSpeed: 1.7, mostSize: 1 },
  { corpus: 'native code', mode: 'fast', leastSpeed: 3, mostSize: 1.06 },
  { corpus: 'native code', mode: 'dense', leastSpeed: 2, mostSize: 1.01 },
  { corpus: 'random', mode: 'fast', leastSpeed: 20, mostSize: 1 },
  { corpus: 'random', mode: 'dense', leastSpeed: 20, mostSize: 1 },
]

/**
 * Compares the kernel with node's zlib at level 1, on one thread and in turns, by CPU time: other work on the
 * machine changes it less than the time on the clock.
 */
export async function benchDeflate(): Promise<boolean> {
  const corpora = {
    text: readTextCorpus(corpusBytes),
    'native code': readNativeCorpus(corpusBytes),
    random: makeRandomCorpus(corpusBytes),
  }
  const module = compileKernel()
  const engines: readonly Engine[] = [
    ['zlib', (chunk) => deflateRawSync(chunk, { level: 1, finishFlush: constants.Z_SYNC_FLUSH })],
    ['fast', useKernel(module, 'fast')],
    ['dense', useKernel(module, 'dense')],
  ]
  const runs = new Map(
    Object.entries(corpora).map(([corpus, bytes]) => {
      for (const [, deflate] of engines) expectSameBytes(deflate, bytes)
      return [corpus, measureInTurns(corpus, bytes, engines)] as const
    }),
  )
  const results = bounds.map((bound) => compare(bound, runs.get(bound.corpus) ?? new Map()))
  for (const result of results) console.log(JSON.stringify(result))
  return results.every(({ reached }) => reached)
}

function useKernel(module: WebAssembly.Module, mode: KernelMode): Deflate {
  const deflater = makeDeflater(module, mode)
  return (chunk) => {
    deflater.input.set(chunk)
    return deflater.deflate(chunk.length)
  }
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
}

function expectSameBytes(deflate: Deflate, bytes: Buffer): void {
  const parts = Array.from(chunksOf(bytes), (chunk) => Buffer.from(deflate(chunk)))
  if (inflateRawSync(Buffer.concat([...parts, streamEnd])).equals(bytes)) return
  throw new Error('deflate: the output does not inflate to the input')
}

function measureInTurns(corpus: string, bytes: Uint8Array, engines: readonly Engine[]): Map<string, Run[]> {
  const runs = new Map<string, Run[]>(engines.map(([engine]) => [engine, []]))
  for (let round = 1; round <= rounds; round++) {
    for (const [engine, deflate] of engines) {
      const run = measure(bytes, deflate)
      runs.get(engine)?.push(run)
      const megabytesPerSecond = Math.round(bytes.length / 1e6 / run.cpuSeconds)
      console.log(JSON.stringify({ corpus, engine, round, megabytesPerSecond, ...run }))
    }
  }
  return runs
}

function measure(bytes: Uint8Array, deflate: Deflate): Run {
  const before = process.cpuUsage()
  let outputBytes = 0
  for (const chunk of chunksOf(bytes)) outputBytes += deflate(chunk).length
  const { user, system } = process.cpuUsage(before)
  return { cpuSeconds: (user + system) / 1e6, outputBytes }
}

function compare({ corpus, mode, leastSpeed, mostSize }: Bound, runs: ReadonlyMap<string, Run[]>) {
  const zlib = runs.get('zlib') ?? []
  const kernel = runs.get(mode) ?? []
  const speed =
    median(zlib.map(({ cpuSeconds }) => cpuSeconds)) / median(kernel.map(({ cpuSeconds }) => cpuSeconds))
  const size = (kernel[0]?.outputBytes ?? Number.NaN) / (zlib[0]?.outputBytes ?? Number.NaN)
  const reached = speed >= leastSpeed && size <= mostSize
  return { corpus, engine: mode, speed: round(speed), leastSpeed, size: round(size), mostSize, reached }
}
const round = (value: number) => Math.round(value * 10_000) / 10_000
