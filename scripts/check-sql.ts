import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './local-aws-process.ts'
import { runMain } from './run-main.ts'
import { runParts, vitestPart } from './test-part.ts'

const folder = join(root, 'test', 'fixtures', 'trino')
const classpathFile = join(root, '.tools', 'trino-classpath.txt')

/**
 * Runs the tests of the bill's SQL on Trino, which Athena is made of, in place of DuckDB, and whole random months beside
 * DuckDB: rows and bills have to be equal. A number says how many months.
 */
await runMain(async () => {
  const missing = ['java', 'mvn'].filter((name) => spawnSync(name, ['-version']).error)
  if (missing.length > 0)
    throw new Error(`${missing.join(', ')}: not found; install Java 17 to 21 and Maven, which brings Trino`)
  mkdirSync(join(root, '.tools'), { recursive: true })
  const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${classpathFile}`]
  execFileSync('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), ...goal], { stdio: 'inherit' })
  const classpath = readFileSync(classpathFile, 'utf8').trim()
  // Each query is compiled anew: to do that well takes longer than to run it, and fills the usual cache within some months.
  const compiler = ['-XX:TieredStopAtLevel=1', '-XX:ReservedCodeCacheSize=1g', '-XX:+UseSerialGC']
  // The answers have stdout for themselves.
  const options = ['-Xmx2g', ...compiler, '-XX:+DisplayVMOutputToStderr', '-Dfile.encoding=UTF-8']
  const java = ['java', ...options, '-cp', classpath, join(folder, 'Trino.java')]
  process.env.SQL_ENGINE = JSON.stringify(java)
  process.env.RANDOM_MONTHS = process.argv[2] ?? '3'
  await runParts([
    vitestPart('SQL on Trino', 'unit', ['test/billing-report/plan/sql.test.ts']),
    vitestPart('months on Trino and DuckDB', 'processes', ['test/billing-report/random-months.test.ts']),
  ])
  return process.exitCode === 0 ? 0 : 1
})
