import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listFiles } from '../../scripts/adopt/files.ts'
import { root } from '../../scripts/local-aws-process.ts'

const workflows = globSync(['.github/workflows/*.yml', 'test/workflows/*.yml'], { cwd: root }).sort()
const actions = globSync(['actions/*/action.yml', '.github/actions/*/action.yml'], { cwd: root }).sort()
const actionlint = join(root, '.tools', 'actionlint')

it('finds workflows and actions', () => {
  expect(workflows).toContain('.github/workflows/ci.yml')
  expect(actions).toContain('actions/push-image/action.yml')
})

const zizmor = (paths: readonly string[]) =>
  run(join(root, '.venv', 'bin', 'zizmor'), [...zizmorOptions, ...paths])
const zizmorOptions = [
  ...['--offline', '--quiet', '--persona', 'pedantic', '--format', 'plain'],
  ...['--config', join(root, '.github', 'zizmor.yml')],
]
const finding = /^(error|warning|help|note|info)\[/m

it('is clean for zizmor, at its most pedantic', () => {
  expect(zizmor([...workflows, ...actions])).not.toMatch(finding)
})

it('is clean for zizmor and actionlint where another repository has adopted it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'adopted-'))
  const files = listFiles({ repository: 'acme/toolkit', sha: 'a'.repeat(40), version: 'v1.0.0' })
  const adopted = files.filter(({ path }) => path.startsWith('.github/workflows/'))
  mkdirSync(join(folder, '.github/workflows'), { recursive: true })
  for (const { path, content } of adopted) writeFileSync(join(folder, path), content)
  const paths = adopted.map(({ path }) => join(folder, path))
  expect(zizmor(paths)).not.toMatch(finding)
  if (existsSync(actionlint)) {
    const config = ['-config-file', join(root, '.github', 'actionlint.yaml')]
    expect(run(actionlint, ['-no-color', ...config, ...paths], folder)).toBe('')
  }
})

it.runIf(existsSync(actionlint))('is clean for actionlint and shellcheck', () => {
  const shellcheck = join(root, '.venv', 'bin', 'shellcheck')
  expect(run(actionlint, ['-no-color', '-shellcheck', shellcheck, ...workflows])).toBe('')
})

function run(command: string, args: readonly string[], cwd = root): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { stdout = '', stderr = '' } = Object(error)
    return `${stdout}${stderr}`
  }
}
