import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..')

/** The actions of this repository, in the order of the service's life. */
export const actions: readonly string[] = [
  'push-image',
  'deploy-stack',
  'check-service',
  'pause-resume',
  'billing-report',
  'notify',
]

/** Programs of threads, by action: folder below `dist/` to source. */
export const threads: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'push-image': { 'compress-worker': 'lib/compression/worker.ts' },
}

/** The Lambda functions, whose bundles lie beside them. */
export const functions: readonly string[] = ['presign', 'authorizer']

/** Bundles a program into a folder: the same bytes for the same sources, in any place. */
export async function bundle(file: string, folder: string): Promise<void> {
  const dist = resolve(root, folder)
  rmSync(dist, { recursive: true, force: true })
  const ncc = join(root, 'node_modules', '@vercel', 'ncc', 'dist', 'ncc', 'cli.js')
  // `npm run check` checks the types, once for all.
  const options = ['--minify', '--no-cache', '--license', 'licenses.txt', '--transpile-only']
  const args = ['build', join(root, file), '-o', dist, ...options]
  await promisify(execFile)(process.execPath, [ncc, ...args], { cwd: root })
}

/** Hashes all that an action's bundle is made of (its sources, `lib/` and the lockfile), as hex SHA-256. */
export function hashSources(action: string): string {
  const files = globSync([`actions/${action}/**/*.ts`, 'lib/**/*.ts', 'package-lock.json'], {
    cwd: root,
    exclude: (name) => name.includes('dist'),
  }).sort()
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  return hash.digest('hex')
}

/** Names the file beside a bundle that keeps the hash of the sources it was made of. */
export function sourcesFile(action: string): string {
  return join(root, 'actions', action, 'dist', 'sources.sha256')
}

/** Finds what to run for an action: its bundle, or `main.ts` where the bundle is older than the sources. */
export function findEntryPoint(action: string): { path: string; stale: boolean } {
  const folder = join(root, 'actions', action)
  const file = sourcesFile(action)
  const current = existsSync(file) && readFileSync(file, 'utf8').trim() === hashSources(action)
  if (current) return { path: join(folder, 'dist', 'index.js'), stale: false }
  if (process.env.BUNDLE === '1') {
    throw new Error(`actions/${action}/dist: older than its sources; run npm run build`)
  }
  return { path: join(folder, 'main.ts'), stale: true }
}
