import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { mapConcurrently } from '../lib/map-concurrently.ts'
import { root } from './local-aws-process.ts'

const bin = (name: string) => join(root, 'node_modules', '.bin', name)
const venv = (name: string) => join(root, '.venv', 'bin', name)

const checkov = (name: string) => join(root, '.tools', 'checkov', 'bin', name)

const pythonFolders = ['local-aws', 'example', 'test']
const templates = globSync('cloudformation/*.yml', { cwd: root, exclude: ['**/stacks.yml'] }).sort()

/** Everything that is checked without running the code: name, command, arguments, folder to run it in. */
const checks: readonly (readonly [
  name: string,
  command: string,
  args: readonly string[],
  folder?: string,
])[] = [
  ['types', bin('tsc'), ['--noEmit', '-p', '.']],
  ['format and lint', bin('biome'), ['check', '.']],
  ['imports', process.execPath, [bin('depcruise'), 'actions', 'lib', 'lambda', 'scripts', 'test']],
  ['dead code and dependencies', process.execPath, [bin('knip')]],
  ['Python lint', venv('ruff'), ['check', ...pythonFolders]],
  ['Python format', venv('ruff'), ['format', '--check', ...pythonFolders]],
  ['Python types', venv('mypy'), ['--config-file', 'local-aws/pyproject.toml', 'local-aws/local_aws']],
  ['Python imports', venv('lint-imports'), ['--no-cache', '--no-logo'], 'local-aws'],
  [
    'templates, by cloudformation-validate',
    checkov('python'),
    ['scripts/validate-templates.py', ...templates],
  ],
  ['templates, by checkov', checkov('checkov'), ['--config-file', '.checkov.yaml']],
  ['generated parts of pages and action.yml', process.execPath, ['scripts/generate.ts', '--check']],
  ['bytes of the deflate kernel', process.execPath, ['scripts/build-kernel.ts', '--check']],
  ['sizes of files and functions', process.execPath, ['scripts/numbers.ts', '--check']],
]

// The types take one core as long as half of the others together.
const concurrency = 2

let failed = 0
await mapConcurrently(checks, { concurrency }, async ([name, command, args, folder = '.']) => {
  const start = performance.now()
  const { status, output } = await run(command, args, join(root, folder))
  if (status !== 0) failed++
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(status === 0 ? `ok: ${name} (${seconds} s)` : `FAILED: ${name} (${seconds} s)\n${output}`)
})
console.log(`${checks.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

async function run(command: string, args: readonly string[], cwd: string) {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    const printed = Promise.all([text(child.stdout), text(child.stderr)])
    const [status] = await once(child, 'close')
    return { status, output: (await printed).join('') }
  } catch (error) {
    return { status: 1, output: `${String(error)}; run node scripts/setup.mjs --tests` }
  }
}
