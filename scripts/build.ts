import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { mapConcurrently } from '../lib/map-concurrently.ts'
import { actions, bundle, functions, hashSources, sourcesFile, threads } from './bundle.ts'

async function buildAction(action: string): Promise<void> {
  const dist = `actions/${action}/dist`
  await bundle(`actions/${action}/main.ts`, dist)
  // A thread needs a program of its own: the bundler would copy its source as it is.
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

// The bundler works on one core.
const concurrency = Math.min(availableParallelism(), 4)
await mapConcurrently(builds, { concurrency }, async ({ folder, build }) => {
  const start = performance.now()
  await build()
  console.log(`built ${folder}/dist (${((performance.now() - start) / 1000).toFixed(1)} s)`)
})
