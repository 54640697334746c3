import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { actions, hashSources, sourcesFile } from './bundle.ts'
import { root } from './local-aws-process.ts'

/** Bundles one action into its `dist/`: the same bytes for the same sources, in any folder. */
function build(action: string): void {
  const folder = join(root, 'actions', action)
  const dist = join(folder, 'dist')
  rmSync(dist, { recursive: true, force: true })
  const ncc = join(root, 'node_modules', '@vercel', 'ncc', 'dist', 'ncc', 'cli.js')
  const args = [
    'build',
    join(folder, 'main.ts'),
    '-o',
    dist,
    '--minify',
    '--no-cache',
    '--license',
    'licenses.txt',
  ]
  execFileSync(process.execPath, [ncc, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  writeFileSync(sourcesFile(action), `${hashSources(action)}\n`)
}

const wanted = process.argv.slice(2)
for (const action of wanted.length > 0 ? wanted : actions) {
  const start = performance.now()
  build(action)
  console.log(`built actions/${action}/dist (${((performance.now() - start) / 1000).toFixed(1)} s)`)
}
