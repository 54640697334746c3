import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './local-aws-process.ts'
import { runMain } from './run-main.ts'
import { runParts, vitestPart } from './test-part.ts'

const folder = join(root, 'test', 'fixtures', 'trino')
const classpathFile = join(root, '.tools', 'trino-classpath.txt')

/** Runs the tests of the bill's SQL on Trino, which Athena is made of, in place of DuckDB. */
await runMain(async () => {
  const missing = ['java', 'mvn'].filter((name) => spawnSync(name, ['-version']).error)
  if (missing.length > 0)
    throw new Error(`${missing.join(', ')}: not found; install Java 17 to 21 and Maven, which brings Trino`)
  mkdirSync(join(root, '.tools'), { recursive: true })
  const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${classpathFile}`]
  execFileSync('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), ...goal], { stdio: 'inherit' })
  const classpath = readFileSync(classpathFile, 'utf8').trim()
  const java = ['java', '-Xmx2g', '-Dfile.encoding=UTF-8', '-cp', classpath, join(folder, 'Trino.java')]
  process.env.SQL_ENGINE = JSON.stringify(java)
  await runParts([vitestPart('SQL on Trino', 'unit', ['test/billing-report/plan/sql.test.ts'])])
  return process.exitCode === 0 ? 0 : 1
})
