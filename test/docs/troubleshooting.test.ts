import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../scripts/local-aws-process.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const page = read('docs/troubleshooting.md')
const patterns = ['{actions,lib,scripts}/**/*.ts', '.github/**/*.{yml,mjs}', 'example/ddn/*.py']
const sources = globSync(patterns, { cwd: root, exclude: (name) => name === 'dist' })
  .map(read)
  .join('\n')
// What AWS and GitHub say.
const ofOthers = [
  'Not authorized to perform sts:AssumeRoleWithWebIdentity',
  'Resource not accessible by integration',
  'got 403: {"message":"Forbidden"}',
  'got 401',
]
const messages = [...page.matchAll(/^\| (`.*?) \| /gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message),
)

it('has messages', () => {
  expect(messages.length).toBeGreaterThan(20)
})

it.each(messages.filter((message) => !ofOthers.includes(message)))(
  'names a message that there is: %s',
  (message) => {
    // A name or a number stands where the source has a placeholder.
    const pieces = message.split('…').map((piece) => piece.trim())
    const missing = pieces.filter((piece) => piece.length > 2 && !sources.includes(piece))
    expect(missing).toEqual([])
  },
)
