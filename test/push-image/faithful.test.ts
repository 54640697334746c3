import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../lib/oci/digest.ts'
import { ociTypes } from '../../lib/oci/media-type.ts'
import { makeTar } from '../../scripts/example-image/tar.ts'
import type { Quirks } from '../fakes/oci-registry/quirks.ts'
import { type OciRegistry, startOciRegistry } from '../fakes/oci-registry.ts'
import { type FixtureDescriptor, Layout } from '../fixtures/layout.ts'
import { runPush, tagsOf } from '../fixtures/push.ts'

const registries: OciRegistry[] = []
afterEach(() => {
  for (const registry of registries.splice(0)) registry.close()
})

async function push(layout: Layout, inputs: Record<string, string> = {}, quirks: Partial<Quirks> = {}) {
  const registry = await startOciRegistry({ quirks })
  registries.push(registry)
  const repository = `${registry.host}/team/app`
  const pushAgain = async (more: Record<string, string> = {}) =>
    await runPush(layout.toTar(), { repository, tags: 'v1', ...inputs, ...more })
  const { outputs, lines } = await pushAgain()
  const { manifests, blobs } = registry.repositories.get('team/app')!
  const warnings = lines.filter((line) => /^(archive|image|repository|reuse): /.test(line))
  return { registry, outputs, warnings, manifests, blobs, pushAgain }
}

const plain = ({ mediaType, digest, size }: FixtureDescriptor) => ({ mediaType, digest, size })
const named = (descriptor: FixtureDescriptor, tag = 'v1') => ({
  ...plain(descriptor),
  annotations: { 'org.opencontainers.image.ref.name': tag },
})
const tar = makeTar([{ name: 'a', content: 'shared' }])
const packings = {
  'gzip of level 1': { mediaType: ociTypes.layer.gzip, bytes: gzipSync(tar, { level: 1 }) },
  'gzip of level 0': { mediaType: ociTypes.layer.gzip, bytes: gzipSync(tar, { level: 0 }) },
  zstd: { mediaType: ociTypes.layer.zstd, bytes: zstdCompressSync(tar) },
}
function addBySha512(layout: Layout, mediaType: string, bytes: Buffer): FixtureDescriptor {
  const hex = createHash('sha512').update(bytes).digest('hex')
  layout.files.set(`blobs/sha512/${hex}`, bytes)
  return { mediaType, digest: `sha512:${hex}`, size: bytes.length }
}

const imageOf = (layout: Layout, layers: FixtureDescriptor[], architecture = 'amd64') => {
  const diff_ids = layers.map(() => digestOf(tar))
  const config = layout.blob(ociTypes.config, { os: 'linux', architecture, rootfs: { diff_ids } })
  return layout.manifest(config, layers)
}

describe('one content that is packed in several ways', () => {
  const pack = (layout: Layout) =>
    Object.values(packings).map(({ mediaType, bytes }) => layout.blob(mediaType, bytes))

  it('is pushed as each of its blobs within one image', async () => {
    const layout = new Layout()
    const layers = pack(layout)
    const image = imageOf(layout, layers)
    const { outputs, blobs, pushAgain } = await push(layout.top([named(image)]))
    expect(outputs.digest).toBe(image.digest)
    expect(layers.filter(({ digest }) => !blobs.has(digest))).toEqual([])
    expect((await pushAgain()).outputs.result).toBe('unchanged')
  })

  it('is pushed as each of its blobs among the members of an index', async () => {
    const layout = new Layout()
    const layers = pack(layout)
    const members = layers.map((layer, at) => ({
      ...imageOf(layout, [layer], `arch${at}`),
      platform: { os: 'linux', architecture: `arch${at}` },
    }))
    const { outputs, blobs } = await push(layout.top([named(layout.index(members))]))
    expect(outputs.result).toBe('pushed')
    expect(layers.filter(({ digest }) => !blobs.has(digest))).toEqual([])
  })

  it('is the same image when it is pushed again, where one of them is compressed on its way', async () => {
    const layout = new Layout()
    const layers = [layout.blob(ociTypes.layer.none, tar), ...pack(layout).slice(1, 2)]
    const { outputs, pushAgain } = await push(layout.top([named(imageOf(layout, layers))]))
    expect((await pushAgain()).outputs).toMatchObject({ result: 'unchanged', digest: outputs.digest })
  })

  it('is sent again where the repository has it in another packing only', async () => {
    const layout = new Layout()
    const [first, second] = pack(layout) as [FixtureDescriptor, FixtureDescriptor]
    const image = imageOf(layout, [first])
    const { registry, blobs } = await push(layout.top([named(image)]))
    const other = imageOf(layout, [second])
    const repository = `${registry.host}/team/app`
    const { outputs } = await runPush(layout.top([named(other)]).toTar(), { repository, tags: 'v2' })
    expect(outputs.digest).toBe(other.digest)
    expect(blobs.has(second.digest)).toBe(true)
  })
})

describe('one blob that is named with two diffIDs', () => {
  const wrong = digestOf(Buffer.from('another'))
  const configOf = (layout: Layout, diff_ids: string[], architecture = 'amd64') =>
    layout.blob(ociTypes.config, { os: 'linux', architecture, rootfs: { diff_ids } })

  it.each(['gzip', 'none'] as const)('is damaged within one image: %s', async (kind) => {
    const layout = new Layout()
    const layer = layout.blob(ociTypes.layer[kind], kind === 'gzip' ? gzipSync(tar) : tar)
    const image = layout.manifest(configOf(layout, [digestOf(tar), wrong]), [layer, layer])
    await expect(push(layout.finish(['v1', image]), { compression: 'none' })).rejects.toThrow(
      `expected diffID ${wrong}, got ${digestOf(tar)}; the archive is damaged`,
    )
  })

  it.each([0, 1])('is damaged among the members of an index: member %d', async (damaged) => {
    const layout = new Layout()
    const layer = layout.blob(ociTypes.layer.gzip, gzipSync(tar))
    const members = ['amd64', 'arm64'].map((architecture, at) => ({
      ...layout.manifest(configOf(layout, [at === damaged ? wrong : digestOf(tar)], architecture), [layer]),
      platform: { os: 'linux', architecture },
    }))
    await expect(push(layout.finish(['v1', layout.index(members)]))).rejects.toThrow(
      `expected diffID ${wrong}, got ${digestOf(tar)}; the archive is damaged`,
    )
  })
})

describe('a manifest', () => {
  const blobNames = (layout: Layout, image: FixtureDescriptor) => {
    const { config, layers } = layout.read(image)
    const nameOf = ({ digest }: FixtureDescriptor) => `blobs/${digest.replace(':', '/')}`
    return { Config: nameOf(config), Layers: layers.map(nameOf), RepoTags: ['app:v1'] }
  }

  it('is that of index.json where manifest.json lies beside it', async () => {
    const layout = new Layout()
    const { config, layers } = layout.read(layout.image(['one']))
    const image = layout.manifest(config, layers, { annotations: { 'org.example.by': 'a tool' } })
    layout.top([named(image)]).saved([blobNames(layout, image)])
    const { outputs, manifests } = await push(layout)
    expect(outputs.digest).toBe(image.digest)
    expect(manifests.get(image.digest)?.mediaType).toBe(ociTypes.manifest)
  })

  it('is an index with its attestations where docker save wrote one', async () => {
    const layout = new Layout()
    const amd64 = layout.image(['one'])
    const attestation = layout.attestation(amd64)
    const index = layout.index([amd64, attestation])
    layout.top([named(index)]).saved([blobNames(layout, amd64)])
    const { outputs, manifests, warnings } = await push(layout)
    expect(outputs.digest).toBe(index.digest)
    expect([amd64, attestation].every(({ digest }) => manifests.has(digest))).toBe(true)
    expect(warnings).toEqual([])
  })

  it('is made from manifest.json where index.json names none', async () => {
    const layout = new Layout()
    const image = layout.image(['one'])
    layout.top(null).saved([blobNames(layout, image)])
    expect((await push(layout)).outputs.result).toBe('pushed')
  })

  it('changes in nothing but the descriptors of the layers that are compressed', async () => {
    const layout = new Layout()
    const base = {
      ...layout.blob(ociTypes.layer.gzip, gzipSync(tar)),
      annotations: { 'org.example': 'base' },
    }
    const top = { ...layout.blob(ociTypes.layer.none, tar), annotations: { 'org.example': 'top' } }
    const { config } = layout.read(imageOf(layout, [base, top]))
    const more = { annotations: { 'org.opencontainers.image.source': 'https://example.com' } }
    const image = layout.manifest(config, [base, top], more)
    const { outputs, manifests, pushAgain } = await push(layout.top([named(image)]))
    const pushed = manifests.get(outputs.digest ?? '')!
    const { layers, ...rest } = JSON.parse(pushed.bytes.toString())
    expect(rest).toEqual({ schemaVersion: 2, mediaType: ociTypes.manifest, config, ...more })
    expect(layers[0]).toEqual(base)
    expect(layers[1]).toMatchObject({ mediaType: ociTypes.layer.gzip, annotations: top.annotations })
    expect(layers[1].digest).not.toBe(top.digest)
    expect((await pushAgain()).outputs).toMatchObject({ result: 'unchanged', digest: outputs.digest })
    expect((await pushAgain({ compression: 'none' })).outputs.digest).toBe(image.digest)
  })

  it.each([
    ['data', tar.toString('base64')],
    ['urls', ['https://example.com/layer.tar']],
  ])('loses the %s of a layer that is compressed: they are those of another blob', async (field, stated) => {
    const layout = new Layout()
    const annotations = { 'org.example': 'top' }
    const layer = { ...layout.blob(ociTypes.layer.none, tar), annotations, [field]: stated }
    const image = imageOf(layout, [layer])
    const { outputs, manifests, pushAgain } = await push(layout.top([named(image)]))
    const { layers } = JSON.parse(manifests.get(outputs.digest ?? '')!.bytes.toString())
    expect(layers).toEqual([
      { mediaType: ociTypes.layer.gzip, digest: expect.any(String), size: expect.any(Number), annotations },
    ])
    expect((await pushAgain({ compression: 'none' })).outputs.digest).toBe(image.digest)
  })

  it('says what its layers are, where podman called a tar gzip', async () => {
    const layout = new Layout()
    const mislabelled = { ...layout.blob(ociTypes.layer.none, tar), mediaType: ociTypes.layer.gzip }
    const image = imageOf(layout, [mislabelled, mislabelled])
    const { outputs, manifests, blobs, pushAgain } = await push(layout.top([named(image)]))
    const layersOf = (digest = '') => JSON.parse(manifests.get(digest)!.bytes.toString()).layers
    for (const { mediaType, digest } of layersOf(outputs.digest)) {
      expect(mediaType).toBe(ociTypes.layer.gzip)
      expect(gunzipSync(blobs.get(digest)!.bytes!).equals(tar)).toBe(true)
    }
    expect((await pushAgain()).outputs).toMatchObject({ result: 'unchanged', digest: outputs.digest })
    const { digest } = (await pushAgain({ compression: 'none' })).outputs
    const layer = { ...mislabelled, mediaType: ociTypes.layer.none }
    expect(layersOf(digest)).toEqual([layer, layer])
  })

  it('is not taken from an earlier push that lost its annotations', async () => {
    const layout = new Layout()
    const { config, layers } = layout.read(layout.image(['one'], { kind: 'tar' }))
    const bare = layout.manifest(config, layers)
    const { registry, outputs } = await push(layout.top([named(bare)]))
    const annotated = layout.manifest(config, layers, { annotations: { a: 'b' } })
    const repository = `${registry.host}/team/app`
    const again = await runPush(layout.top([named(annotated)]).toTar(), { repository, tags: 'v1' })
    expect(again.outputs).toMatchObject({
      result: 'pushed',
      'reused-bytes': expect.not.stringMatching(/^0$/),
    })
    expect(again.outputs.digest).not.toBe(outputs.digest)
  })
})

describe('an index of which the archive has a part', () => {
  function makeSparse(platforms: readonly string[]) {
    const layout = new Layout()
    const images = platforms.map((platform) => layout.image([platform], { platform }))
    const gone = layout.image(['gone'], { platform: 'linux/s390x' })
    const attestation = layout.attestation(gone)
    const index = layout.index([...images, gone, attestation])
    layout.top([named(index)]).forget(gone)
    return { layout, images, gone, attestation, index }
  }

  it('is its only image, and a warning names what is left out', async () => {
    const { layout, images, gone, attestation, index } = makeSparse(['linux/amd64'])
    const { outputs, warnings } = await push(layout)
    expect(outputs.digest).toBe(images[0]?.digest)
    expect(warnings).toEqual([
      `archive: the index ${index.digest} cannot be pushed whole; pushed is its only image, ${images[0]?.digest}; left out: linux/s390x ${gone.digest} (not in the archive), attestation ${attestation.digest}`,
    ])
  })

  it('is an index of its images where it has several', async () => {
    const { layout, images, gone, index } = makeSparse(['linux/amd64', 'linux/arm64'])
    const { outputs, warnings, manifests } = await push(layout)
    const pushed = JSON.parse(manifests.get(outputs.digest ?? '')!.bytes.toString())
    expect(pushed.manifests.slice(0, 2)).toEqual(images)
    expect(warnings[0]).toContain(`the index ${index.digest} cannot be pushed whole; pushed is an index`)
    expect(warnings[0]).toContain(`linux/s390x ${gone.digest} (not in the archive)`)
  })

  it('is refused where it has none', async () => {
    const { layout, images } = makeSparse(['linux/amd64'])
    layout.forget(layout.read(images[0]!).layers[0]!)
    await expect(push(layout)).rejects.toThrow('found no such entry')
  })

  it('leaves out an image that lacks a layer', async () => {
    const { layout, images } = makeSparse(['linux/amd64', 'linux/arm64'])
    layout.forget(layout.read(images[1]!).layers[0]!)
    const { outputs, warnings } = await push(layout)
    expect(outputs.digest).toBe(images[0]?.digest)
    expect(warnings[0]).toContain(`linux/arm64 ${images[1]?.digest} (not in the archive)`)
  })
})

describe('what refers to an image', () => {
  it.each(['v1', ''])('is pushed with it, and is not the image: named "%s"', async (tag) => {
    const layout = new Layout()
    const image = layout.image(['one'])
    const sbom = layout.artifact('sbom', image)
    const signature = layout.artifact('signature', sbom)
    layout.top([tag ? named(image, tag) : plain(image), plain(signature), plain(sbom)])
    const { registry, outputs, manifests, pushAgain } = await push(layout)
    expect(outputs.digest).toBe(image.digest)
    expect([image, sbom, signature].every(({ digest }) => manifests.has(digest))).toBe(true)
    expect(tagsOf(registry)).toEqual({ v1: image.digest })
    expect((await pushAgain()).outputs.result).toBe('unchanged')
    manifests.delete(sbom.digest)
    expect((await pushAgain()).outputs.result).toBe('pushed')
    expect(manifests.has(sbom.digest)).toBe(true)
  })

  it('keeps the layers of that image as they are, since it names its digest', async () => {
    const layout = new Layout()
    const image = layout.image(['one'], { kind: 'tar' })
    layout.top([named(image), plain(layout.artifact('sbom', image))])
    expect((await push(layout)).outputs.digest).toBe(image.digest)
  })

  it('may refer to a member of an index', async () => {
    const layout = new Layout()
    const [amd64, arm64] = [layout.image(['one']), layout.image(['two'], { platform: 'linux/arm64' })]
    const index = layout.index([amd64, arm64])
    const sbom = layout.artifact('sbom', arm64)
    const { outputs, manifests } = await push(layout.top([named(index), plain(sbom)]))
    expect([outputs.digest, manifests.has(sbom.digest)]).toEqual([index.digest, true])
  })

  it('may have the tag under which cosign looks for it', async () => {
    const layout = new Layout()
    const image = layout.image(['one'])
    const tag = `${image.digest.replace(':', '-')}.sig`
    const signature = layout.artifact('signature')
    const { registry } = await push(layout.top([named(image), named(signature, tag)]))
    expect(tagsOf(registry)).toEqual({ v1: image.digest, [tag]: signature.digest })
  })

  it('gets that tag where cosign save wrote the layout', async () => {
    const layout = new Layout()
    const image = layout.image(['one'])
    const [signature, attestation] = [layout.artifact('signature'), layout.artifact('attestation')]
    const byCosign = (descriptor: FixtureDescriptor, kind: string) => ({
      ...plain(descriptor),
      annotations: {
        kind: `dev.cosignproject.cosign/${kind}`,
        'org.opencontainers.image.ref.name': 'registry.test/app:v1',
      },
    })
    layout.top([byCosign(image, 'image'), byCosign(signature, 'sigs'), byCosign(attestation, 'atts')])
    const { registry, outputs } = await push(layout)
    const tag = image.digest.replace(':', '-')
    expect(outputs.digest).toBe(image.digest)
    expect(tagsOf(registry)).toEqual({
      v1: image.digest,
      [`${tag}.sig`]: signature.digest,
      [`${tag}.att`]: attestation.digest,
    })
  })

  it('is listed under a tag where the registry keeps no lists, whatever that has already', async () => {
    const layout = new Layout()
    const image = layout.image(['one'])
    const [sbom, signature] = [layout.artifact('sbom', image), layout.artifact('signature', image)]
    layout.top([named(image), plain(sbom)])
    const { registry, manifests, pushAgain } = await push(layout, {}, { listsReferrers: false })
    layout.top([named(image), plain(sbom), plain(signature)])
    await pushAgain()
    const tag = image.digest.replace(':', '-')
    expect(Object.keys(tagsOf(registry)).sort()).toEqual([tag, 'v1'].sort())
    const list = manifests.get(tagsOf(registry)[tag] ?? '')!
    expect(list.mediaType).toBe(ociTypes.index)
    expect(JSON.parse(list.bytes.toString()).manifests).toEqual(
      [sbom, signature].map((one) => ({ ...plain(one), artifactType: 'application/spdx+json' })),
    )
  })

  it('is left out with a warning where its blobs are missing', async () => {
    const layout = new Layout()
    const image = layout.image(['one'])
    const sbom = layout.artifact('sbom', image)
    layout.top([named(image), plain(sbom)]).forget(layout.read(sbom).layers[0]!)
    const { outputs, warnings } = await push(layout)
    expect(outputs.digest).toBe(image.digest)
    expect(warnings).toEqual([
      `archive: ${sbom.digest} is left out: it refers to ${image.digest}, and is not whole`,
    ])
  })

  it('is left out with a warning where it refers to something else', async () => {
    const layout = new Layout()
    const [image, gone] = [layout.image(['one']), layout.image(['gone'])]
    const sbom = layout.artifact('sbom', gone)
    const { outputs, warnings } = await push(layout.top([named(image), plain(sbom)]).forget(gone))
    expect(outputs.digest).toBe(image.digest)
    expect(warnings).toEqual([
      `archive: left out what refers to manifests that are not pushed: ${sbom.digest} (of ${gone.digest})`,
    ])
  })

  it('is left out with a warning where its index is shortened', async () => {
    const layout = new Layout()
    const platforms = ['linux/amd64', 'linux/arm64', 'linux/s390x']
    const images = platforms.map((platform) => layout.image([platform], { platform }))
    const index = layout.index(images)
    const sbom = layout.artifact('sbom', index)
    const { warnings } = await push(layout.top([named(index), plain(sbom)]).forget(images[2]!))
    expect(warnings).toContain(
      `archive: left out what refers to manifests that are not pushed: ${sbom.digest} (of ${index.digest})`,
    )
  })

  it('is pushed alone where image names it, or where nothing else is there', async () => {
    const layout = new Layout()
    const image = layout.image(['one'])
    const sbom = layout.artifact('sbom', image)
    layout.top([named(image), named(sbom, 'sbom')])
    expect((await push(layout, { image: 'sbom' })).outputs.digest).toBe(sbom.digest)
    expect((await push(layout.top([named(sbom, 'sbom')]))).outputs.digest).toBe(sbom.digest)
  })
})

describe('what the specification leaves open', () => {
  it('is no error: an artifact', async () => {
    const layout = new Layout()
    const artifact = layout.artifact('model')
    const { outputs, manifests } = await push(layout.top([named(artifact)]))
    expect(outputs.digest).toBe(artifact.digest)
    expect(manifests.get(artifact.digest)?.bytes).toEqual(
      layout.files.get(`blobs/${artifact.digest.replace(':', '/')}`),
    )
  })

  it('is no error: a descriptor of another type, which a warning names', async () => {
    const layout = new Layout()
    const image = layout.image(['one'])
    const other = layout.blob('application/xml', Buffer.from('<xml/>'))
    const { outputs, warnings } = await push(layout.top([named(image), other]))
    expect(outputs.digest).toBe(image.digest)
    expect(warnings).toEqual([`archive: index.json: passed over ${other.digest}, application/xml`])
  })

  it.each(['application/vnd.example.thing', 'application/vnd.example.thing+json'])(
    'is no error: a member of an index that is %s, and is pushed as a blob',
    async (mediaType) => {
      const layout = new Layout()
      const image = layout.image(['one'])
      const other = layout.blob(mediaType, Buffer.from('\0binary'))
      const index = layout.index([image, { ...other, platform: { os: 'linux', architecture: 's390x' } }])
      const { outputs, blobs, pushAgain } = await push(layout.top([named(index)]))
      expect([outputs.digest, blobs.has(other.digest)]).toEqual([index.digest, true])
      const chosen = await pushAgain({ image: 'linux/amd64', tags: 'amd64' })
      expect(chosen.outputs.digest).toBe(image.digest)
      await expect(pushAgain({ image: 'linux/s390x' })).rejects.toThrow('image: expected a tag or a platform')
    },
  )

  it('is no error: an index of nothing but blobs, as BuildKit writes a cache', async () => {
    const layout = new Layout()
    const layer = layout.blob(ociTypes.layer.gzip, gzipSync(tar))
    const config = layout.blob('application/vnd.buildkit.cacheconfig.v0', { layers: [] })
    const index = layout.index([layer, config])
    const { outputs, blobs } = await push(layout.top([named(index)]))
    expect(outputs.digest).toBe(index.digest)
    expect([layer, config].every(({ digest }) => blobs.has(digest))).toBe(true)
  })

  it('is no error: a manifest without a list of layers', async () => {
    const layout = new Layout()
    const config = layout.blob(ociTypes.config, { os: 'linux', architecture: 'amd64' })
    const mediaType = ociTypes.manifest
    const image = layout.blob(mediaType, { schemaVersion: 2, mediaType, config })
    for (const top of [image, layout.index([image])])
      expect((await push(layout.top([named(top)]))).outputs.digest).toBe(top.digest)
  })

  it.each(['gzip', 'zstd'] as const)('is no error: a layer of no bytes that is typed %s', async (kind) => {
    const layout = new Layout()
    const empty = Buffer.alloc(0)
    const config = layout.blob(ociTypes.config, { rootfs: { diff_ids: [digestOf(empty)] } })
    const image = layout.manifest(config, [layout.blob(ociTypes.layer[kind], empty)])
    for (const top of [image, layout.index([image])]) {
      const { outputs, blobs, pushAgain } = await push(layout.top([named(top)]))
      expect([outputs.digest, blobs.has(digestOf(empty))]).toEqual([top.digest, true])
      expect((await pushAgain({ reuse: 'verify' })).outputs.result).toBe('unchanged')
    }
  })

  it.each([{}, { rootfs: {} }, { os: 'linux', architecture: 'amd64', rootfs: { diff_ids: null } }])(
    'is no error: the config %j of an artifact that has the type of an image',
    async (content) => {
      for (const kind of ['gzip', 'none'] as const) {
        const layout = new Layout()
        const layer = layout.blob(ociTypes.layer[kind], kind === 'gzip' ? gzipSync(tar) : tar)
        const artifact = layout.manifest(layout.blob(ociTypes.config, content), [layer])
        const index = layout.index([layout.image(['one']), artifact])
        for (const top of [artifact, index]) {
          const { outputs, blobs, pushAgain } = await push(layout.top([named(top)]))
          expect([outputs.digest, blobs.has(layer.digest)]).toEqual([top.digest, true])
          expect((await pushAgain()).outputs.result).toBe('unchanged')
        }
      }
    },
  )

  it('is an error where nothing else is there, and names the types', async () => {
    const layout = new Layout()
    const other = layout.blob('application/vnd.docker.distribution.manifest.v1+prettyjws', Buffer.from('{}'))
    await expect(push(layout.top([other]))).rejects.toThrow(
      `archive: index.json: expected an image, an index or an artifact, got only ${other.mediaType}`,
    )
  })

  it('is no error: a layer that is fetched from addresses of its own', async () => {
    const layout = new Layout()
    const foreign = {
      ...layout.blob('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', gzipSync(tar)),
      urls: ['https://example.com/base'],
    }
    const image = imageOf(layout, [foreign, layout.blob(ociTypes.layer.gzip, gzipSync(tar, { level: 1 }))])
    for (const there of [true, false]) {
      if (!there) layout.forget(foreign)
      const { outputs, blobs } = await push(layout.top([named(image)]))
      expect(outputs.digest).toBe(image.digest)
      expect(blobs.has(foreign.digest)).toBe(false)
    }
  })

  it.each(['gzip', 'none'] as const)(
    'is no error: digests by SHA-512, of a layer that is %s',
    async (kind) => {
      const layout = new Layout()
      const bySha512 = (mediaType: string, bytes: Buffer) => addBySha512(layout, mediaType, bytes)
      const layer = bySha512(ociTypes.layer[kind], kind === 'gzip' ? gzipSync(tar) : tar)
      const rootfs = { diff_ids: [digestOf(tar)] }
      const config = bySha512(
        ociTypes.config,
        Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs })),
      )
      const image = layout.manifest(config, [layer])
      const { outputs, blobs, pushAgain } = await push(layout.top([named(image)]))
      expect([...blobs.keys()]).toContain(config.digest)
      if (kind === 'gzip') expect([outputs.digest, blobs.has(layer.digest)]).toEqual([image.digest, true])
      expect((await pushAgain()).outputs.result).toBe('unchanged')
      const kept = await pushAgain({ compression: 'none', tags: 'kept' })
      expect(kept.outputs).toMatchObject({ result: 'pushed', digest: image.digest })
      expect(blobs.has(layer.digest)).toBe(true)
    },
  )

  it('is named by SHA-256 in a registry, where the layout names it by SHA-512: an image and an index', async () => {
    for (const one of ['image', 'index'] as const) {
      const layout = new Layout()
      const image = layout.image(['one'])
      const named256 = one === 'image' ? image : layout.index([image])
      const bytes = layout.files.get(`blobs/${named256.digest.replace(':', '/')}`)!
      layout.forget(named256)
      const by512 = addBySha512(layout, named256.mediaType, bytes)
      const { outputs, pushAgain } = await push(layout.top([named(by512)]))
      expect(outputs.digest).toBe(named256.digest)
      expect((await pushAgain()).outputs.result).toBe('unchanged')
    }
  })

  it('is no error: an image without layers', async () => {
    const layout = new Layout()
    const config = layout.blob(ociTypes.config, { os: 'linux', architecture: 'amd64', rootfs: {} })
    const name = `blobs/${config.digest.replace(':', '/')}`
    layout.saved([{ Config: name, Layers: null, RepoTags: ['app:v1'] }])
    expect((await push(layout)).outputs.result).toBe('pushed')
  })
})
