import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { childEnv } from '../child-env.ts'
import { root } from '../local-aws-process.ts'

/** A way to push an archive; `image` is `HOST:PORT/NAME:TAG`. */
export type Client = {
  name: string
  command(archive: string, image: string): { argv: string[]; env?: Record<string, string> }
}

/** What one run cost. */
export type Cost = {
  seconds: number
  cpuSeconds: number
  peakRssBytes: number
  sentBytes: number
  temporaryBytes: number
}

const skopeo = (name: string, ...options: string[]): Client => ({
  name,
  command: (archive, image) => ({
    argv: [
      ...['skopeo', '--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false', ...options],
      ...[`docker-archive:${archive}`, `docker://${image}`],
    ],
    // Its cache lies in the home then, also for root: a fresh runner has none.
    env: { _CONTAINERS_ROOTLESS_UID: '1000' },
  }),
})

const ours = (name: string, inputs: Record<string, string> = {}): Client => ({
  name,
  command: (archive, image) => {
    const [, repository = '', tags = ''] = /^(.*):([^:/]+)$/.exec(image) ?? []
    const all = Object.entries({ archive, repository, tags, ...inputs })
    return {
      argv: [process.execPath, join(root, 'actions', 'push-image', 'dist', 'index.js')],
      env: Object.fromEntries(all.map(([key, value]) => [`INPUT_${key.toUpperCase()}`, value])),
    }
  },
})

const crane: Client = {
  name: 'crane',
  command: (archive, image) => ({ argv: ['crane', 'push', '--insecure', archive, image] }),
}

/** The clients, each in the modes that are compared. */
export const clients = {
  gzip: ours('push-image'),
  zstd: ours('push-image zstd', { compression: 'zstd' }),
  skopeo: skopeo('skopeo', '--dest-compress-format', 'gzip', '--dest-compress-level', '1'),
  skopeoZstd: skopeo('skopeo zstd', '--dest-compress-format', 'zstd', '--dest-compress-level', '1'),
  skopeoPrecompute: skopeo(
    'skopeo precompute',
    ...['--dest-precompute-digests', '--dest-compress-format', 'gzip', '--dest-compress-level', '1'],
  ),
  crane,
} as const

/** Runs a client as a fresh runner would: an empty home, an empty temporary folder. Throws where it fails. */
export async function measureClient(client: Client, archive: string, image: string): Promise<Cost> {
  const home = mkdtempSync(join(tmpdir(), 'bench-home-'))
  const temporary = join(home, 'tmp')
  mkdirSync(temporary)
  try {
    const { argv, env } = client.command(archive, image)
    const measure = join(root, 'scripts', 'bench', 'measure.py')
    const variables = { TMPDIR: temporary, RUNNER_TEMP: temporary, XDG_RUNTIME_DIR: home, ...env }
    const { stdout } = await promisify(execFile)('python3', [measure, home, ...argv], {
      env: childEnv(home, variables),
    })
    const { exitCode, error, ...cost } = JSON.parse(stdout)
    if (exitCode !== 0) throw new Error(`${client.name}: ended with ${exitCode}: ${error}`)
    return cost
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
