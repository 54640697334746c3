import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../../lib/oci/digest.ts'
import { dockerTypes, ociTypes } from '../../../lib/oci/media-type.ts'
import { openRepository, type RegistryRepository } from '../../../lib/registry/repository.ts'
import { blobKey, confirmBlobs, mapLayersByDiffId, pullImages } from '../../../lib/registry/reuse.ts'
import { type OciRegistry, startOciRegistry } from '../../fakes/oci-registry.ts'
import { makeTestTransport } from '../../fixtures/transport.ts'

const registries: OciRegistry[] = []
afterEach(() => {
  for (const registry of registries.splice(0)) registry.close()
})

async function start() {
  const registry = await startOciRegistry()
  registries.push(registry)
  return { registry, repository: openRepository(makeTestTransport(registry.origin), 'app') }
}

type Types = { manifest: string; config: string; layer: string }
const docker: Types = { ...dockerTypes, layer: dockerTypes.layer.gzip }
const oci: Types = { ...ociTypes, layer: ociTypes.layer.gzip }

const describeBlob = (mediaType: string, bytes: Buffer) => ({
  mediaType,
  digest: digestOf(bytes),
  size: bytes.length,
})
const diffIdOf = (content: string) => digestOf(Buffer.from(content))

/** Pushes an image as another tool would: blobs of its own making, fields that we do not write, spaces. */
async function pushByHand(
  repository: RegistryRepository,
  contents: readonly string[],
  { types = oci, diffIds = contents.map(diffIdOf), tag = '' } = {},
) {
  const blobs = contents.map((content) => gzipSync(content, { level: 9 }))
  const config = Buffer.from(
    JSON.stringify({ history: [{}], rootfs: { type: 'layers', diff_ids: diffIds } }, undefined, 2),
  )
  for (const blob of [...blobs, config]) await repository.putBlob(blob)
  const manifest = {
    schemaVersion: 2,
    config: describeBlob(types.config, config),
    layers: blobs.map((blob) => ({ ...describeBlob(types.layer, blob), annotations: { by: 'hand' } })),
  }
  const bytes = Buffer.from(JSON.stringify(manifest, undefined, 3))
  await repository.putManifest(tag || digestOf(bytes), types.manifest, bytes)
  const layers = blobs.map((blob) => ({
    digest: digestOf(blob),
    size: blob.length,
    compression: 'gzip',
  }))
  return { descriptor: describeBlob(types.manifest, bytes), layers, config }
}

async function putIndex(repository: RegistryRepository, tag: string, manifests: readonly object[]) {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }))
  await repository.putManifest(tag, ociTypes.index, bytes)
}

describe('pullImages', () => {
  it.each([
    ['Docker', docker],
    ['OCI', oci],
  ])('learns from an image of %s types that another tool pushed', async (_name, types) => {
    const { repository } = await start()
    const { layers, config, descriptor } = await pushByHand(repository, ['one', 'two'], { types, tag: 'v1' })
    expect(await pullImages(repository, 'v1')).toEqual([
      {
        mediaType: types.manifest,
        digest: descriptor.digest,
        bytes: expect.any(Buffer),
        configDigest: digestOf(config),
        diffIds: ['one', 'two'].map(diffIdOf),
        layers,
      },
    ])
  })

  it('learns that a tar is not compressed, where skopeo called it gzip', async () => {
    const { repository } = await start()
    const tar = Buffer.from('one')
    const config = Buffer.from(JSON.stringify({ rootfs: { diff_ids: [digestOf(tar)] } }))
    for (const blob of [tar, config]) await repository.putBlob(blob)
    const layers = [describeBlob(ociTypes.layer.gzip, tar)]
    const manifest = { schemaVersion: 2, config: describeBlob(ociTypes.config, config), layers }
    await repository.putManifest('v1', ociTypes.manifest, Buffer.from(JSON.stringify(manifest)))
    const [image] = await pullImages(repository, 'v1')
    expect(image?.layers).toEqual([{ digest: digestOf(tar), size: tar.length, compression: 'none' }])
  })

  it('learns from the images of an index, but not from what lies beside them', async () => {
    const { repository } = await start()
    const amd64 = await pushByHand(repository, ['shared', 'amd64'])
    const arm64 = await pushByHand(repository, ['shared', 'arm64'], { types: docker })
    const statement = { ...oci, layer: 'application/vnd.in-toto+json' }
    const attestation = await pushByHand(repository, ['statement'], { types: statement })
    await putIndex(
      repository,
      'v1',
      [amd64, arm64, attestation].map(({ descriptor }) => descriptor),
    )
    const images = await pullImages(repository, 'v1')
    expect(images.map(({ layers }) => layers)).toEqual([amd64.layers, arm64.layers])
  })

  it.each([
    ['has another digest than the manifest says', 'digest'],
    ['is gone', 'gone'],
    ['names another number of layers', 'number'],
    ['is no JSON', 'text'],
  ])('learns nothing from a config that %s', async (_name, damage) => {
    const { registry, repository } = await start()
    const diffIds = damage === 'number' ? [diffIdOf('one')] : undefined
    const { config } = await pushByHand(repository, ['one', 'two'], {
      tag: 'v1',
      ...(diffIds && { diffIds }),
    })
    const blob = registry.repositories.get('app')!.blobs.get(digestOf(config))!
    if (damage === 'digest')
      blob.bytes = Buffer.from(config.toString().replace(diffIdOf('one'), diffIdOf('x')))
    if (damage === 'text') blob.bytes = Buffer.from('text')
    if (damage === 'gone') registry.repositories.get('app')!.blobs.delete(digestOf(config))
    expect(await pullImages(repository, 'v1')).toEqual([])
  })

  it('learns nothing from an artifact, whose config it does not even read', async () => {
    const { registry, repository } = await start()
    const types = { ...oci, config: 'application/vnd.example.chart.v1+json' }
    await pushByHand(repository, ['chart'], { types, tag: 'v1' })
    expect(await pullImages(repository, 'v1')).toEqual([])
    expect(registry.requests.some(({ method, operation }) => method === 'GET' && operation === 'blob')).toBe(
      false,
    )
  })

  it('learns nothing from a tag that there is not', async () => {
    const { repository } = await start()
    expect(await pullImages(repository, 'v1')).toEqual([])
  })

  it('passes on what goes wrong with the registry', async () => {
    const { registry, repository } = await start()
    await pushByHand(repository, ['one'], { tag: 'v1' })
    const trouble = { kind: 'status', status: 403 } as const
    const fault = registry.fail({ method: 'GET', operation: 'blob', trouble })
    await expect(pullImages(repository, 'v1')).rejects.toThrow(/: 403$/)
    expect(fault.fired).toBe(1)
  })
})

describe('mapLayersByDiffId', () => {
  const wanted = ['one', 'two', 'three'].map(diffIdOf)
  const neverAsked = async (): Promise<string[]> => {
    throw new Error('expected no further list')
  }

  it('stops when each layer is known, before the next list is asked for', async () => {
    const { registry, repository } = await start()
    await pushByHand(repository, ['one', 'two'], { tag: 'v1' })
    await pushByHand(repository, ['one', 'three'], { tag: 'v2' })
    await pushByHand(repository, ['four'], { tag: 'v3' })
    registry.fail({ path: /manifests\/v3/, trouble: { kind: 'status', status: 400 } })
    const images = await mapLayersByDiffId(repository, [async () => ['v1', 'v2', 'v3'], neverAsked], wanted)
    expect(images).toHaveLength(2)
    expect(await mapLayersByDiffId(repository, [neverAsked], [])).toEqual([])
  })

  it('goes on to the next list where something is unknown, and asks for no image twice', async () => {
    const { registry, repository } = await start()
    await pushByHand(repository, ['one', 'two'], { tag: 'v1' })
    await pushByHand(repository, ['three'], { tag: 'v2' })
    const before = registry.requests.length
    const images = await mapLayersByDiffId(repository, [async () => ['v1'], async () => ['v1', 'v2']], wanted)
    expect(images.map(({ diffIds }) => diffIds.length)).toEqual([2, 1])
    const manifests = registry.requests.slice(before).filter(({ operation }) => operation === 'manifest')
    expect(manifests.map(({ path }) => path)).toEqual(['/v2/app/manifests/v1', '/v2/app/manifests/v2'])
  })
})

describe('confirmBlobs', () => {
  it('keeps no blob that the repository lost, or has in another size', async () => {
    const { registry, repository } = await start()
    const { layers } = await pushByHand(repository, ['one', 'two', 'three'], { tag: 'v1' })
    const [image] = await pullImages(repository, 'v1')
    const blobs = new Map(
      (image?.layers ?? []).map((blob, at) => [blobKey(image?.diffIds[at] ?? '', blob.compression), blob]),
    )
    registry.repositories.get('app')!.blobs.delete(layers[0]?.digest ?? '')
    const ofThree = blobKey(diffIdOf('three'), 'gzip')
    blobs.set(ofThree, { ...blobs.get(ofThree)!, size: 1 })
    const confirmed = await confirmBlobs(repository, blobs)
    expect([...confirmed]).toEqual([[blobKey(diffIdOf('two'), 'gzip'), layers[1]]])
  })
})
