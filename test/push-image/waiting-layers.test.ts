import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, expect, it } from 'vitest'
import type { Known } from '../../lib/ending.ts'
import { CancelledError } from '../../lib/errors.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { makeArchive } from '../../scripts/example-image/archive.ts'
import { makeTar } from '../../scripts/example-image/tar.ts'
import type { Fault } from '../fakes/oci-registry/fault.ts'
import { type OciRegistry, startOciRegistry } from '../fakes/oci-registry.ts'
import { makeNoise } from '../fixtures/chunk.ts'
import { diffIdsOf, type PushOptions, readPushed, runPush, sendsOf, tagsOf } from '../fixtures/push.ts'

const registries: OciRegistry[] = []
afterEach(() => {
  for (const registry of registries.splice(0)) registry.close()
})

// Each takes several chunks, which threads work on, and the two largest, which are sent first, more than the buffers
// of a connection. One of a few bytes waits for none of them.
const sizes = [17_000_000, 16_000_000, 4_400_000, 4_300_000]
const layers = [...sizes, 100].map((size, seed) =>
  makeTar([{ name: 'file', content: makeNoise(size, seed) }]),
)
const settings = { references: ['app:v1'], architecture: 'amd64', settings: {} }
const archive = makeArchive({ ...settings, layers }, 'legacy')

async function start() {
  // The buffers of a connection grow with what it has passed, up to 32 MiB.
  const registry = await startOciRegistry({ keepAlive: false })
  registries.push(registry)
  const inputs = { repository: `${registry.host}/team/app`, tags: 'v1', threads: '2', concurrency: '3' }
  const push = async (bytes = archive, options: PushOptions = {}, more: Record<string, string> = {}) =>
    await runPush(bytes, { ...inputs, ...more }, options)
  const taken = () => sendsOf(registry).filter(({ status }) => status === 202).length
  const forgotten = async () => {
    while (registry.sessions.size > 0) await setImmediate()
  }
  return { registry, push, taken, forgotten }
}

/** Holds what matches a fault back until it is let go; `isMet` waits for the first. */
function holdBack(registry: OciRegistry, fault: Omit<Fault, 'trouble'>) {
  const { promise: until, resolve: letGo } = Promise.withResolvers<void>()
  const armed = registry.fail({ ...fault, trouble: { kind: 'hold', until } })
  // An upload whose answer is still on its way cannot be cancelled.
  const isStarted = ({ operation, status }: (typeof registry.requests)[number]) =>
    operation !== 'start' || status > 0
  const isMet = async () => {
    while (armed.fired === 0 || !registry.requests.every(isStarted)) await setImmediate()
    for (let turn = 0; turn < 100; turn++) await setImmediate()
  }
  return { letGo, isMet }
}

it.each([
  [1, 1],
  [2, 4],
  [8, 1],
  [8, 4],
])('layers of all sizes come through, %d at a time with %d threads', async (concurrency, threads) => {
  const { registry, push } = await start()
  const mixed = {
    ...settings,
    layers: [...layers.slice(2), ...layers.map((layer) => layer.subarray(0, 4096))],
  }
  await push(makeArchive(mixed, 'legacy'), {}, { concurrency: `${concurrency}`, threads: `${threads}` })
  const { blobs, diffIds } = readPushed(registry, 'v1')
  expect(diffIdsOf(blobs, gunzipSync)).toEqual(diffIds)
})

const packed = { layers: layers.map((layer) => gzipSync(layer, { level: 0 })), diffIds: layers.map(digestOf) }

it.each([
  ['compressed on their way', archive],
  ['compressed before', makeArchive({ ...settings, ...packed }, 'legacy')],
])('layers are sent one after another, and those that are committed are kept: %s', async (_, bytes) => {
  const { registry, push, forgotten } = await start()
  const held = holdBack(registry, { operation: 'send', skip: 1 })
  const abort = new AbortController()
  const inputs = { cache: mkdtempSync(join(tmpdir(), 'cache-')) }
  const lines: string[] = []
  const pushing = push(bytes, { signal: abort.signal, onLine: (line) => lines.push(line) }, inputs)
  await held.isMet()
  while (!lines.some((line) => line.startsWith('sent '))) await setImmediate()
  expect(sendsOf(registry)).toHaveLength(2)
  abort.abort(new CancelledError('cancelled'))
  await expect(pushing).rejects.toThrow(new CancelledError('cancelled'))
  held.letGo()
  await forgotten()
  expect((await push(bytes, {}, inputs)).outputs.result).toBe('pushed')
  expect(sendsOf(registry)).toHaveLength(2 + layers.length - 1)
})

it('the next layer is sent while the one before it is committed', async () => {
  const { registry, push, taken } = await start()
  const commit = holdBack(registry, { operation: 'commit', skip: 1 })
  const pushing = push()
  await commit.isMet()
  while (taken() < 2) await setImmediate()
  commit.letGo()
  expect((await pushing).outputs.result).toBe('pushed')
  const { blobs, diffIds } = readPushed(registry, 'v1')
  expect(diffIdsOf(blobs, gunzipSync)).toEqual(diffIds)
})

it('a layer that is cut lets the next one go first, and is sent again', async () => {
  const { registry, push } = await start()
  registry.fail({ operation: 'send', trouble: { kind: 'reset', afterBytes: 2_000_000 } })
  expect((await push()).outputs.result).toBe('pushed')
  expect(sendsOf(registry).map(({ status }) => status)).toEqual([0, 202, 202, 202, 202, 202])
  const { blobs, diffIds } = readPushed(registry, 'v1')
  expect(diffIdsOf(blobs, gunzipSync)).toEqual(diffIds)
})

it('a commit that is refused ends the layer that is sent beside it, and those that wait', async () => {
  const { registry, push, forgotten } = await start()
  const held = holdBack(registry, { operation: 'send', skip: 1 })
  registry.fail({ operation: 'commit', skip: 1, trouble: { kind: 'status', status: 400 } })
  await expect(push()).rejects.toThrow(/^PUT .*: 400$/)
  held.letGo()
  await forgotten()
  expect(tagsOf(registry)).toEqual({})
})

it('a damaged layer ends the one that is sent beside it, and those that wait', async () => {
  const { registry, push, forgotten } = await start()
  const diffIds = layers.map((layer, at) => digestOf(at === 0 ? Buffer.from('another') : layer))
  const held = holdBack(registry, { operation: 'send', skip: 1 })
  await expect(push(makeArchive({ ...settings, layers, diffIds }, 'legacy'))).rejects.toThrow(
    `expected diffID ${diffIds[0]}`,
  )
  held.letGo()
  await forgotten()
  expect(tagsOf(registry)).toEqual({})
})

it.each<[string, Omit<Fault, 'trouble'>]>([
  ['one layer is sent and others wait', { operation: 'send' }],
  ['one is committed, another sent, and a third waits', { operation: 'commit', skip: 1 }],
  ['one was committed, another is sent, and a third waits', { operation: 'send', skip: 1 }],
])('a cancel ends all of them, tells what is left, and leaves no upload open: %s', async (_, fault) => {
  const { registry, push, forgotten } = await start()
  const held = holdBack(registry, fault)
  const abort = new AbortController()
  let known = (): Known => expect.fail('nothing is known')
  const pushing = push(archive, {
    signal: abort.signal,
    remember: (describe) => {
      known = describe
    },
  })
  await held.isMet()
  abort.abort(new CancelledError('cancelled'))
  await expect(pushing).rejects.toThrow(new CancelledError('cancelled'))
  expect(known()).toMatchObject({ notDone: expect.arrayContaining(['move tag v1']) })
  held.letGo()
  await forgotten()
  expect((await push()).outputs.result).toBe('pushed')
})
