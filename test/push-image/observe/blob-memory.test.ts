import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeBlobBucket } from '../../../actions/push-image/observe/blob-bucket.ts'
import { makeBlobFolder } from '../../../actions/push-image/observe/blob-folder.ts'
import { makeBlobMemory } from '../../../actions/push-image/observe/blob-memory.ts'
import type { BlobStore } from '../../../actions/push-image/observe/blob-store.ts'
import { chooseBlobStore } from '../../../actions/push-image/observe/choose-blob-store.ts'
import type { CompressionChoice } from '../../../lib/compression/choice.ts'
import type { ArchivedLayer } from '../../../lib/image/archived-image.ts'
import type { Compression } from '../../../lib/oci/media-type.ts'

const fast: CompressionChoice = { compression: 'gzip', level: 'fast' }
const digest = (digit: string) => `sha256:${digit.repeat(64)}`
const layer = (digit: string, compression: Compression = 'none'): ArchivedLayer => ({
  ...{ entry: '', diffId: digest(digit), sizeBytes: 9, compression },
})
const blob = { digest: digest('b'), size: 7, compression: 'gzip' as const }

/** Opens the memory of a new run. */
function open(store: BlobStore | undefined, choice: CompressionChoice = fast) {
  const warnings: string[] = []
  const openMemory = makeBlobMemory(store, choice, { warning: (line) => warnings.push(line) })
  return { ...openMemory('team/app'), other: openMemory('other'), warnings }
}

function startFolder() {
  const folder = join(mkdtempSync(join(tmpdir(), 'memory-')), 'made', 'when needed')
  const fileOf = () => join(folder, readdirSync(folder)[0] ?? '')
  const count = () => readdirSync(folder).length
  return { store: makeBlobFolder(folder), count, damage: (text: string) => writeFileSync(fileOf(), text) }
}

function startBucket() {
  const objects = new Map<string, string>()
  const store = makeBlobBucket('ddn', async () => ({
    read: async (key) => objects.get(key),
    write: async (key, text) => void objects.set(key, text),
  }))
  const damage = (text: string) => {
    for (const key of objects.keys()) objects.set(key, text)
  }
  return { store, count: () => objects.size, damage, objects }
}

describe.each([
  ['a folder', startFolder],
  ["a toolkit's bucket", startBucket],
] as const)('in %s', (_, start) => {
  it('recalls in a later run what a layer became, for the same encoder only', async () => {
    const { store } = start()
    expect(await open(store).recall(layer('a'))).toBeUndefined()
    await open(store).remember(layer('a'), blob)
    expect(await open(store).recall(layer('a'))).toEqual(blob)
    const others: CompressionChoice[] = [
      { compression: 'gzip', level: 6 },
      { compression: 'zstd', level: 1 },
      { compression: 'none' },
    ]
    for (const choice of others) expect(await open(store, choice).recall(layer('a'))).toBeUndefined()
  })

  it('recalls a layer that came compressed, for any encoder, and none whose blob the archive states', async () => {
    const { store, count } = start()
    const kept = layer('a', 'gzip')
    await open(store).remember(kept, blob)
    expect(await open(store, { compression: 'zstd', level: 1 }).recall(kept)).toEqual(blob)
    expect(await open(store).recall(layer('a'))).toBeUndefined()
    expect(await open(store).recall(layer('a', 'zstd'))).toBeUndefined()
    const stated = { ...layer('d'), descriptor: { mediaType: '', digest: digest('b'), size: 7 } }
    await open(store).remember(stated, blob)
    await open(store, { compression: 'none' }).remember(layer('d'), blob)
    expect(count()).toBe(1)
  })

  it.each([
    'no JSON',
    '',
    '[]',
    'null',
    JSON.stringify({ digest: '../../x', size: 1 }),
    JSON.stringify({ digest: digest('b'), size: -1 }),
    JSON.stringify({ [digest('a')]: { digest: '../../x', size: 1 } }),
    JSON.stringify({ [digest('a')]: { digest: digest('b'), size: -1 } }),
    JSON.stringify({ [digest('a')]: null }),
    `${JSON.stringify({ [digest('a')]: { digest: digest('b'), size: 1 } })}${' '.repeat(2 ** 20)}`,
  ])('takes what is of other making for nothing: %.60s', async (text) => {
    const { store, damage } = start()
    const memory = open(store)
    await memory.remember(layer('a'), blob)
    damage(text)
    expect([await memory.recall(layer('a')), memory.warnings]).toEqual([undefined, []])
    await memory.remember(layer('a'), blob)
    expect(await memory.recall(layer('a'))).toEqual(blob)
  })
})

it('lets nobody else read or write the folder, and keeps the newest two thousand', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'memory-')), 'made')
  const memory = open(makeBlobFolder(folder))
  await memory.remember(layer('a'), blob)
  const path = join(folder, readdirSync(folder)[0] ?? '')
  expect([statSync(path).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700])
  const full = Array.from({ length: 2000 }, (_, at) => [
    `sha256:${at.toString(16).padStart(64, '0')}`,
    { digest: digest('c'), size: 1 },
  ])
  writeFileSync(path, JSON.stringify(Object.fromEntries(full)))
  await memory.remember(layer('a'), blob)
  expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')))).toHaveLength(2000)
  expect(await memory.recall({ ...layer('0'), diffId: full[0]?.[0] as string })).toBeUndefined()
  expect(await memory.recall(layer('a'))).toEqual(blob)
})

it('keeps an object a layer in the bucket, below the name of the repository', async () => {
  const { store, objects } = startBucket()
  const { remember, other } = open(store)
  await remember(layer('a'), { ...blob, ...{ mediaType: 'beside it' } })
  await other.remember(layer('a'), blob)
  expect([...objects.keys()].map((key) => key.replace(/[0-9a-f]{16}/, 'ENCODER'))).toEqual([
    `push/team/app/ENCODER/sha256-${'a'.repeat(64)}.json`,
    `push/other/ENCODER/sha256-${'a'.repeat(64)}.json`,
  ])
  expect(new Set(objects.values())).toEqual(new Set([JSON.stringify({ digest: digest('b'), size: 7 })]))
})

it('says once where it fails, asks no more, and remembers nothing without a store', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'memory-')), 'file')
  writeFileSync(file, '')
  chmodSync(file, 0o400)
  const memory = open(makeBlobFolder(file))
  await memory.remember(layer('a'), blob)
  await memory.other.remember(layer('c'), blob)
  expect(memory.warnings).toEqual([expect.stringContaining(`cannot be remembered in ${file}`)])
  let asked = 0
  const bucket = makeBlobBucket('ddn', async () => {
    asked += 1
    throw new Error('no way there')
  })
  const { recall, remember, warnings } = open(bucket)
  await Promise.all([recall(layer('a')), recall(layer('c'))])
  await remember(layer('a'), blob)
  expect([warnings, asked]).toEqual([
    ['cache: what was sent cannot be looked up in the bucket of the toolkit "ddn" (no way there)'],
    1,
  ])
  const none = open(undefined)
  await none.remember(layer('a'), blob)
  expect([await none.recall(layer('a')), none.warnings]).toEqual([undefined, []])
})

it('lies where the input says, else in the cache of the user', () => {
  const choose = (cache: Parameters<typeof chooseBlobStore>[0]['cache'], env: Record<string, string>) =>
    chooseBlobStore({ cache }, { env, openHints: async () => Promise.reject(new Error('none')) })?.place
  const home = { HOME: '/home/me' }
  expect(choose({ kind: 'folder', path: 'here' }, home)).toBe('here')
  expect(choose({ kind: 'toolkit', prefix: 'ddn' }, home)).toBe('the bucket of the toolkit "ddn"')
  expect(choose(undefined, { XDG_CACHE_HOME: '/cache', ...home })).toBe('/cache/gpu-service-actions')
  expect(choose(undefined, home)).toBe('/home/me/.cache/gpu-service-actions')
  expect(choose(undefined, {})).toBeUndefined()
})
