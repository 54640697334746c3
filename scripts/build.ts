import { writeFileSync } from 'node:fs'
import { bundle } from './bundle.ts'
import { actions, functions, hashSources, sourcesFile, threads } from './entry-point.ts'

async function buildAction(action: string): Promise<void> {
  const dist = `actions/${action}/dist`
  await bundle(`actions/${action}/main.ts`, dist, { splits: true })
  // A thread runs a program of its own.
  for (const [name, file] of Object.entries(threads[action] ?? {})) await bundle(file, `${dist}/${name}`)
  writeFileSync(sourcesFile(action), `${hashSources(action)}\n`)
}

const wanted = process.argv.slice(2)
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name)
const builds = [
  ...actions
    .filter(isWanted)
    .map((name) => ({ folder: `actions/${name}`, build: async () => await buildAction(name) })),
  ...functions.filter(isWanted).map((name) => ({
    folder: `lambda/${name}`,
    build: async () => await bundle(`lambda/${name}/handler.ts`, `lambda/${name}/dist`),
  })),
]

for (const { folder, build } of builds) {
  const start = performance.now()
  await build()
  console.log(`built ${folder}/dist (${((performance.now() - start) / 1000).toFixed(1)} s)`)
}
