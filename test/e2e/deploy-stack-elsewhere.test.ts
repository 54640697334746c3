import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../scripts/local-aws-process.ts'
import { localAws } from '../local-aws.ts'

it('plans the stacks that it brings where the folder is empty', () => {
  const { env } = localAws()
  const cwd = mkdtempSync(join(tmpdir(), 'elsewhere-'))
  const image = `111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/app@sha256:${'0'.repeat(64)}`
  const script = join(root, 'scripts/run-action.ts')
  const args = [script, 'deploy-stack', '--dry-run', '--parameters', `ImageUri=${image}`]
  const stdout = execFileSync(process.execPath, args, { cwd, env, encoding: 'utf8' })
  const brought = join(root, 'cloudformation/stacks.yml')
  expect(stdout).toContain(`stacks: ${brought}, brought by the action, since the workspace has no `)
  expect(stdout).toContain('deploy ddn-billing after ')
  expect(stdout).toContain('result: planned')
})
