import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { root } from '../../scripts/local-aws-process.ts'

type Demo = { lines: string[]; code: Promise<number | null>; kill(signal: NodeJS.Signals): void }

function startDemo(onLine: (line: string) => void = () => {}, env: Record<string, string> = {}): Demo {
  const child = spawn(process.execPath, ['scripts/start.ts'], {
    cwd: root,
    env: { ...process.env, CI: 'true', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    onLine(line)
  })
  const code = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { lines, code, kill: (signal) => child.kill(signal) }
}

const endpointOf = (lines: readonly string[]) => /http:\/\/127\.0\.0\.1:\d+/.exec(lines.join('\n'))?.[0] ?? ''

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  )
}

/** Finds what runs for a local AWS: its actions, scripts and tasks know its endpoint (Linux only). */
function processesOf(endpoint: string): string[] {
  const folders = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  return folders
    .filter((pid) => readProcess(pid, 'environ').includes(endpoint))
    .map((pid) => readProcess(pid, 'cmdline'))
}

function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

async function expectNothingLeft(lines: readonly string[]): Promise<void> {
  const endpoint = endpointOf(lines)
  expect(endpoint).not.toBe('')
  await expect.poll(() => answers(endpoint), { timeout: 20_000 }).toBe(false)
  await expect.poll(() => processesOf(endpoint), { timeout: 20_000 }).toEqual([])
}

it('runs the demo to its end, and leaves nothing behind', async () => {
  const demo = startDemo()
  expect(await demo.code).toBe(0)
  expect(demo.lines.join('\n')).toMatch(/^Destroy everything .* destroyed$/m)
  await expectNothingLeft(demo.lines)
})

it('says in one line that the local AWS does not start', async () => {
  const demo = startDemo(undefined, { TMPDIR: '/not/there' })
  expect(await demo.code).toBe(1)
  expect(demo.lines).toEqual([
    'Start the local AWS',
    expect.stringMatching(/^✗ Start the local AWS: .*\/not\/there/),
  ])
})

it('says which step failed and why, and leaves nothing behind', async () => {
  const archive = join(root, 'out', 'deepdenoising.triton.tar')
  rmSync(archive, { recursive: true, force: true })
  mkdirSync(archive, { recursive: true })
  const demo = startDemo()
  try {
    expect(await demo.code).toBe(1)
  } finally {
    rmSync(archive, { recursive: true })
  }
  expect(demo.lines.at(-1)).toMatch(/^✗ Build the example image: .*EISDIR/)
  await expectNothingLeft(demo.lines)
})

const moments = [
  '→ http://127.0.0.1',
  'ddn-service: CREATE_IN_PROGRESS',
  'Denoise a picture',
  'ddn-service: DELETE',
]

it.each(
  moments.flatMap((moment) => (['SIGKILL', 'SIGINT'] as const).map((signal) => [moment, signal] as const)),
)('leaves nothing behind when it is ended at "%s" by %s', async (moment, signal) => {
  let demo: Demo | undefined
  demo = startDemo((line) => {
    if (line.includes(moment)) demo?.kill(signal)
  })
  expect(await demo.code).not.toBe(0)
  await expectNothingLeft(demo.lines)
})
