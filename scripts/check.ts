import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
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
  ['format and lint', bin('biome'), ['check', '.']],
  ['types', bin('tsc'), ['--noEmit', '-p', '.']],
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

let failed = 0
for (const [name, command, args, folder = '.'] of checks) {
  const start = performance.now()
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: join(root, folder),
    encoding: 'utf8',
  })
  console.log(
    `${status === 0 ? 'ok' : 'FAILED'}: ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`,
  )
  if (status === 0) continue
  failed++
  console.log(error ? `${error.message}; run node scripts/setup.mjs --tests` : `${stdout}${stderr}`)
}
console.log(`${checks.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
