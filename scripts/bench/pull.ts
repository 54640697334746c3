import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeTar } from '../example-image/tar.ts'
import { root } from '../local-aws-process.ts'
import { makeRandomCorpus, readNativeCorpus, readPythonCorpus } from './corpus.ts'
import { buildEngine, type Decoder, decoders, type Encoder, encoders } from './pull-tools.ts'

const mebibyte = 1024 * 1024

/** The layers of an inference service: code of packages, native libraries, weights. */
const layers: readonly { name: string; fileBytes: number; read(sizeBytes: number): Buffer }[] = [
  { name: 'python', fileBytes: 16 * 1024, read: readPythonCorpus },
  { name: 'native code', fileBytes: 4 * mebibyte, read: readNativeCorpus },
  { name: 'weights', fileBytes: 32 * mebibyte, read: makeRandomCorpus },
]

type Cost = { seconds: number; cpuSeconds: number }

/** What one way to read a packed layer costs. */
type Run = {
  layer: string
  encoder: string
  decoder: string
  isEngine: boolean
  bytes: number
  contentBytes: number
  decompress: Cost | undefined
  unpack: Cost
}

/** What an engine may spend at most on a layer of ours, as a share of what it spends on one of a peer. */
const bounds = [
  { ours: 'push-image gzip', peer: 'Go gzip, level 1, as crane', cpu: 1.1, bytes: 1.02 },
  { ours: 'push-image zstd', peer: 'push-image gzip', cpu: 0.6, bytes: 1 },
]

/**
 * Measures what engines do with a layer that we packed, beside the same layer packed by others: bytes, time and CPU
 * of decompressing it, and of unpacking its files. `--size-mib 64` of each kind; of `--rounds 3` the best counts.
 */
export async function benchPull(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: { 'size-mib': { type: 'string', default: '64' }, rounds: { type: 'string', default: '3' } },
  })
  const folder = mkdtempSync(join(tmpdir(), 'bench-pull-'))
  try {
    const engine = buildEngine(folder)
    const runs: Run[] = []
    for (const layer of layers) {
      const tar = makeLayer(layer.read(Number(values['size-mib']) * mebibyte), layer.fileBytes)
      writeFileSync(join(folder, 'layer.tar'), tar)
      for (const encoder of encoders(engine)) {
        await encoder.pack(join(folder, 'layer.tar'), join(folder, 'layer'))
        const packed = { layer: layer.name, contentBytes: tar.length, rounds: Number(values.rounds) }
        for (const run of measureDecoders(folder, encoder, decoders(engine, encoder.format), packed)) {
          runs.push(run)
          console.log(JSON.stringify(run))
        }
      }
    }
    return comparePull(runs)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function makeLayer(content: Buffer, fileBytes: number): Buffer {
  const count = Math.ceil(content.length / fileBytes)
  const files = Array.from({ length: count }, (_, at) => ({
    name: `folder-${at % 100}/file-${at}`,
    content: content.subarray(at * fileBytes, (at + 1) * fileBytes),
  }))
  return makeTar(files)
}

function* measureDecoders(
  folder: string,
  encoder: Encoder,
  wanted: readonly Decoder[],
  { layer, contentBytes, rounds }: { layer: string; contentBytes: number; rounds: number },
): Generator<Run> {
  const blob = join(folder, 'layer')
  const target = join(folder, 'unpacked')
  const packed = { layer, encoder: encoder.name, bytes: statSync(blob).size, contentBytes }
  for (const { name, isEngine, decompress, unpack } of wanted) {
    const prepare = () => {
      rmSync(target, { recursive: true, force: true })
      mkdirSync(target)
      return unpack(blob, target)
    }
    const decompressing = decompress && best(rounds, () => measure(folder, decompress(blob)))
    const unpacking = best(rounds, () => measure(folder, prepare()))
    yield { ...packed, decoder: name, isEngine, decompress: decompressing, unpack: unpacking }
  }
}

function best(rounds: number, run: () => Cost): Cost {
  const costs = Array.from({ length: rounds }, run)
  return costs.reduce((least, cost) => (cost.cpuSeconds < least.cpuSeconds ? cost : least))
}

function measure(folder: string, command: string): Cost {
  const script = join(root, 'scripts', 'bench', 'measure.py')
  // An empty folder: the temporary files are not measured here.
  const empty = mkdtempSync(join(folder, 'empty-'))
  const printed = execFileSync('python3', [script, empty, 'sh', '-c', command], { encoding: 'utf8' })
  const { seconds, cpuSeconds, exitCode, error } = JSON.parse(printed)
  if (exitCode !== 0) throw new Error(`${command}: ended with ${exitCode}: ${error}`)
  return { seconds, cpuSeconds }
}

/** Prints what an engine does with all layers of an encoder, and whether each bound is reached. */
function comparePull(runs: readonly Run[]): boolean {
  const totals = Map.groupBy(
    runs.filter(({ isEngine }) => isEngine),
    ({ encoder }) => encoder,
  )
  const sum = (encoder: string, count: (run: Run) => number) =>
    totals.get(encoder)?.reduce((total, run) => total + count(run), 0) ?? Number.NaN
  const bytesOf = (encoder: string) => sum(encoder, ({ bytes }) => bytes)
  const cpuOf = (encoder: string) => sum(encoder, ({ decompress }) => decompress?.cpuSeconds ?? 0)
  for (const encoder of totals.keys()) {
    const contentBytes = sum(encoder, (run) => run.contentBytes)
    const perSecond = (cpuSeconds: number) => Math.round(contentBytes / 1e6 / cpuSeconds)
    const unpack = sum(encoder, (run) => run.unpack.cpuSeconds)
    const megabytesPerCpuSecond = { decompress: perSecond(cpuOf(encoder)), unpack: perSecond(unpack) }
    const ratio = round(bytesOf(encoder) / contentBytes)
    console.log(JSON.stringify({ encoder, ratio, megabytesPerCpuSecond }))
  }
  const compared = bounds.map(({ ours, peer, ...most }) => {
    const cpu = round(cpuOf(ours) / cpuOf(peer))
    const bytes = round(bytesOf(ours) / bytesOf(peer))
    return { ours, peer, cpu, bytes, most, reached: cpu <= most.cpu && bytes <= most.bytes }
  })
  for (const line of compared) console.log(JSON.stringify(line))
  return compared.every(({ reached }) => reached)
}

const round = (value: number) => Math.round(value * 1000) / 1000
