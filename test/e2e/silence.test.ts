import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runActionProcess } from '../../scripts/action-process.ts'
import { childEnv, localAwsEnv } from '../../scripts/child-env.ts'
import { makeImageArchive, writeTemporary } from '../fixtures/archive.ts'
import { startAws } from '../fixtures/aws-server.ts'

const target = { account: '111122223333', region: 'ap-northeast-2' }

// A runner kills a cancelled step after 10 s.
const mostMs = 10_000

it.each<[string, Record<string, string>]>([
  ['deploy-stack', { stacks: 'cloudformation/stacks.yml', prefix: 'ddn', mode: 'preview' }],
  ['pause-resume', { operation: 'pause', cluster: 'c', services: 'all' }],
  ['billing-report', { mode: 'status' }],
  ['push-image', { archive: writeTemporary(makeImageArchive(['one'])), repository: 'app' }],
])('SIGINT ends %s at its first call to an AWS that is silent', async (action, inputs) => {
  const cancel = new AbortController()
  let askedAt = 0
  const { config } = await startAws(() => {
    askedAt ||= performance.now()
    cancel.abort()
  })
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  const env = childEnv(home, { ...localAwsEnv({ endpoint: config.endpoint, ...target }), RUNNER_TEMP: home })
  const run = await runActionProcess({ action, inputs, env, signal: cancel.signal })
  expect(askedAt, run.lines.join('\n')).toBeGreaterThan(0)
  expect(performance.now() - askedAt).toBeLessThan(mostMs)
  expect([run.exitCode, run.outputs.result]).toEqual([1, 'cancelled'])
  expect(run.summary).toContain('cancelled')
})
