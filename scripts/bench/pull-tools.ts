import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { type CompressionChoice, parseCompressionChoice } from '../../lib/compression/choice.ts'
import { compileKernel } from '../../lib/compression/deflate/kernel.ts'
import { makeInlinePool } from '../../lib/compression/pool.ts'
import { compressStream } from '../../lib/compression/stream.ts'
import { ociTypes } from '../../lib/oci/media-type.ts'
import { root } from '../local-aws-process.ts'

type Format = 'gzip' | 'zstd'

/** A way to pack the layer in a file into another file. */
export type Encoder = { name: string; format: Format; pack(source: string, target: string): Promise<void> }

/** A way to read a packed layer: shell commands that print its content, and that write its files to a folder. */
export type Decoder = {
  name: string
  /** Whether it does as container engines do. */
  isEngine: boolean
  decompress?(blob: string): string
  unpack(blob: string, folder: string): string
}

/** Builds the program with the libraries of Docker and containerd. Throws where Go is not installed. */
export function buildEngine(folder: string): string {
  const program = join(folder, 'engine')
  execFileSync('go', ['build', '-o', program, '.'], { cwd: join(root, 'scripts', 'bench', 'engine') })
  return program
}

const isInstalled = (tool: string) => !spawnSync(tool, ['--version']).error

/** Lists what packs a layer: push-image, and what its peers do by default. */
export function encoders(engine: string): Encoder[] {
  const shell = (command: string) => async (source: string, target: string) => {
    execFileSync('sh', ['-c', `${command} < ${source} > ${target}`])
  }
  const zstd: Encoder = {
    ...{ name: 'zstd -3, as skopeo and buildx', format: 'zstd', pack: shell('zstd -q -3 -c') },
  }
  return [
    { name: 'push-image gzip', format: 'gzip', pack: packOurs('gzip') },
    { name: 'push-image zstd', format: 'zstd', pack: packOurs('zstd') },
    { name: 'Go gzip, default level, as docker push', format: 'gzip', pack: shell(`${engine} pack -1`) },
    { name: 'Go gzip, level 1, as crane', format: 'gzip', pack: shell(`${engine} pack 1`) },
    ...(isInstalled('zstd') ? [zstd] : []),
  ]
}

function packOurs(compression: Format): Encoder['pack'] {
  const choice: CompressionChoice = parseCompressionChoice(compression, undefined)
  return async (source, target) => {
    const pool = makeInlinePool({ choice, kernel: compileKernel(), slots: 1 })
    const file = await open(source)
    const read = async (piece: Uint8Array) => (await file.read(piece, 0, piece.length)).bytesRead
    const written = createWriteStream(target)
    for await (const piece of compressStream({ read }, compression, pool, { update: () => {} }))
      await new Promise((resolve) => written.write(piece, resolve))
    written.end()
    await once(written, 'finish')
    await file.close()
  }
}

/** Lists what reads a layer of a format, as far as it is installed. */
export function decoders(engine: string, format: Format): Decoder[] {
  const piped = (name: string, command: string, isEngine = false): Decoder => ({
    name,
    isEngine,
    decompress: (blob) => `${command} < ${blob}`,
    unpack: (blob, folder) => `${command} < ${blob} | tar -x -C ${folder}`,
  })
  const own = piped(format === 'zstd' ? 'Go, klauspost' : 'Go', `${engine} unpack ${format}`, true)
  if (format === 'zstd') return isInstalled('zstd') ? [own, piped('zstd', 'zstd -q -dc')] : [own]
  return [
    own,
    ...(isInstalled('unpigz') ? [piped('unpigz', 'unpigz -c')] : []),
    piped('gzip', 'gzip -dc'),
    ...(isInstalled('umoci') ? [umoci] : []),
  ]
}

const umoci: Decoder = {
  name: 'umoci',
  isEngine: false,
  unpack: (blob, folder) => {
    const layout = `${blob}-layout`
    writeLayout(blob, layout)
    return `umoci unpack --rootless --image ${layout}:latest ${folder}/bundle`
  },
}

// Only gzip: umoci 0.4 knows no zstd.
function writeLayout(blob: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true })
  const put = (mediaType: string, bytes: Buffer) => {
    const hex = createHash('sha256').update(bytes).digest('hex')
    writeFileSync(join(folder, 'blobs', 'sha256', hex), bytes)
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length }
  }
  const json = (mediaType: string, value: object) => put(mediaType, Buffer.from(JSON.stringify(value)))
  const content = execFileSync('gzip', ['-dc', blob], { maxBuffer: 2 ** 31 })
  const diffId = `sha256:${createHash('sha256').update(content).digest('hex')}`
  const config = json(ociTypes.config, {
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [diffId] },
  })
  const manifest = json(ociTypes.manifest, {
    schemaVersion: 2,
    mediaType: ociTypes.manifest,
    config,
    layers: [put(ociTypes.layer.gzip, readFileSync(blob))],
  })
  const named = { ...manifest, annotations: { 'org.opencontainers.image.ref.name': 'latest' } }
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [named] }))
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
}
