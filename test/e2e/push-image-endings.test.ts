import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runActionProcess } from '../../scripts/action-process.ts'
import { childEnv } from '../../scripts/child-env.ts'
import { startOciRegistry } from '../fakes/oci-registry.ts'
import { makeImageArchive, writeTemporary } from '../fixtures/archive.ts'

async function startRegistry() {
  const registry = await startOciRegistry()
  onTestFinished(() => registry.close())
  return registry
}

type Options = { cancelAt?: (line: string) => boolean; temporary?: string }

async function push(
  host: string,
  inputs: Record<string, string> = {},
  { cancelAt, temporary }: Options = {},
) {
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  const cancel = new AbortController()
  const run = await runActionProcess({
    action: 'push-image',
    inputs: {
      archive: writeTemporary(makeImageArchive(['one', 'two'])),
      repository: `${host}/team/app`,
      tags: 'v1,v2',
      ...inputs,
    },
    env: { ...childEnv(home), RUNNER_TEMP: temporary ?? home },
    onLine: (line) => {
      if (cancelAt?.(line)) cancel.abort()
    },
    signal: cancel.signal,
  })
  const { report: path } = run.outputs
  const text = path ? readFileSync(path, 'utf8') : '{}'
  return { ...run, report: JSON.parse(text), told: [...run.lines, run.summary, text].join('\n') }
}

describe('push-image', () => {
  it('gives the digest of a push that succeeded also where the report cannot be written', async () => {
    const { host } = await startRegistry()
    const { exitCode, outputs, summary, lines } = await push(host, {}, { temporary: '/dev/full' })
    expect([exitCode, outputs.result]).toEqual([0, 'pushed'])
    expect(outputs.digest).toMatch(/^sha256:/)
    expect(summary).toContain('## Image pushed')
    expect(lines.some((line) => line.startsWith('::warning::report: cannot be written'))).toBe(true)
  })

  it('tells which tags were moved, and which were not, where the second is refused', async () => {
    const registry = await startRegistry()
    const fault = registry.fail({
      method: 'PUT',
      path: /manifests\/v2$/,
      trouble: { kind: 'status', status: 403 },
    })
    const { exitCode, outputs, report, summary } = await push(registry.host)
    expect([exitCode, fault.fired]).toEqual([1, 1])
    expect(outputs).toMatchObject({ result: 'refused', 'pushed-tags': 'v1', 'reused-bytes': '0' })
    expect(outputs['image-uri']).toBe(`${registry.host}/team/app@${outputs.digest}`)
    expect(registry.repositories.get('team/app')?.tags.get('v1')).toBe(outputs.digest)
    expect(report).toMatchObject({ notDone: ['move tag v2'], tags: ['v1'] })
    expect(report.done).toHaveLength(3)
    expect(summary).toContain(`- tag v1 names ${outputs.digest}`)
  })

  it('tells what was sent where it is cancelled', async () => {
    const registry = await startRegistry()
    // Where the cancel comes late, the first tag waits for it.
    registry.fail({ method: 'PUT', path: /manifests\/v1$/, trouble: { kind: 'silence' } })
    let sent = 0
    const { exitCode, outputs, report, summary } = await push(
      registry.host,
      { concurrency: '1' },
      {
        cancelAt: (line) => line.startsWith('sent sha256:') && ++sent === 2,
      },
    )
    expect(exitCode).toBe(1)
    expect(outputs).toMatchObject({ result: 'cancelled', 'pushed-tags': '' })
    expect(outputs.digest).toBeUndefined()
    expect(report.done).toHaveLength(2)
    expect(report.notDone).toEqual(['move tag v1', 'move tag v2'])
    expect(summary).toContain('cancelled')
  })

  it('lets no error of a registry be a command, a link or a picture', async () => {
    const registry = await startRegistry()
    const message =
      'hello\n::warning file=x::owned\r\n::error::fake%0Aerror \u001b[31m ![x](http://127.0.0.1:9/p.png)'
    const code =
      'X\n::set-output name=image-uri::evil\n::add-mask::image\n::stop-commands::pwn\n##[add-mask]x'
    const body = JSON.stringify({ errors: [{ code, message }] })
    const headers = { 'content-type': 'application/json' }
    registry.fail({ operation: 'start', times: 9, trouble: { kind: 'status', status: 400, headers, body } })
    const { exitCode, lines, summary, outputs } = await push(registry.host)
    expect([exitCode, outputs.result, outputs['image-uri']]).toEqual([1, 'failed', undefined])
    expect(lines.filter((line) => /^\s*::/.test(line))).toEqual([expect.stringContaining('::error::POST ')])
    for (const text of ['##[', '\u001b']) expect(lines.join('\n')).not.toContain(text)
    expect(summary).toContain('hello')
    expect(summary).not.toMatch(/!\[x\]|http:\/\/127.0.0.1:9/)
  })

  it.each([
    ['a user in the repository', { repository: 'user:CANARY@127.0.0.1:1/x/y' }, 'refused'],
    ['a password alone', { password: 'CANARY' }, 'refused'],
    [
      'a signed address of the archive',
      { archive: 'https://b.example/a.tar?X-Amz-Signature=CANARY' },
      'refused',
    ],
    ['a password that the registry echoes', { username: 'u', password: 'CANARY' }, 'refused'],
  ])('tells no secret: %s', async (_, inputs, result) => {
    const registry = await startRegistry()
    const echo = {
      kind: 'status' as const,
      status: 403,
      headers: { 'content-type': 'text/plain' },
      body: 'it was CANARY',
    }
    registry.fail({ operation: 'manifest', times: 9, trouble: echo })
    const { outputs, told } = await push(registry.host, inputs)
    expect(outputs.result).toBe(result)
    expect(told.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain('CANARY')
  })
})
