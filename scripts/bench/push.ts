import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findEntryPoint } from '../entry-point.ts'
import { type BenchLayer, writeBenchArchive } from './push-archive.ts'
import { comparePush, type Run } from './push-bounds.ts'
import { type Client, type Cost, clients, measureClient } from './push-client.ts'
import { startRegistry } from './registry-process.ts'

const mebibyte = 1024 * 1024
// The code of an app, on top of what it needs.
const top = { sizeBytes: 8 * mebibyte, seed: 8 }

/** Eight layers: seven large ones, and a small one on top. */
const layersOf = (totalBytes: number): BenchLayer[] => [
  ...Array.from({ length: 7 }, (_, at) => ({
    sizeBytes: Math.floor((totalBytes - top.sizeBytes) / 7),
    seed: at + 1,
  })),
  top,
]

const change = (layers: readonly BenchLayer[], changed: number) =>
  layers.map((layer, at) => (at === changed ? { ...layer, seed: layer.seed + 100 } : layer))

/** What is pushed to a registry that has the base image, or nothing: by whom. */
const cases: readonly { name: string; base: boolean; clients: readonly Client[] }[] = [
  { name: 'cold', base: false, clients: [clients.gzip, clients.skopeo, clients.crane] },
  { name: 'cold zstd', base: false, clients: [clients.zstd, clients.skopeoZstd] },
  ...['unchanged', 'top', 'middle'].map((name) => ({
    name,
    base: true,
    clients: [clients.gzip, clients.skopeo, clients.skopeoPrecompute, clients.crane],
  })),
]

/**
 * Compares push-image with skopeo and crane, in turns, each time as a fresh runner: `--size-gib 2`, `--rounds 3`,
 * `--only CASE`, and `--memory` for our own peak at 2 and 12 GiB.
 */
export async function benchPush(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'size-gib': { type: 'string', default: '2' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string' },
      memory: { type: 'boolean', default: false },
    },
  })
  requireTools()
  const folder = mkdtempSync(join(tmpdir(), 'bench-push-'))
  try {
    if (values.memory) return await benchMemory(folder)
    const layers = layersOf(Number(values['size-gib']) * 1024 * mebibyte)
    await writeArchives(folder, layers)
    const runs: Run[] = []
    for (const wanted of cases.filter(
      ({ name }) => values.only === undefined || name.startsWith(values.only),
    )) {
      if (wanted.base) await prepare(folder, wanted.clients)
      for (let round = 1; round <= Number(values.rounds); round++) {
        // There and back: none always runs after the one that heats the machine most.
        const turn = round % 2 === 1 ? wanted.clients : wanted.clients.toReversed()
        for (const client of turn) runs.push(await runOnce(folder, wanted, client, round))
      }
    }
    return comparePush(runs)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function requireTools(): void {
  if (findEntryPoint('push-image').stale) throw new Error('push-image: its bundle is old; run npm run build')
  const tools = { 'docker-registry': ['--version'], skopeo: ['--version'], crane: ['version'] }
  for (const [tool, args] of Object.entries(tools)) {
    if (!spawnSync(tool, args).error) continue
    throw new Error(
      `${tool}: not installed; apt-get install docker-registry skopeo, go install github.com/google/go-containerregistry/cmd/crane@latest`,
    )
  }
}

async function writeArchives(folder: string, layers: readonly BenchLayer[]): Promise<void> {
  await writeBenchArchive(archiveOf(folder, 'base'), layers)
  await writeBenchArchive(archiveOf(folder, 'top'), change(layers, layers.length - 1))
  await writeBenchArchive(archiveOf(folder, 'middle'), change(layers, 3))
}

const archiveOf = (folder: string, name: string) =>
  join(folder, `${name === 'top' || name === 'middle' ? name : 'base'}.tar`)

const baseOf = (folder: string, client: Client) => join(folder, `base of ${client.name}`)

// Each client meets what it pushed itself.
async function prepare(folder: string, wanted: readonly Client[]): Promise<void> {
  for (const client of wanted) {
    rmSync(baseOf(folder, client), { recursive: true, force: true })
    await pushTo(baseOf(folder, client), client, archiveOf(folder, 'base'))
  }
}

async function runOnce(
  folder: string,
  { name, base }: { name: string; base: boolean },
  client: Client,
  round: number,
): Promise<Run> {
  const registry = join(folder, 'registry')
  rmSync(registry, { recursive: true, force: true })
  if (base) cpSync(baseOf(folder, client), registry, { recursive: true })
  const cost = await pushTo(registry, client, archiveOf(folder, name))
  const run = { case: name, client: client.name, round, ...cost }
  console.log(JSON.stringify(run))
  return run
}

async function pushTo(registryFolder: string, client: Client, archive: string): Promise<Cost> {
  mkdirSync(registryFolder, { recursive: true })
  // What was written before must not be written to disk meanwhile.
  spawnSync('sync')
  const registry = await startRegistry(registryFolder)
  try {
    return await measureClient(client, archive, `${registry.host}/bench/app:latest`)
  } finally {
    await registry.stop()
  }
}

// What our process may need at most, in MiB, however large the image is.
const mostMebibytes = 160
const measured = [clients.gzip, clients.zstd]

async function benchMemory(folder: string): Promise<boolean> {
  const archive = join(folder, 'memory.tar')
  const peaks: { client: string; mebibytes: number }[] = []
  for (const gibibytes of [2, 12]) {
    await writeBenchArchive(archive, layersOf(gibibytes * 1024 * mebibyte))
    for (const client of measured) {
      const registry = join(folder, 'registry')
      rmSync(registry, { recursive: true, force: true })
      const cost = await pushTo(registry, client, archive)
      console.log(JSON.stringify({ case: 'memory', gibibytes, client: client.name, ...cost }))
      peaks.push({ client: client.name, mebibytes: cost.peakRssBytes / mebibyte })
    }
  }
  const compared = measured.map(({ name }) => {
    const peakMebibytes = peaks.filter(({ client }) => client === name).map(({ mebibytes }) => mebibytes)
    const worst = Math.max(...peakMebibytes)
    const reached = worst <= mostMebibytes && worst - Math.min(...peakMebibytes) <= 16
    return { case: 'memory', client: name, peakMebibytes, most: mostMebibytes, mostDifference: 16, reached }
  })
  for (const line of compared) console.log(JSON.stringify(line))
  return compared.every(({ reached }) => reached)
}
