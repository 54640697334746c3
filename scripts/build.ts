import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { actions, functions, hashSources, sourcesFile, threads } from './bundle.ts'
import { root } from './local-aws-process.ts'

/** Bundles a program into a folder: the same bytes for the same sources, in any place. */
function bundle(file: string, folder: string): void {
  const dist = join(root, folder)
  rmSync(dist, { recursive: true, force: true })
  const ncc = join(root, 'node_modules', '@vercel', 'ncc', 'dist', 'ncc', 'cli.js')
  const options = ['--minify', '--no-cache', '--license', 'licenses.txt']
  const args = ['build', join(root, file), '-o', dist, ...options]
  execFileSync(process.execPath, [ncc, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
}

function measure(folder: string, build: () => void): void {
  const start = performance.now()
  build()
  console.log(`built ${folder}/dist (${((performance.now() - start) / 1000).toFixed(1)} s)`)
}

const wanted = process.argv.slice(2)
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name)
for (const action of actions.filter(isWanted)) {
  const dist = `actions/${action}/dist`
  measure(`actions/${action}`, () => {
    bundle(`actions/${action}/main.ts`, dist)
    // A thread needs a program of its own: the bundler would copy its source as it is.
    for (const [name, file] of Object.entries(threads[action] ?? {})) bundle(file, `${dist}/${name}`)
    writeFileSync(sourcesFile(action), `${hashSources(action)}\n`)
  })
}
for (const name of functions.filter(isWanted)) {
  measure(`lambda/${name}`, () => bundle(`lambda/${name}/handler.ts`, `lambda/${name}/dist`))
}
