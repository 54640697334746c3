import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { applyPush, type PushTools } from '../../../actions/push-image/apply/apply-push.ts'
import { startRecord } from '../../../actions/push-image/apply/record.ts'
import type { BlobStep, Plan } from '../../../actions/push-image/plan.ts'
import { makeInlinePool } from '../../../lib/compression/pool.ts'
import type { Archived, ArchivedImage, ArchivedTree } from '../../../lib/image/archived-image.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { renderManifest } from '../../../lib/oci/manifest.ts'
import { ociTypes } from '../../../lib/oci/media-type.ts'
import type { RegistryRepository } from '../../../lib/registry/repository.ts'
import { makeTar } from '../../../scripts/example-image/tar.ts'
import { runClock } from '../../fakes/clock.ts'
import { writeTemporary } from '../../fixtures/archive.ts'
import { openForTest } from '../../fixtures/open-archive.ts'

const contents = { small: 'S', large: 'L'.repeat(5000), middle: 'M'.repeat(100) }
type Name = keyof typeof contents
const digestIn = (name: Name) => digestOf(Buffer.from(contents[name]))
const layer = (name: Name) => ({
  ...{ entry: name, diffId: digestIn(name), sizeBytes: contents[name].length, compression: 'none' as const },
})
const blob = (name: Name) => ({
  ...{ digest: digestIn(name), size: contents[name].length, compression: 'none' as const },
})
const send = (name: Name): BlobStep => ({ kind: 'send', layer: layer(name), compression: 'none' })
const reuse = (name: Name): BlobStep => ({ kind: 'reuse', layer: layer(name), blob: blob(name) })
const mount = (name: Name): BlobStep => ({
  kind: 'mount',
  layer: layer(name),
  blob: blob(name),
  from: 'base',
})

const config = Buffer.from('{"config":1}')
const image: ArchivedImage = {
  ...{ kind: 'image', config, configDigest: digestOf(config), layers: [], references: [], platform: '' },
  warnings: [],
}
const plan = (blobs: BlobStep[], more: Partial<Plan> = {}): Plan => ({
  ...{ blobs, config, members: [], manifest: undefined, family: 'oci', tags: ['v1', 'v2'] },
  ...more,
})

/** Applies a plan to a repository in memory; each upload takes 1.5 s. */
async function apply(
  planned: Plan,
  {
    archived = image as Archived,
    mounts = true,
    lost = '',
    pulled = undefined as string | undefined,
    packed = false,
    tools = {} as Partial<PushTools>,
  } = {},
) {
  const tar = makeTar(Object.entries(contents).map(([name, content]) => ({ name, content })))
  const opened = await openForTest(writeTemporary(packed ? gzipSync(tar) : tar))
  const reads: string[] = []
  const open = async (name: string) => {
    reads.push(name)
    return await opened.open(name)
  }
  const archive = { ...opened, open }
  let now = 1000
  let tell = () => {}
  let stopped: AbortSignal | undefined
  const calls: string[] = []
  const manifests = new Map<string, Buffer>()
  const repository = {
    upload: async (body: AsyncIterable<Uint8Array>, digest: () => string) => {
      const pieces = await Array.fromAsync(body, (piece) => Buffer.from(piece))
      calls.push(`upload ${Buffer.concat(pieces).toString()[0]} as ${digest().slice(0, 9)}`)
      now += 1500
      tell()
      await setImmediate()
    },
    mount: async (digest: string, from: string) => {
      calls.push(`mount ${digest.slice(0, 9)} from ${from}`)
      now += 100
      return mounts
    },
    hasBlob: async (digest: string) => {
      calls.push(`look for ${digest.slice(0, 9)}`)
      return digest !== lost
    },
    putBlob: async (bytes: Buffer) => {
      calls.push(`put ${bytes}`)
    },
    putManifest: async (reference: string, mediaType: string, bytes: Buffer) => {
      calls.push(`put ${reference.slice(0, 9)}: ${mediaType}`)
      manifests.set(reference, bytes)
      return true
    },
    pullManifest: async (reference: string) => {
      const bytes = manifests.get(reference) ?? Buffer.alloc(0)
      return pulled === 'none' ? undefined : { bytes, mediaType: '', digest: pulled ?? digestOf(bytes) }
    },
  } as Partial<RegistryRepository> as RegistryRepository
  const lines: string[] = []
  const { signal } = new AbortController()
  const clock = {
    now: () => now,
    sleep: async (_: number, stop?: AbortSignal) => {
      stopped = stop
      await new Promise<void>((resolve, reject) => {
        tell = resolve
        stop?.addEventListener('abort', reject)
      })
    },
  }
  const record = startRecord()
  const applied = applyPush(planned, archived, {
    ...{ signal, clock, concurrency: 1, verifiesReused: false, record, memory: { remember: async () => {} } },
    observedAt: now - 10_000,
    log: { info: (line) => lines.push(line), warning: () => {}, mask: () => {} },
    sender: {
      ...{ archive, repository },
      startPool: () => makeInlinePool({ choice: { compression: 'none' }, kernel: undefined, slots: 2 }),
      retrying: { retries: 0, clock, random: () => 0, signal },
    },
    ...tools,
  })
  return { applied, calls, lines, record, reads, isStopped: () => stopped?.aborted }
}

const short = (name: Name) => digestIn(name).slice(0, 9)
const made = renderManifest('oci', { digest: digestOf(config), size: config.length }, [
  blob('small'),
  blob('large'),
])

describe('a push', () => {
  it('sends the config beside the layers, the largest first, then moves the tags, and tells of each', async () => {
    const { applied, calls, lines, record } = await apply(plan([send('small'), send('large')]))
    expect(await applied).toEqual({
      digest: made.digest,
      manifest: made.bytes,
      layers: [
        { kind: 'send', layer: layer('small'), blob: blob('small'), seconds: 1.5 },
        { kind: 'send', layer: layer('large'), blob: blob('large'), seconds: 1.5 },
      ],
      configBytes: { sent: config.length, reused: 0 },
      sentSeconds: 3,
    })
    expect(calls).toEqual([
      `put ${config}`,
      `upload L as ${short('large')}`,
      `upload S as ${short('small')}`,
      `put v1: ${ociTypes.manifest}`,
      `put v2: ${ociTypes.manifest}`,
    ])
    expect(lines.filter((line) => !line.endsWith(' left'))).toEqual([
      `sent ${digestIn('large')}: 4.9 KiB in 1.5 s`,
      `sent ${digestIn('small')}: 1 B in 1.5 s`,
      `tag v1 names ${made.digest}`,
      `tag v2 names ${made.digest}`,
    ])
    expect(record).toMatchObject({ digest: made.digest, tags: ['v1', 'v2'] })
    expect(record.layers.map(({ blob: { digest } }) => digest)).toEqual([
      digestIn('large'),
      digestIn('small'),
    ])
  })

  it('reuses, mounts and sends, and looks whether what it did not send is still there', async () => {
    const { applied, calls } = await apply(
      plan([reuse('small'), mount('middle'), send('large')], { config: undefined, tags: ['v1'] }),
    )
    const { layers, configBytes, sentSeconds } = await applied
    expect(layers.map(({ kind, seconds }) => [kind, seconds])).toEqual([
      ['reuse', 0],
      ['mount', 0.1],
      ['send', 1.5],
    ])
    expect([configBytes, sentSeconds]).toEqual([{ sent: 0, reused: config.length }, 1.6])
    expect(calls).toEqual([
      `upload L as ${short('large')}`,
      `mount ${short('middle')} from base`,
      `look for ${short('small')}`,
      `look for ${short('middle')}`,
      `look for ${digestOf(config).slice(0, 9)}`,
      `put v1: ${ociTypes.manifest}`,
    ])
  })

  it.each([
    [9_999, false],
    [10_000, true],
  ])('%d ms after the repository was looked at, looks again: %s', async (ms, looks) => {
    const planned = plan([reuse('small')], { manifest: made })
    const { applied, calls } = await apply(planned, { tools: { observedAt: 1000 - ms } })
    await applied
    expect(calls.includes(`look for ${short('small')}`)).toBe(looks)
  })

  it('sends what cannot be mounted', async () => {
    const { applied } = await apply(plan([mount('middle')]), { mounts: false })
    expect((await applied).layers).toMatchObject([{ kind: 'send', blob: blob('middle') }])
  })

  it('sends layers of a stream in the order of the archive', async () => {
    const { applied, reads } = await apply(plan([send('middle'), send('large'), send('small')]), {
      packed: true,
    })
    expect((await applied).layers).toHaveLength(3)
    expect(reads).toEqual(['small', 'large', 'middle'])
  })

  it('tells how much of what it reads is read, and no more when it is done', async () => {
    const { applied, lines, isStopped } = await apply(
      plan([reuse('small'), mount('middle'), send('large')]),
      {
        mounts: false,
      },
    )
    await applied
    expect(lines.filter((line) => line.includes(' of ')).map((line) => line.split(',')[0])).toEqual([
      '4.9 KiB of 4.9 KiB',
      '5.0 KiB of 5.0 KiB',
    ])
    expect(isStopped()).toBe(true)
    const verified = await apply(plan([reuse('small'), mount('middle'), send('large')]), {
      tools: { verifiesReused: true },
    })
    await verified.applied
    expect(verified.lines.find((line) => line.includes(' of '))).toMatch(/^4\.9 KiB of 5\.0 KiB, /)
    expect(verified.reads.toSorted()).toEqual(['large', 'middle', 'small'])
  })

  it('takes no time for sending where it only mounts', async () => {
    const { applied } = await apply(plan([mount('middle')], { tags: [] }))
    expect(await applied).toMatchObject({ sentSeconds: 0, layers: [{ kind: 'mount', seconds: 0.1 }] })
  })

  it('sends a layer once that an image has twice', async () => {
    const { applied, calls } = await apply(plan([send('small'), send('small')], { tags: [] }))
    expect((await applied).layers.map(({ kind }) => kind)).toEqual(['send', 'reuse'])
    expect(calls).toEqual([`put ${config}`, `upload S as ${short('small')}`])
  })

  it('takes no time to send nothing, and looks for nothing where no tag moves', async () => {
    const { applied, calls } = await apply(plan([reuse('small')], { config: undefined, tags: [] }))
    expect(await applied).toMatchObject({ sentSeconds: 0, layers: [{ kind: 'reuse' }] })
    expect(calls).toEqual([])
  })

  it('reads reused layers too where that is asked for', async () => {
    const wrong: BlobStep = { ...reuse('small'), layer: { ...layer('small'), diffId: digestIn('large') } }
    const { applied, calls } = await apply(plan([wrong]), { tools: { verifiesReused: true } })
    await expect(applied).rejects.toThrow(`archive: layer "small": expected diffID ${digestIn('large')}`)
    expect(calls).toEqual([`put ${config}`])
    const trusting = await apply(plan([wrong]))
    expect((await trusting.applied).layers).toHaveLength(1)
  })

  it('puts the manifest that the plan has, and the members of an index before its tag', async () => {
    const bytes = (text: string) => Buffer.from(text)
    const member = { bytes: bytes('m'), mediaType: ociTypes.manifest, digest: digestOf(bytes('m')) }
    const index = { bytes: bytes('i'), mediaType: ociTypes.index, digest: digestOf(bytes('i')) }
    const archived: ArchivedTree = {
      ...{ kind: 'tree', root: index, manifests: [member], referrers: [], blobs: [], references: [] },
      warnings: [],
    }
    const members = [{ reference: member.digest, manifest: member }]
    const planned = plan([], { config: undefined, members, manifest: index, tags: ['v1'] })
    const { applied, calls } = await apply(planned, { archived })
    expect(await applied).toMatchObject({ digest: index.digest, configBytes: { sent: 0, reused: 0 } })
    expect(calls).toEqual([
      `put ${member.digest.slice(0, 9)}: ${ociTypes.manifest}`,
      `put v1: ${ociTypes.index}`,
    ])
    const rendered = await apply({ ...planned, manifest: undefined }, { archived })
    expect((await rendered.applied).digest).toBe(index.digest)
  })
})

describe('a push moves no further tag', () => {
  it('where a layer was lost meanwhile', async () => {
    const { applied, calls } = await apply(plan([reuse('small')]), { lost: digestIn('small') })
    await expect(applied).rejects.toThrow(
      `${digestIn('small')}: the repository lost this blob during the push; run the action again`,
    )
    expect(calls.at(-1)).toBe(`look for ${short('small')}`)
  })

  it.each([
    ['sha256:another', 'sha256:another; did another push move it'],
    ['none', 'no manifest; the registry does not show it yet'],
  ])('where the first one names %s', async (pulled, got) => {
    const { applied, record } = await apply(plan([], { config: undefined, manifest: made }), {
      pulled,
      tools: { clock: runClock() },
    })
    await expect(applied).rejects.toThrow(`tag v1: expected ${made.digest} after the push, got ${got}`)
    expect(record).toMatchObject({ digest: made.digest, tags: ['v1'] })
  })

  it('after a cancel', async () => {
    const abort = new AbortController()
    const { applied, calls } = await apply(plan([], { config: undefined, manifest: made }), {
      tools: {
        signal: abort.signal,
        log: { info: () => abort.abort(new Error('cancelled')), warning: () => {}, mask: () => {} },
      },
    })
    await expect(applied).rejects.toThrow('cancelled')
    expect(calls).toEqual([`look for ${digestOf(config).slice(0, 9)}`, `put v1: ${ociTypes.manifest}`])
  })
})
