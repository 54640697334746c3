import { setImmediate } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { EntryReader } from '../../../lib/archive/archive.ts'
import type { CompressionChoice } from '../../../lib/compression/choice.ts'
import { compileKernel } from '../../../lib/compression/deflate/kernel.ts'
import { type CompressorPool, startCompressorPool } from '../../../lib/compression/pool.ts'
import { CancelledError } from '../../../lib/errors.ts'
import type { ArchivedLayer } from '../../../lib/image/archived-image.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { openRepository } from '../../../lib/registry/repository.ts'
import { sendLayer, verifyLayer } from '../../../lib/registry/send-layer.ts'
import { makeTar } from '../../../scripts/example-image/tar.ts'
import { fakeClock } from '../../fakes/clock.ts'
import type { Trouble } from '../../fakes/oci-registry/fault.ts'
import { ecr } from '../../fakes/oci-registry/quirks.ts'
import { type OciRegistry, startOciRegistry } from '../../fakes/oci-registry.ts'
import { writeTemporary } from '../../fixtures/archive.ts'
import { makeNoise } from '../../fixtures/chunk.ts'
import { openForTest } from '../../fixtures/open-archive.ts'
import { workerPath } from '../../fixtures/push.ts'
import { makeTestTransport } from '../../fixtures/transport.ts'

const registries: OciRegistry[] = []
afterEach(() => {
  for (const registry of registries.splice(0)) registry.close()
})

// Threads take a while to start: each pool serves several tests.
const fast: CompressionChoice = { compression: 'gzip', level: 'fast' }
const kernel = compileKernel()
const pools = new Map<number, CompressorPool>()
function poolOf(threads: number): CompressorPool {
  const pool =
    pools.get(threads) ??
    startCompressorPool({ choice: fast, kernel, workerPath, threads, slots: threads + 3 })
  pools.set(threads, pool)
  return pool
}
afterAll(async () => {
  await Promise.all([...pools.values()].map((pool) => pool.close()))
})

// Four chunks that do not pack, with text between them.
const content = Buffer.concat([
  makeNoise(3_000_000, 1),
  Buffer.alloc(1_500_000, 'a line of a text\n'),
  makeNoise(3_000_000, 2),
])
const entries = {
  layer: content,
  packed: gzipSync(content.subarray(2_900_000, 3_100_000)),
  small: makeTar([{ name: 'file', content: 'small' }]),
}
const archivePath = writeTemporary(
  makeTar(Object.entries(entries).map(([name, bytes]) => ({ name, content: bytes }))),
)

const plain: ArchivedLayer = {
  entry: 'layer',
  diffId: digestOf(content),
  sizeBytes: content.length,
  compression: 'none',
}
const packed: ArchivedLayer = {
  entry: 'packed',
  diffId: digestOf(gunzipSync(entries.packed)),
  sizeBytes: entries.packed.length,
  compression: 'gzip',
}

async function start({ retries = 3, threads = 2 } = {}) {
  const registry = await startOciRegistry({ quirks: ecr, repositories: ['app'] })
  registries.push(registry)
  const abort = new AbortController()
  const transport = makeTestTransport(registry.origin, { retries, signal: abort.signal })
  const counts: number[] = []
  const sender = {
    archive: await openForTest(archivePath),
    repository: openRepository(transport, 'app'),
    startPool: () => poolOf(threads),
    retrying: { retries, clock: fakeClock(), random: () => 0, signal: abort.signal },
    countRead: (bytes: number) => counts.push(bytes),
  }
  const read = () => counts.reduce((sum, bytes) => sum + bytes, 0)
  const blobs = () => registry.repositories.get('app')!.blobs
  const operations = () => registry.requests.map(({ operation }) => operation)
  return { registry, sender, abort, counts, read, blobs, operations }
}

describe('sendLayer', () => {
  it('sends a layer that unpacks to what the archive has, and tells its blob', async () => {
    const { sender, blobs, operations, read } = await start()
    const blob = await sendLayer(plain, 'gzip', sender)
    const stored = blobs().get(blob.digest)
    expect(blob).toEqual({ digest: blob.digest, size: stored?.sizeBytes, compression: 'gzip' })
    expect(gunzipSync(stored?.bytes ?? '').equals(content)).toBe(true)
    expect(operations()).toEqual(['start', 'send', 'commit'])
    expect(read()).toBe(content.length)
  })

  it('gives equal layers equal digests, whatever works on them', async () => {
    const digests = new Set<string>()
    for (const [threads, layers] of [
      [1, 1],
      [2, 1],
      [2, 3],
    ] as const) {
      const { sender } = await start({ threads })
      const sending = Array.from({ length: layers }, () => sendLayer(plain, 'gzip', sender))
      for (const { digest } of await Promise.all(sending)) digests.add(digest)
    }
    expect(digests.size).toBe(1)
  })

  it.each<[string, Trouble]>([
    ['a reset at once', { kind: 'reset' }],
    ['a reset on its way', { kind: 'reset', afterBytes: 2_000_000 }],
    ['500 on its way', { kind: 'status', status: 500, early: 'close' }],
    ['500 at its end', { kind: 'status', status: 500 }],
    ['429', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }],
    ['a lost answer', { kind: 'lose-answer' }],
    ['404 for a session that is lost', { kind: 'status', status: 404 }],
    ['416 for a session at another offset', { kind: 'status', status: 416 }],
  ])('starts again on a new session after %s', async (_name, trouble) => {
    const { registry, sender, blobs, operations, read, counts } = await start()
    const fault = registry.fail({ operation: 'send', trouble })
    const before = sender.retrying.clock.now()
    const blob = await sendLayer(plain, 'gzip', sender)
    expect(fault.fired).toBe(1)
    expect(gunzipSync(blobs().get(blob.digest)?.bytes ?? '').equals(content)).toBe(true)
    expect(operations()).toEqual(['start', 'send', 'cancel', 'start', 'send', 'commit'])
    const [first, second] = registry.requests.filter(({ operation }) => operation === 'send')
    expect(first?.path).not.toBe(second?.path)
    // What the first try had counted is given back.
    expect(read()).toBe(content.length)
    expect(counts.some((bytes) => bytes < 0)).toBe(true)
    if (trouble.kind === 'status' && trouble.headers) expect(sender.retrying.clock.now() - before).toBe(7000)
  })

  it('ends the reading of a try that failed before the next one starts', async () => {
    const { registry, sender } = await start()
    const trouble = { kind: 'status', status: 500, early: 'stay' } as const
    const fault = registry.fail({ operation: 'send', trouble })
    const isCancelled = () => registry.requests.some(({ operation }) => operation === 'cancel')
    const events: string[] = []
    const open = async (name: string): Promise<EntryReader> => {
      const reader = await sender.archive.open(name)
      events.push('open')
      let reads = 0
      const read = async (target: Uint8Array) => {
        // The last chunk of the first try is read when its upload has failed long since.
        if (++reads === 4 && !isCancelled()) {
          while (!isCancelled()) await setImmediate()
          for (let turn = 0; turn < 1000; turn++) await setImmediate()
        }
        return await reader.read(target)
      }
      const close = async () => {
        events.push('close')
        await reader.close()
      }
      return { read, close }
    }
    await sendLayer(plain, 'gzip', { ...sender, archive: { ...sender.archive, open } })
    expect(fault.fired).toBe(1)
    expect(events).toEqual(['open', 'close', 'open', 'close'])
  })

  it('takes a commit whose answer was lost for done where the blob is there', async () => {
    const { registry, sender, blobs, operations } = await start()
    const fault = registry.fail({ operation: 'commit', trouble: { kind: 'lose-answer' } })
    const { digest } = await sendLayer(plain, 'gzip', sender)
    expect(fault.fired).toBe(1)
    expect(blobs().has(digest)).toBe(true)
    expect(operations().filter((operation) => operation === 'send')).toHaveLength(1)
  })

  it('sends a layer anew where the session was lost before its commit', async () => {
    const { registry, sender, blobs, operations } = await start()
    const body = JSON.stringify({ errors: [{ code: 'BLOB_UNKNOWN' }] })
    const fault = registry.fail({ operation: 'commit', trouble: { kind: 'status', status: 404, body } })
    const { digest } = await sendLayer(plain, 'gzip', sender)
    expect(fault.fired).toBe(1)
    expect(blobs().has(digest)).toBe(true)
    const attempt = ['start', 'send', 'commit']
    expect(operations()).toEqual([...attempt, 'blob', 'cancel', ...attempt])
  })

  it('gives up after as many tries as the setting says, and has counted nothing', async () => {
    const { registry, sender, read } = await start({ retries: 2 })
    const trouble = { kind: 'status', status: 503 } as const
    const fault = registry.fail({ operation: 'send', times: 9, trouble })
    await expect(sendLayer(plain, 'gzip', sender)).rejects.toThrow(/^PATCH .*: 503$/)
    expect(fault.fired).toBe(3)
    expect([read(), registry.sessions.size]).toEqual([0, 0])
  })

  it('does not try again what cannot pass', async () => {
    const { registry, sender } = await start()
    const trouble = { kind: 'status', status: 403 } as const
    const fault = registry.fail({ operation: 'send', times: 9, trouble })
    await expect(sendLayer(plain, 'gzip', sender)).rejects.toThrow(/^PATCH .*: 403$/)
    expect(fault.fired).toBe(1)
  })

  it('never commits a layer that is not what the image says', async () => {
    const { sender, blobs, operations } = await start()
    const wrong = digestOf(Buffer.from('another'))
    await expect(sendLayer({ ...plain, diffId: wrong }, 'gzip', sender)).rejects.toMatchObject({
      name: 'UserError',
      message: `archive: layer "layer": expected diffID ${wrong}, got ${plain.diffId}; the archive is damaged`,
    })
    expect(operations()).toEqual(['start', 'send', 'cancel'])
    expect(blobs().size).toBe(0)
  })

  it('stops when the signal aborts, and forgets its session', async () => {
    const { registry, sender, abort } = await start()
    const fault = registry.fail({ operation: 'send', trouble: { kind: 'silence' } })
    const sending = sendLayer(plain, 'gzip', sender)
    while (fault.fired === 0) await setImmediate()
    abort.abort(new CancelledError('cancelled'))
    await expect(sending).rejects.toThrow(new CancelledError('cancelled'))
    expect(registry.requests.at(-1)?.operation).toBe('cancel')
    expect(registry.sessions.size).toBe(0)
    // Its buffers are free again for the next layer.
    const next = await start()
    await sendLayer(plain, 'gzip', next.sender)
  })
})

describe('a layer that is packed already', () => {
  it('is passed through byte for byte, whatever is wished', async () => {
    const { sender, blobs } = await start()
    const blob = await sendLayer(packed, 'gzip', { ...sender, startPool: noPool })
    expect(blobs().get(blob.digest)?.bytes?.equals(entries.packed)).toBe(true)
  })

  it('is sent again from its start after a failure', async () => {
    const { registry, sender, blobs } = await start()
    const fault = registry.fail({ operation: 'send', trouble: { kind: 'reset', afterBytes: 50_000 } })
    const { digest } = await sendLayer(packed, 'gzip', { ...sender, startPool: noPool })
    expect(fault.fired).toBe(1)
    expect(blobs().get(digest)?.bytes?.equals(entries.packed)).toBe(true)
  })

  it('is never committed where it does not unpack', async () => {
    const { sender, blobs, operations } = await start()
    const cut = writeTemporary(makeTar([{ name: 'packed', content: entries.packed.subarray(0, -20) }]))
    const archive = await openForTest(cut)
    await expect(sendLayer(packed, 'gzip', { ...sender, archive, startPool: noPool })).rejects.toThrow(
      'archive: packed: expected a whole gzip stream, got other bytes',
    )
    expect(operations()).not.toContain('commit')
    expect(blobs().size).toBe(0)
  })

  it('is never committed where it is not the blob that a manifest names', async () => {
    const { sender, blobs } = await start()
    const digest = digestOf(Buffer.from('another'))
    const descriptor = { mediaType: '', digest, size: packed.sizeBytes }
    await expect(sendLayer({ ...packed, descriptor }, 'gzip', sender)).rejects.toThrow(
      `archive: layer "packed": expected digest ${digest}, got ${digestOf(entries.packed)}`,
    )
    expect(blobs().size).toBe(0)
  })

  it('stays as it is also where it is a plain tar that a manifest names', async () => {
    const { sender, blobs } = await start()
    const digest = digestOf(entries.small)
    const size = entries.small.length
    const descriptor = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size }
    const layer = {
      entry: 'small',
      diffId: digest,
      sizeBytes: size,
      compression: 'none',
      descriptor,
    } as const
    const blob = await sendLayer(layer, 'none', { ...sender, startPool: noPool })
    expect(blob).toEqual({ digest, size, compression: 'none' })
    expect([...blobs().keys()]).toEqual([digest])
  })
})

function noPool(): CompressorPool {
  throw new Error('expected no thread to start')
}

describe('verifyLayer', () => {
  it.each([plain, packed])('reads $entry and takes it for whole', async (layer) => {
    const { sender, read } = await start()
    await verifyLayer(layer, sender)
    expect(read()).toBe(layer.sizeBytes)
  })

  it('finds a layer that is not what the image says', async () => {
    const { sender } = await start()
    await expect(verifyLayer({ ...plain, diffId: packed.diffId }, sender)).rejects.toThrow(
      `archive: layer "layer": expected diffID ${packed.diffId}, got ${plain.diffId}; the archive is damaged`,
    )
  })

  it('stops when the signal aborts', async () => {
    const { sender, abort } = await start()
    abort.abort(new CancelledError('cancelled'))
    await expect(verifyLayer(plain, sender)).rejects.toThrow(new CancelledError('cancelled'))
  })
})
