import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../lib/oci/digest.ts'
import { ociTypes } from '../../../lib/oci/media-type.ts'
import { RegistryError } from '../../../lib/registry/http/errors.ts'
import type { RegistryRepository } from '../../../lib/registry/repository.ts'
import { mapLayersByDiffId, pullImages } from '../../../lib/registry/reuse.ts'

type Reads = Pick<RegistryRepository, 'pullManifest' | 'getBlob'>

/** A repository of manifests and blobs in memory, which counts what is pulled. */
function makeRepository(reads: Partial<Reads> = {}) {
  const manifests = new Map<string, Buffer>()
  const blobs = new Map<string, Buffer>()
  const pulled: string[] = []
  const repository = {
    pullManifest: async (reference: string) => {
      pulled.push(reference)
      const bytes = manifests.get(reference)
      return bytes && { bytes, mediaType: ociTypes.manifest, digest: digestOf(bytes) }
    },
    getBlob: async (digest: string) => blobs.get(digest) ?? Buffer.alloc(0),
    ...reads,
  } as RegistryRepository
  const put = (content: object, ...references: string[]) => {
    const bytes = Buffer.from(JSON.stringify(content))
    const digest = digestOf(bytes)
    for (const reference of [digest, ...references]) manifests.set(reference, bytes)
    return { mediaType: ociTypes.manifest, digest, size: bytes.length }
  }
  const putImage = (name: string, { mediaType = ociTypes.config as string } = {}) => {
    const diffId = digestOf(Buffer.from(name))
    const config = Buffer.from(JSON.stringify({ rootfs: { diff_ids: [diffId] } }))
    blobs.set(digestOf(config), config)
    const layer = { mediaType: ociTypes.layer.gzip, digest: digestOf(Buffer.from(`blob ${name}`)), size: 5 }
    const described = { mediaType, digest: digestOf(config), size: config.length }
    return put({ config: described, layers: [layer] }, name)
  }
  return { repository, pulled, put, putImage }
}

describe('a search through earlier images', () => {
  it('reads 64 manifests at most, also of an index that names more, or itself again and again', async () => {
    const { repository, pulled, put, putImage } = makeRepository()
    const images = Array.from({ length: 100 }, (_, at) => putImage(`image ${at}`))
    put({ manifests: images }, 'many')
    expect(await pullImages(repository, 'many')).toHaveLength(63)
    expect(pulled).toHaveLength(64)
    pulled.length = 0
    const same = put({ manifests: images.slice(0, 2) })
    put({ manifests: [...images.slice(0, 2), same, ...images.slice(0, 2)] }, 'twice')
    expect(await pullImages(repository, 'twice')).toHaveLength(4)
    expect(pulled).toHaveLength(6)
    pulled.length = 0
    const references = images.map(({ digest }) => digest)
    expect(await mapLayersByDiffId(repository, [async () => references], ['wanted'])).toHaveLength(64)
    expect(pulled).toEqual(references.slice(0, 64))
  })

  it('reads 16 MiB of manifests at most', async () => {
    const { repository, pulled } = makeRepository()
    const bytes = Buffer.alloc(4 * 1024 ** 2)
    const pullManifest: Reads['pullManifest'] = async (reference) => {
      await repository.pullManifest(reference)
      return { bytes, mediaType: ociTypes.manifest, digest: '' }
    }
    const turns = [async () => ['a', 'b', 'c', 'd', 'e', 'f']]
    expect(await mapLayersByDiffId({ ...repository, pullManifest }, turns, ['wanted'])).toEqual([])
    expect(pulled).toEqual(['a', 'b', 'c', 'd'])
  })

  it('takes the config of Docker and of OCI, and reads no other', async () => {
    const read: string[] = []
    const { repository, putImage } = makeRepository({
      getBlob: async (digest) => {
        read.push(digest)
        throw new RegistryError('GET', new URL('https://r.test/'), { status: 404 })
      },
    })
    putImage('docker', { mediaType: 'application/vnd.docker.container.image.v1+json' })
    putImage('oci')
    putImage('empty', { mediaType: 'application/vnd.oci.empty.v1+json' })
    for (const [name, count] of [
      ['docker', 1],
      ['oci', 2],
      ['empty', 2],
    ] as const) {
      expect(await pullImages(repository, name)).toEqual([])
      expect(read).toHaveLength(count)
    }
  })

  it.each([
    ['text', 'no JSON'],
    ['{}', 'no diffIDs'],
    ['{"rootfs":{"diff_ids":["x"]}}', 'a diffID that is no digest'],
  ])('learns nothing from the config %s, with %s', async (config) => {
    const bytes = Buffer.from(config)
    const { repository, put } = makeRepository({ getBlob: async () => bytes })
    const layer = { mediaType: ociTypes.layer.gzip, digest: digestOf(Buffer.from('blob')), size: 5 }
    const described = { mediaType: ociTypes.config, digest: digestOf(bytes), size: bytes.length }
    put({ config: described, layers: [layer] }, 'v1')
    expect(await pullImages(repository, 'v1')).toEqual([])
  })

  it('fails with any other error of a config than that it is gone', async () => {
    const error = new RegistryError('GET', new URL('https://r.test/'), { status: 403 })
    const { repository, putImage } = makeRepository({ getBlob: () => Promise.reject(error) })
    putImage('a')
    await expect(pullImages(repository, 'a')).rejects.toBe(error)
  })

  it('is a hint only: what cannot be listed or read is passed over', async () => {
    const { repository, pulled, putImage } = makeRepository()
    putImage('good')
    const broken = new Error('broken')
    const pullManifest: Reads['pullManifest'] = async (reference) => {
      if (reference === 'bad') throw broken
      return await repository.pullManifest(reference)
    }
    const turns = [() => Promise.reject(broken), async () => ['bad', 'good', 'good']]
    const warnings: string[] = []
    const warn = (sentence: string) => warnings.push(sentence)
    const images = await mapLayersByDiffId({ ...repository, pullManifest }, turns, ['wanted'], warn)
    expect(images).toHaveLength(1)
    expect(pulled).toEqual(['good'])
    const sentence =
      'reuse: earlier images cannot be read, and layers that they have may be sent again: broken'
    expect(warnings).toEqual([sentence, sentence])
  })

  it('asks for nothing where nothing is wanted, and for no more than is wanted', async () => {
    const { repository, pulled, putImage } = makeRepository()
    putImage('a')
    putImage('b')
    const lists: string[] = []
    const turn = (name: string, references: string[]) => async () => {
      lists.push(name)
      return references
    }
    const turns = [turn('first', ['a', 'b']), turn('second', ['b'])]
    expect(await mapLayersByDiffId(repository, turns, [])).toEqual([])
    expect(lists).toEqual([])
    expect(await mapLayersByDiffId(repository, turns, [digestOf(Buffer.from('a'))])).toHaveLength(1)
    expect([lists, pulled]).toEqual([['first'], ['a']])
  })
})
