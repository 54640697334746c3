import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { makeTarHeader, makeTarPadding } from '../example-image/tar.ts'
import { makeRandomCorpus, readPythonCorpus } from './corpus.ts'

/** A layer of a benchmark's image: equal seeds give equal bytes. */
export type BenchLayer = { sizeBytes: number; seed: number }

const textBytes = 64 * 1024 * 1024
const pieceBytes = 8 * 1024 * 1024

/**
 * Writes a docker save archive, legacy layout, whose layers are half Python code, half random bytes, in files of 8 MiB
 * that take turns. The same layers give the same bytes.
 */
export async function writeBenchArchive(path: string, layers: readonly BenchLayer[]): Promise<void> {
  const text = readPythonCorpus(textBytes)
  const file = await open(path, 'w')
  const diffIds: string[] = []
  try {
    const write = async (name: string, content: Uint8Array) => {
      await file.write(makeTarHeader(name, content.length))
      await file.write(content)
      await file.write(makeTarPadding(content.length))
    }
    for (const [at, layer] of layers.entries()) {
      await file.write(makeTarHeader(`${at}/layer.tar`, layerBytes(layer)))
      const hash = createHash('sha256')
      for (const part of layerParts(layer, text)) {
        hash.update(part)
        await file.write(part)
      }
      diffIds.push(`sha256:${hash.digest('hex')}`)
    }
    const config = {
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: diffIds },
    }
    const manifest = {
      Config: 'config.json',
      RepoTags: ['bench:latest'],
      Layers: layers.map((_, at) => `${at}/layer.tar`),
    }
    await write('config.json', Buffer.from(JSON.stringify(config)))
    await write('manifest.json', Buffer.from(JSON.stringify([manifest])))
    await file.write(Buffer.alloc(1024))
  } finally {
    await file.close()
  }
}

const pieces = ({ sizeBytes }: BenchLayer) => Math.max(2, Math.round(sizeBytes / pieceBytes))
const pieceSize = (layer: BenchLayer) => Math.floor(layer.sizeBytes / pieces(layer) / 512) * 512
const layerBytes = (layer: BenchLayer) => pieces(layer) * (512 + pieceSize(layer)) + 1024

function* layerParts(layer: BenchLayer, text: Buffer): Generator<Buffer> {
  const size = pieceSize(layer)
  const random = makeRandomCorpus(size * Math.ceil(pieces(layer) / 2), layer.seed)
  for (let at = 0; at < pieces(layer); at++) {
    yield makeTarHeader(`file-${at}`, size)
    if (at % 2 === 1) yield random.subarray(Math.floor(at / 2) * size, (Math.floor(at / 2) + 1) * size)
    else {
      const start = ((layer.seed * 31 + at) * pieceBytes) % (text.length - size)
      yield text.subarray(start, start + size)
    }
  }
  yield Buffer.alloc(1024)
}
