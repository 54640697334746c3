import { PassThrough } from 'node:stream'
import { afterEach, expect, it, vi } from 'vitest'
import { makeScreen } from '../../scripts/demo/screen.ts'

afterEach(() => vi.unstubAllEnvs())

function show(isTTY: boolean, columns: number, CI: string): string {
  vi.stubEnv('CI', CI)
  const out = Object.assign(new PassThrough(), { isTTY, columns })
  const screen = makeScreen(out as unknown as NodeJS.WriteStream)
  screen.begin('Push')
  screen.line('sent everything there is')
  screen.end('pushed', 1.23)
  return String(out.read())
}

const live = (line: string) => `Push …\r\u001b[2K${line}\r\u001b[2K✓ Push: pushed (1.2 s)\n`
const plain = 'Push\n    sent everything there is\n  → pushed (1.2 s)\n'

it.each([
  ['one live line on a terminal', true, 80, '', live('Push … sent everything there is')],
  ['no more than fits into it', true, 20, '', live('Push … sent everyth')],
  ['all of the line where the width is not known', true, 0, '', live('Push … sent everything there is')],
  ['plain lines in CI', true, 80, 'true', plain],
  ['plain lines in a file', false, 80, '', plain],
])('shows %s', (_, isTTY, columns, CI, text) => {
  expect(show(isTTY, columns, CI)).toBe(text)
})
