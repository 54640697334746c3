import { globSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../lib/errors.ts'
import { type Life, steps } from './demo/life.ts'
import { openPlace } from './demo/place.ts'
import { makeScreen } from './demo/screen.ts'
import { root } from './local-aws-process.ts'

type Done = { title: string; result: string; seconds: number }

/** Runs the whole life of the service on the local AWS, with the real actions; true where all of it worked. */
async function main(): Promise<boolean> {
  const abort = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort())
  const out = join(root, 'out')
  for (const old of globSync('[0-9][0-9]-*', { cwd: out })) rmSync(join(out, old), { recursive: true })
  mkdirSync(out, { recursive: true })
  const screen = makeScreen(process.stdout)
  screen.begin('Start the local AWS')
  const begin = performance.now()
  const place = await openPlace(out, screen.line, abort.signal)
  const seconds = (performance.now() - begin) / 1000
  screen.end(place.endpoint, seconds)
  const life: Life = { archive: join(out, 'deepdenoising.triton.tar'), imageUri: '', outputs: {} }
  const done: Done[] = [{ title: 'Start the local AWS', result: place.endpoint, seconds }]
  try {
    for (const step of steps) {
      abort.signal.throwIfAborted()
      screen.begin(step.title)
      const start = performance.now()
      const result = await step.run(place, life)
      done.push({ title: step.title, result, seconds: (performance.now() - start) / 1000 })
      screen.end(result, done.at(-1)?.seconds ?? 0)
    }
  } catch (error) {
    screen.fail(abort.signal.aborted ? 'interrupted' : messageOf(error))
    return false
  } finally {
    await place.close()
  }
  printTable(done)
  return true
}

function printTable(done: readonly Done[]): void {
  const width = Math.max(...done.map(({ title }) => title.length))
  console.log('')
  for (const { title, result, seconds } of done) {
    console.log(`${title.padEnd(width)}  ${seconds.toFixed(1).padStart(5)} s  ${result}`)
  }
  const total = done.reduce((sum, { seconds }) => sum + seconds, 0)
  console.log(`${''.padEnd(width)}  ${total.toFixed(1).padStart(5)} s\n`)
  printReports()
}

function printReports(): void {
  console.log('The reports:')
  for (const folder of globSync('out/[0-9][0-9]-*', { cwd: root }).sort()) {
    console.log(`  ${folder}: ${readdirSync(join(root, folder)).sort().join(', ')}`)
  }
}

process.exitCode = (await main()) ? 0 : 1
