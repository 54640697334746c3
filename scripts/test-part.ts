import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './local-aws-process.ts'

/** What one part of the tests came to. */
export type Count = { passed: number; failed: number; skipped: number }

/** One part of the tests: a title and how to run it. */
export type Part = { title: string; run: () => Promise<Count> }

/** A part that ended without a result counts as one failure. */
const noResult: Count = { passed: 0, failed: 1, skipped: 0 }

/** Runs the vitest files below some folders, as a part. */
export function vitestPart(
  title: string,
  project: 'unit' | 'processes' | 'aws' | 'pages',
  folders: readonly string[] = [],
): Part {
  return { title, run: () => runVitest(title, ['--project', project, ...folders]) }
}

async function runVitest(title: string, args: readonly string[]): Promise<Count> {
  const file = join(root, 'out', 'test', `${title.replaceAll(' ', '-')}.json`)
  mkdirSync(join(root, 'out', 'test'), { recursive: true })
  rmSync(file, { force: true })
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const temporary = mkdtempSync(join(tmpdir(), 'test-'))
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary },
    stdio: 'inherit',
  })
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 1)))
  rmSync(temporary, { recursive: true, force: true })
  if (!existsSync(file)) return noResult
  const report: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const count = readVitestCount(report)
  // A run that fails outside of a test (a hook, an unhandled rejection) has no failed test.
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count
}

function readVitestCount(report: unknown): Count {
  const number = (key: string): number => {
    const value =
      report !== null && typeof report === 'object' && key in report ? Reflect.get(report, key) : 0
    return typeof value === 'number' ? value : 0
  }
  const count = {
    passed: number('numPassedTests'),
    failed:
      number('numFailedTests') + number('numFailedTestSuites') * (number('numFailedTests') === 0 ? 1 : 0),
    skipped: number('numPendingTests') + number('numTodoTests'),
  }
  return count.passed + count.failed + count.skipped === 0 ? noResult : count
}

/** Runs a script of ours whose last line is `N passed, N failed`, as a part. */
export function scriptPart(title: string, script: string): Part {
  return {
    title,
    run: async () => {
      const { stdout } = spawnSync(process.execPath, [join(root, script)], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      process.stdout.write(stdout)
      const last = /(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/.exec(stdout)
      return last
        ? { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) }
        : noResult
    },
  }
}

/** Runs the parts one after the other, prints the seconds of each, and the sum alone on the last line. */
export async function runParts(parts: readonly Part[]): Promise<void> {
  const results: { title: string; seconds: number; count: Count }[] = []
  for (const { title, run } of parts) {
    console.log(`\n# ${title}`)
    const start = performance.now()
    const count = await run().catch((error: unknown) => {
      console.error(error)
      return noResult
    })
    results.push({ title, seconds: (performance.now() - start) / 1000, count })
  }
  console.log('')
  for (const { title, seconds, count } of results) {
    console.log(`${title}: ${renderCount(count)} in ${seconds.toFixed(0)} s`)
  }
  const sum = results.reduce((all, { count }) => add(all, count), { passed: 0, failed: 0, skipped: 0 })
  console.log(renderCount(sum))
  process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1
}

const add = (a: Count, b: Count): Count => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
})

const renderCount = ({ passed, failed, skipped }: Count) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
