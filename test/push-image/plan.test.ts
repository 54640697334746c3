import { describe, expect, it } from 'vitest'
import { emptyState, type State } from '../../actions/push-image/observe/state.ts'
import { countSent, isReached, planPush, refuseMoves } from '../../actions/push-image/plan.ts'
import type { CompressionChoice } from '../../lib/compression/choice.ts'
import type { ArchivedImage, ArchivedTree } from '../../lib/image/archived-image.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { type Blob, renderManifest } from '../../lib/oci/manifest.ts'
import type { Compression } from '../../lib/oci/media-type.ts'
import { dockerTypes, ociTypes } from '../../lib/oci/media-type.ts'
import { blobKey } from '../../lib/registry/reuse.ts'

const emptyDigest = digestOf(Buffer.from('{}'))
const gzip: CompressionChoice = { compression: 'gzip', level: 'fast' }
const zstd: CompressionChoice = { compression: 'zstd', level: 1 }

const layer = (name: string, compression: Compression = 'none') => ({
  entry: name,
  diffId: `sha256:${name}`,
  sizeBytes: 10,
  compression,
})
const image: ArchivedImage = {
  kind: 'image',
  config: Buffer.from('{}'),
  configDigest: 'sha256:config',
  layers: [layer('a'), layer('b')],
  references: ['app:v1'],
  platform: 'linux/amd64',
  warnings: [],
}
const blob = (name: string, compression: Compression = 'gzip') => ({
  digest: `sha256:${name.toUpperCase()}`,
  size: 5,
  compression,
})
/** A blob with a digest that a manifest can name. */
const written = (name: string, compression: Compression = 'gzip') => ({
  ...blob(name, compression),
  digest: digestOf(Buffer.from(name)),
})
const described = ['a', 'b'].map((name) => ({
  ...layer(name, 'gzip'),
  descriptor: { mediaType: ociTypes.layer.gzip, digest: `sha256:${name.toUpperCase()}`, size: 5 },
}))
const blobs = new Map<string, Blob>([
  [blobKey('sha256:a', 'gzip'), blob('a')],
  [blobKey('sha256:b', 'gzip'), blob('b')],
])
const full: State = { ...emptyState, blobs, hasConfig: true }
const kinds = (state: State, choice: CompressionChoice = gzip) =>
  planPush(image, state, ['v1'], choice).blobs.map(({ kind }) => kind)

describe('planPush', () => {
  it('sends all to an empty repository', () => {
    const plan = planPush(image, emptyState, ['v1'], gzip)
    expect(plan).toMatchObject({ config: image.config, manifest: undefined, tags: ['v1'] })
    expect(plan.blobs).toMatchObject([
      { kind: 'send', compression: 'gzip' },
      { kind: 'send', compression: 'gzip' },
    ])
  })

  it('sends only the layers that no earlier image has', () => {
    const first = new Map([...blobs].slice(0, 1))
    expect(kinds({ ...emptyState, blobs: first })).toEqual(['reuse', 'send'])
  })

  it('reuses no blob of another compression than the one that is wished', () => {
    expect(kinds(full, zstd)).toEqual(['send', 'send'])
  })

  it('takes a layer over from the other repository, but not one that is there', () => {
    const mountable = { from: 'base', blobs }
    expect(kinds({ ...emptyState, mountable })).toEqual(['mount', 'mount'])
    expect(kinds({ ...full, mountable })).toEqual(['reuse', 'reuse'])
  })

  it('has nothing to do where each tag names the image, and moves the tag that does not', () => {
    const first = planPush(image, full, ['v1'], gzip)
    expect(isReached(first)).toBe(false)
    const state = { ...full, tags: new Map([['v1', first.manifest?.digest ?? '']]) }
    expect(isReached(planPush(image, state, ['v1'], gzip))).toBe(true)
    expect(planPush(image, state, ['v1', 'v2'], gzip).tags).toEqual(['v2'])
  })

  it('takes an image with the same config for the same, whoever wrote its manifest', () => {
    const layers = [written('a'), written('b')]
    const found = {
      ...renderManifest('oci', { digest: emptyDigest, size: 2 }, layers, { by: 'another tool' }),
      ...{ digest: 'sha256:found', configDigest: 'sha256:config', diffIds: ['sha256:a', 'sha256:b'], layers },
    }
    const state = { ...emptyState, images: [found], tags: new Map([['v1', 'sha256:found']]) }
    expect(isReached(planPush(image, state, ['v1'], gzip))).toBe(true)
    expect(planPush(image, state, ['v2'], gzip).manifest).toBe(found)
    expect(isReached(planPush(image, state, ['v1'], zstd))).toBe(false)
  })

  it('takes no manifest that calls layers gzip which are not packed, but their blobs', () => {
    const layers = [written('a', 'none'), written('b', 'none')]
    const called = renderManifest('oci', { digest: emptyDigest, size: 2 }, [written('a'), written('b')])
    const found = { ...called, configDigest: 'sha256:config', diffIds: ['sha256:a', 'sha256:b'], layers }
    const known = new Map(layers.map((each, at) => [blobKey(found.diffIds[at] ?? '', 'none'), each]))
    const state = { ...emptyState, images: [found], blobs: known, hasConfig: true }
    const plan = planPush(image, state, ['v1'], { compression: 'none' })
    expect(plan.blobs.map(({ kind }) => kind)).toEqual(['reuse', 'reuse'])
    expect(String(plan.manifest?.bytes)).toContain(`"${dockerTypes.layer.none}"`)
  })

  it('takes no image for the same that has another config, or one layer in another compression', () => {
    const found = {
      ...{ bytes: Buffer.from('{}'), mediaType: ociTypes.manifest, digest: 'sha256:found' },
      ...{ configDigest: 'sha256:config', diffIds: ['sha256:a', 'sha256:b'] },
      layers: [blob('a'), blob('b', 'zstd')],
    }
    const state = { ...emptyState, images: [found] }
    expect(planPush(image, state, ['v1'], gzip).blobs.map(({ kind }) => kind)).toEqual(['send', 'send'])
    const other = { ...found, layers: [blob('a'), blob('b')], configDigest: 'sha256:other' }
    expect(planPush(image, { ...state, images: [other] }, ['v1'], gzip).manifest).toBeUndefined()
  })

  it('takes an image with a manifest of its own for the same only under its digest', () => {
    const manifest = { bytes: Buffer.from('{}'), mediaType: ociTypes.manifest, digest: emptyDigest }
    const value = { layers: [blob('a'), blob('b')] }
    const kept = { ...image, layers: described, source: { ...manifest, value } }
    const found = {
      ...{ ...manifest, configDigest: 'sha256:config', diffIds: ['sha256:a', 'sha256:b'] },
      layers: [blob('a'), blob('b')],
    }
    const kindsOf = (more: Partial<typeof found>) =>
      planPush(kept, { ...emptyState, images: [{ ...found, ...more }] }, ['v1'], gzip).blobs.map(
        ({ kind }) => kind,
      )
    expect(kindsOf({})).toEqual(['reuse', 'reuse'])
    expect(kindsOf({ digest: 'sha256:another' })).toEqual(['send', 'send'])
    expect(kindsOf({ layers: [blob('a'), blob('packed-otherwise')] })).toEqual(['send', 'send'])
    expect(planPush(kept, emptyState, ['v1'], gzip).family).toBe('oci')
    const docker = { ...kept, source: { ...kept.source, mediaType: dockerTypes.manifest } }
    expect(planPush(docker, emptyState, ['v1'], gzip).family).toBe('docker')
  })

  it('is not reached where only the config is missing', () => {
    const state = { ...full, hasConfig: false }
    const { manifest } = planPush(image, full, ['v1'], gzip)
    const tags = new Map([['v1', manifest?.digest ?? '']])
    expect(isReached(planPush(image, { ...full, tags }, ['v1'], gzip))).toBe(true)
    expect(isReached(planPush(image, { ...state, tags }, ['v1'], gzip))).toBe(false)
  })

  it('counts the bytes of the archive that it may send', () => {
    const mountable = { from: 'base', blobs: new Map([...blobs].slice(0, 1)) }
    const state = { ...emptyState, mountable }
    expect(countSent(planPush(image, state, ['v1'], gzip))).toBe(20)
    expect(countSent(planPush(image, { ...emptyState, blobs: mountable.blobs }, ['v1'], gzip))).toBe(10)
    expect(countSent(planPush(image, full, ['v1'], gzip))).toBe(0)
  })

  it('never mixes the media types of Docker and of OCI', () => {
    const mixed = { ...image, layers: [layer('a', 'zstd'), layer('b', 'gzip')] }
    const known = new Map([
      [blobKey('sha256:a', 'zstd'), blob('a', 'zstd')],
      [blobKey('sha256:b', 'gzip'), blob('b')],
    ])
    const types = (archived: ArchivedImage, state: State) => {
      const { manifest } = planPush(archived, state, ['v1'], gzip)
      const parsed = JSON.parse(String(manifest?.bytes))
      return [manifest, parsed.config, ...parsed.layers].map((part) => part.mediaType)
    }
    const { manifest, config, layer: layers } = ociTypes
    expect(types(mixed, { ...full, blobs: known })).toEqual([manifest, config, layers.zstd, layers.gzip])
    const docker = dockerTypes
    expect(types(image, full)).toEqual([docker.manifest, docker.config, docker.layer.gzip, docker.layer.gzip])
  })

  it('passes the manifest of an image on as it is, where each of its layers is', () => {
    const manifest = { bytes: Buffer.from('{}'), mediaType: ociTypes.manifest, digest: emptyDigest }
    const source = { ...manifest, value: { layers: [blob('a'), blob('b')] } }
    expect(planPush({ ...image, layers: described, source }, emptyState, ['v1'], gzip).manifest).toEqual(
      manifest,
    )
  })
})

describe('the plan of an index', () => {
  const member = { bytes: Buffer.from('{}'), mediaType: ociTypes.manifest, digest: 'sha256:member' }
  const index: ArchivedTree = {
    kind: 'tree',
    root: { bytes: Buffer.from('{}'), mediaType: ociTypes.index, digest: emptyDigest },
    manifests: [member],
    referrers: [],
    warnings: [],
    blobs: [{ ...layer('a', 'gzip'), descriptor: { mediaType: '', digest: 'sha256:A', size: 5 } }],
    references: [],
  }

  it('sends what it names, then its members, and moves the tag', () => {
    const plan = planPush(index, emptyState, ['v1'], zstd)
    expect(plan.blobs).toMatchObject([{ kind: 'send', compression: 'gzip' }])
    expect(plan).toMatchObject({
      members: [{ reference: member.digest, manifest: member }],
      manifest: index.root,
      tags: ['v1'],
    })
  })

  it('is of the family of its media type, and compresses nothing', () => {
    expect(planPush(index, emptyState, ['v1'], zstd).family).toBe('oci')
    const docker = { ...index, root: { ...index.root, mediaType: dockerTypes.index } }
    expect(planPush(docker, emptyState, ['v1'], zstd).family).toBe('docker')
    const tar = { ...layer('a'), descriptor: { mediaType: '', digest: 'sha256:A', size: 5 } }
    const planned = planPush({ ...index, blobs: [tar] }, emptyState, ['v1'], zstd)
    expect(planned.blobs).toMatchObject([{ kind: 'send', compression: 'none' }])
  })

  it('does nothing where a tag names it, and all its blobs are there', () => {
    const tags = new Map([['v1', emptyDigest]])
    const there = new Map([['sha256:A', blob('a')]])
    expect(isReached(planPush(index, { ...full, blobs: there, tags }, ['v1'], gzip))).toBe(true)
    expect(planPush(index, { ...emptyState, tags }, ['v1'], gzip)).toMatchObject({
      blobs: [{ kind: 'send' }],
      members: [],
      tags: [],
    })
  })
})

describe('refuseMoves', () => {
  const target = { uri: 'host/app', isImmutable: (tag: string) => tag !== 'latest' }

  it('refuses a tag that names another image and cannot be moved, and only that', () => {
    const state = {
      ...full,
      tags: new Map([
        ['v1', 'sha256:other'],
        ['latest', 'sha256:other'],
      ]),
    }
    expect(() => refuseMoves(planPush(image, state, ['v1'], gzip), state, target)).toThrow(
      'tags: "v1" names another image in host/app, whose tags are immutable',
    )
    refuseMoves(planPush(image, state, ['latest', 'v2'], gzip), state, target)
  })
})
