import { globSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../lib/errors.ts'
import { newLife, steps } from './demo/life.ts'
import { drawSummaries } from './demo/pictures.ts'
import { openPlace, type Place } from './demo/place.ts'
import { makeScreen } from './demo/screen.ts'
import { root } from './local-aws-process.ts'
import { requireNoMissingApi } from './missing-apis.ts'

type Done = { title: string; result: string; seconds: number }

/** Runs the whole life of the service on the local AWS, with the real actions; true where all of it worked. */
async function main(): Promise<boolean> {
  const abort = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort())
  const out = join(root, 'out')
  for (const old of globSync('[0-9][0-9]-*', { cwd: out })) rmSync(join(out, old), { recursive: true })
  mkdirSync(out, { recursive: true })
  const screen = makeScreen(process.stdout)
  const done: Done[] = []
  const follow = async <T>(title: string, run: () => Promise<T>, render: (value: T) => string) => {
    abort.signal.throwIfAborted()
    screen.begin(title)
    const start = performance.now()
    const value = await run()
    const step = { title, result: render(value), seconds: (performance.now() - start) / 1000 }
    done.push(step)
    screen.end(step.result, step.seconds)
    return value
  }
  let place: Place | undefined
  try {
    const opened = await follow(
      'Start the local AWS',
      () => openPlace(out, screen.line, abort.signal),
      ({ endpoint }) => endpoint,
    )
    place = opened
    const life = newLife(join(out, 'deepdenoising.triton.tar'))
    for (const step of steps) {
      await follow(
        step.title,
        () => step.run(opened, life),
        (result) => result,
      )
    }
    await requireNoMissingApi(place.endpoint)
    await drawSummaries(out)
  } catch (error) {
    screen.fail(abort.signal.aborted ? 'interrupted' : messageOf(error))
    return false
  } finally {
    await place?.close()
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
  console.log('\nThe bill as a page: out/15-bill/bill-2026-09.html')
  console.log('The job summary of each action as a picture: out/pictures/')
}

process.exitCode = (await main()) ? 0 : 1
