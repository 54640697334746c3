import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, vi } from 'vitest'
import { childEnv } from '../../scripts/child-env.ts'
import { root, startLocalAws } from '../../scripts/local-aws-process.ts'

// The commands of the guide as they stand, but for the port, the archive's place and the start itself.
const guide = readFileSync(join(root, 'docs', 'local-aws.md'), 'utf8')
const [start = '', ...blocks] = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')

it('does what the guide says, and goes on after a restart', async () => {
  expect(start).toBe('npm run local-aws -- --port 4566 --state my-aws\n')
  const folder = mkdtempSync(join(tmpdir(), 'guide-'))
  const state = join(folder, 'my-aws')
  const first = await startLocalAws({ state })
  const script = blocks
    .join('\n')
    .replaceAll('http://127.0.0.1:4566', first.endpoint)
    .replaceAll('out/app.tar', join(folder, 'app.tar'))
  const run = promisify(execFile)('bash', ['-ec', script], { cwd: root, env: childEnv(folder) })
  const { stdout } = await run.finally(first.stop)
  expect(stdout).toContain('result: created')
  expect(stdout).toContain('{"status":"ok"}')
  expect(stdout).toContain('result: previewed')
  expect(stdout).toContain('result: resumed')
  const second = await startLocalAws({ state, port: Number(new URL(first.endpoint).port) })
  try {
    const ping = async () => (await fetch(`${second.endpoint}/_alb/ddn-alb/ping`)).status
    await vi.waitFor(async () => expect(await ping()).toBe(200), { timeout: 20_000, interval: 200 })
  } finally {
    await second.stop()
  }
})
