import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { root, startLocalAws } from '../../../scripts/local-aws-process.ts'

/** Runs what `npm run local-aws` runs; `line` gives the first line of its output that has a text. */
function runCommand(args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'scripts', 'local-aws.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  const ended = once(child, 'close').then(([code]) => code)
  const line = async (text: string) => {
    await expect.poll(() => lines.join('\n'), { timeout: 10_000 }).toContain(text)
    return lines.find((each) => each.includes(text)) ?? ''
  }
  return { child, ended, line, lines }
}

it('prints the endpoint, the page and the lines for a shell, and ends with Ctrl-C, its state kept', async () => {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  const { child, ended, line, lines } = runCommand(['--port', '0', '--state', state])
  await line(`Ctrl-C ends it, and the tasks that it runs; ${state} keeps what exists`)
  const endpoint = (await line('export AWS_ENDPOINT_URL=')).split('=')[1] ?? ''
  expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(lines.join('\n')).toContain(`what exists is shown at ${endpoint}/_local/`)
  expect(lines).toContain('export AWS_ACCESS_KEY_ID=111122223333')
  const page = await fetch(`${endpoint}/_local/`)
  expect(await page.text()).toContain('Nothing yet')
  child.kill('SIGINT')
  expect(await ended).toBe(0)
  await expect(fetch(endpoint)).rejects.toThrow()
  expect(existsSync(join(state, 'state', 'local_aws.json'))).toBe(true)
})

it('says in one sentence what is wrong with its port', async () => {
  const { ended, lines } = runCommand(['--port', 'http'])
  expect(await ended).toBe(1)
  expect(lines).toEqual(['--port: expected a whole number from 0 (any free one) to 65535, got "http"'])
})

it('does not share its folder for state with another one', async () => {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  const first = await startLocalAws({ state })
  await expect(startLocalAws({ state })).rejects.toThrow(
    `local AWS: --state: ${state} is in use by another local AWS; choose another`,
  )
  process.kill(first.pid, 'SIGKILL')
  await first.stop()
  await (await startLocalAws({ state })).stop()
})

it('says in one sentence that its folder for state is none', async () => {
  const { ended, lines } = runCommand(['--port', '0', '--state', join(root, 'README.md')])
  expect(await ended).toBe(1)
  expect(lines).toEqual([
    `local AWS: --state: expected a folder that can be written, got ${join(root, 'README.md')}: File exists`,
  ])
})

it.each([
  ['an older version', '1', 'version 1'],
  ['a newer version', '99', 'version 99'],
  ['no version', undefined, 'none'],
])('refuses state of %s in one sentence, and leaves it as it is', async (_, version, got) => {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  mkdirSync(join(state, 'state'))
  const mark = join(state, 'version')
  if (version) writeFileSync(mark, version)
  const { ended, lines } = runCommand(['--port', '0', '--state', state])
  expect(await ended).toBe(1)
  expect(lines).toEqual([
    `local AWS: --state: expected state of version 4 in ${state}, got ${got}; start with an empty folder`,
  ])
  expect(existsSync(mark) ? readFileSync(mark, 'utf8') : undefined).toBe(version)
})
