import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './local-aws-process.ts'
import { countByFolder, listSurvivors, parseReport, renderFigures } from './mutants/figures.ts'
import { sampleFiles, sourcesIn } from './mutants/sources.ts'
import { runMain } from './run-main.ts'

const folder = join(root, 'out', 'mutants')
const reportPath = join(folder, 'report.json')
const figuresPath = join(folder, 'figures.json')

const usage = `Usage: npm run mutants -- [--sample SHARE --seed N] [--tests FOLDER] [--quick] [PATH …]

Changes the code in small ways, one at a time, and runs the unit tests that reach each change: a change that
no test notices survives. PATH is a file or folder of actions/ or lib/ (default: both, about an hour).
--sample 0.2 takes a fifth of the files; --seed chooses which.
--tests test/lib/registry runs only the tests in that folder: several times as fast, but other tests may notice
what survives. --quick leaves out what is evaluated when a file is loaded, such as patterns and tables: each such
change runs all the tests.`

type Effort = { tests: string; quick: boolean }

/** Runs Stryker over the files, and gives its exit code. Its own progress goes to the terminal. */
function runStryker(files: readonly string[], { tests, quick }: Effort): number {
  rmSync(reportPath, { force: true })
  const stryker = join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js')
  const args = [stryker, 'run', 'test/mutants/stryker.config.json', '--mutate', files.join(',')]
  if (quick) args.push('--ignoreStatic')
  // test/mutants/vitest.config.ts reads it.
  const env = { ...process.env, MUTANTS_TESTS: tests }
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status ?? 1
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      sample: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      tests: { type: 'string', default: 'test' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const found = await sourcesIn(root, positionals.length > 0 ? positionals : ['actions', 'lib'])
  const files = sampleFiles(found, Number(values.sample), values.seed)
  if (files.length === 0) throw new Error(`expected sources below ${positionals.join(', ')}, found none`)
  const status = runStryker(files, values)
  if (status !== 0) return status
  const report = parseReport(readFileSync(reportPath, 'utf8'))
  for (const line of listSurvivors(report)) console.log(line)
  const figures = countByFolder(report)
  mkdirSync(folder, { recursive: true })
  writeFileSync(figuresPath, `${JSON.stringify(figures, undefined, 2)}\n`)
  console.log(renderFigures(figures))
  return 0
}

await runMain(main)
