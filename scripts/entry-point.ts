import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

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
