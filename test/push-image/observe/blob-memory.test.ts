import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { chooseFolder, openBlobMemory } from '../../../actions/push-image/observe/blob-memory.ts'
import type { CompressionChoice } from '../../../lib/compression/choice.ts'
import type { ArchivedLayer } from '../../../lib/image/archived-image.ts'
import type { Compression } from '../../../lib/oci/media-type.ts'

const fast: CompressionChoice = { compression: 'gzip', level: 'fast' }
const digest = (digit: string) => `sha256:${digit.repeat(64)}`
const layer = (digit: string, compression: Compression = 'none'): ArchivedLayer => ({
  ...{ entry: '', diffId: digest(digit), sizeBytes: 9, compression },
})
const blob = { digest: digest('b'), size: 7, compression: 'gzip' as const }
const makeFolder = () => join(mkdtempSync(join(tmpdir(), 'memory-')), 'made', 'when needed')

function open(folder: string | undefined, choice = fast) {
  const warnings: string[] = []
  return { ...openBlobMemory(folder, choice, { warning: (line) => warnings.push(line) }), warnings }
}

it('recalls in a later run what a layer became, for the same encoder only', () => {
  const folder = makeFolder()
  expect(open(folder).recall(layer('a'))).toBeUndefined()
  open(folder).remember(layer('a'), blob)
  expect(open(folder).recall(layer('a'))).toEqual(blob)
  const others: CompressionChoice[] = [
    { compression: 'gzip', level: 6 },
    { compression: 'zstd', level: 1 },
    { compression: 'none' },
  ]
  for (const choice of others) expect(open(folder, choice).recall(layer('a'))).toBeUndefined()
})

it('recalls a layer that came compressed, for any encoder, and none whose blob the archive states', () => {
  const folder = makeFolder()
  const kept = layer('a', 'gzip')
  open(folder).remember(kept, blob)
  expect(open(folder, { compression: 'zstd', level: 1 }).recall(kept)).toEqual(blob)
  expect([open(folder).recall(layer('a')), open(folder).recall(layer('a', 'zstd'))]).toEqual([
    undefined,
    undefined,
  ])
  const stated = { ...layer('d'), descriptor: { mediaType: '', digest: digest('b'), size: 7 } }
  open(folder).remember(stated, blob)
  open(folder, { compression: 'none' }).remember(layer('d'), blob)
  expect(readdirSync(folder)).toHaveLength(1)
})

it('lets nobody else read or write, and keeps the newest two thousand', () => {
  const folder = makeFolder()
  const memory = open(folder)
  memory.remember(layer('a'), blob)
  const path = join(folder, readdirSync(folder)[0] ?? '')
  expect([statSync(path).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700])
  const full = Array.from({ length: 2000 }, (_, at) => [
    `sha256:${at.toString(16).padStart(64, '0')}`,
    { digest: digest('c'), size: 1 },
  ])
  writeFileSync(path, JSON.stringify(Object.fromEntries(full)))
  memory.remember(layer('a'), blob)
  expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')))).toHaveLength(2000)
  expect(memory.recall({ ...layer('0'), diffId: full[0]?.[0] as string })).toBeUndefined()
  expect(memory.recall(layer('a'))).toEqual(blob)
})

it.each([
  'no JSON',
  '[]',
  'null',
  JSON.stringify({ [digest('a')]: { digest: '../../x', size: 1 } }),
  JSON.stringify({ [digest('a')]: { digest: digest('b'), size: -1 } }),
  JSON.stringify({ [digest('a')]: null }),
  `${JSON.stringify({ [digest('a')]: { digest: digest('b'), size: 1 } })}${' '.repeat(2 ** 20)}`,
])('takes a file of other making for none: %.60s', (text) => {
  const folder = makeFolder()
  const memory = open(folder)
  memory.remember(layer('c'), blob)
  writeFileSync(join(folder, readdirSync(folder)[0] ?? ''), text)
  expect(memory.recall(layer('a'))).toBeUndefined()
})

it('says once that it cannot write, and remembers nothing without a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'memory-'))
  const file = join(folder, 'file')
  writeFileSync(file, '')
  chmodSync(file, 0o400)
  const memory = open(file)
  memory.remember(layer('a'), blob)
  memory.remember(layer('c'), blob)
  expect(memory.warnings).toEqual([expect.stringContaining(`cannot be remembered in ${file}`)])
  const none = open(undefined)
  none.remember(layer('a'), blob)
  expect([none.recall(layer('a')), none.warnings]).toEqual([undefined, []])
})

it('lies where the input says, else in the cache of the user', () => {
  const choose = (cache: string | undefined, env: Record<string, string>) => chooseFolder({ cache }, { env })
  expect(choose('here', { HOME: '/home/me' })).toBe('here')
  expect(choose(undefined, { XDG_CACHE_HOME: '/cache', HOME: '/home/me' })).toBe('/cache/gpu-service-actions')
  expect(choose(undefined, { HOME: '/home/me' })).toBe('/home/me/.cache/gpu-service-actions')
  expect(choose(undefined, {})).toBeUndefined()
})
