import { execFileSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../scripts/local-aws-process.ts'

const workflows = globSync(['.github/workflows/*.yml', 'test/workflows/*.yml'], { cwd: root }).sort()
const actions = globSync(['actions/*/action.yml', '.github/actions/*/action.yml'], { cwd: root }).sort()
const actionlint = join(root, '.tools', 'actionlint')

it('finds workflows and actions', () => {
  expect(workflows).toContain('.github/workflows/ci.yml')
  expect(actions).toContain('actions/push-image/action.yml')
})

it('is clean for zizmor, at its most pedantic', () => {
  const zizmor = join(root, '.venv', 'bin', 'zizmor')
  const args = [
    '--offline',
    '--quiet',
    '--persona',
    'pedantic',
    '--format',
    'plain',
    ...workflows,
    ...actions,
  ]
  expect(run(zizmor, args)).not.toMatch(/^(error|warning|help|note|info)\[/m)
})

it.runIf(existsSync(actionlint))('is clean for actionlint and shellcheck', () => {
  const shellcheck = join(root, '.venv', 'bin', 'shellcheck')
  expect(run(actionlint, ['-no-color', '-shellcheck', shellcheck, ...workflows])).toBe('')
})

function run(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { stdout = '', stderr = '' } = Object(error)
    return `${stdout}${stderr}`
  }
}
