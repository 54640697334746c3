import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { root } from '../../scripts/local-aws-process.ts'

type Demo = { lines: string[]; code: Promise<number | null>; kill(signal: NodeJS.Signals): void }

function startDemo(onLine: (line: string) => void = () => {}): Demo {
  const child = spawn(process.execPath, ['scripts/start.ts'], {
    cwd: root,
    env: { ...process.env, CI: 'true' },
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

it('runs the demo to its end, and leaves nothing behind', async () => {
  const demo = startDemo()
  expect(await demo.code).toBe(0)
  expect(await answers(endpointOf(demo.lines))).toBe(false)
})

it.each(['SIGKILL', 'SIGINT'] as const)(
  'leaves nothing behind when the demo is ended by %s',
  async (signal) => {
    let demo: Demo | undefined
    demo = startDemo((line) => {
      if (line.includes('http://127.0.0.1')) demo?.kill(signal)
    })
    await demo.code
    const endpoint = endpointOf(demo.lines)
    expect(endpoint).not.toBe('')
    await expect.poll(() => answers(endpoint), { timeout: 20_000 }).toBe(false)
  },
)
