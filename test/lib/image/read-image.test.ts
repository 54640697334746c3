import { describe, expect, it } from 'vitest'
import type { Archive } from '../../../lib/archive/archive.ts'
import type { Archived, ArchivedImage, ArchivedTree } from '../../../lib/image/archived-image.ts'
import { readImage, readImages } from '../../../lib/image/read-image.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { dockerTypes, ociTypes } from '../../../lib/oci/media-type.ts'
import { makeTar } from '../../../scripts/example-image/tar.ts'
import { makeImageArchive, writeTemporary } from '../../fixtures/archive.ts'
import { Layout } from '../../fixtures/layout.ts'
import { openForTest } from '../../fixtures/open-archive.ts'

const open = async (bytes: Uint8Array) => await openForTest(writeTemporary(bytes))

function expectImage(found: Archived): ArchivedImage {
  if (found.kind !== 'image') throw new Error('expected an image, got a tree')
  return found
}

function expectTree(found: Archived): ArchivedTree {
  if (found.kind !== 'tree') throw new Error('expected a tree, got an image')
  return found
}

const readOnly = async (archive: Archive, wanted?: string) => expectImage(await readImage(archive, wanted))

describe('an archive of docker save', () => {
  it.each([
    ['legacy', ['app:v1', 'app:latest'], undefined],
    ['oci', ['docker.io/library/app:v1', 'docker.io/library/app:latest'], ociTypes.manifest],
  ] as const)('gives layers and references in the %s layout', async (layout, references, type) => {
    const bytes = makeImageArchive(['one', 'two'], { layout, tags: ['app:v1', 'app:latest'] })
    const image = await readOnly(await open(bytes))
    expect(image.layers.map(({ compression }) => compression)).toEqual(['none', 'none'])
    expect(image).toMatchObject({ references, platform: 'linux/amd64' })
    expect(image.source?.mediaType).toBe(type)
    expect(image.layers[0]).not.toHaveProperty('descriptor')
  })

  it.each(['gzip', 'zstd'] as const)('tells by its first bytes that a layer is %s', async (compression) => {
    const layout = new Layout()
    layout.image(['one'], { kind: `tar+${compression}` })
    const [config = '', layer = ''] = [...layout.files.keys()].filter((name) => name.startsWith('blobs/'))
    layout.files.set(
      'manifest.json',
      Buffer.from(JSON.stringify([{ Config: config, Layers: [layer], RepoTags: null }])),
    )
    const image = await readOnly(await open(layout.toTar()))
    expect(image.layers[0]).toMatchObject({
      compression,
      descriptor: {
        digest: `sha256:${layer.slice(-64)}`,
        mediaType: compression === 'gzip' ? dockerTypes.layer.gzip : ociTypes.layer.zstd,
      },
    })
    expect(image.layers[0]?.diffId).not.toBe(image.layers[0]?.descriptor?.digest)
  })

  it.each([
    ['a plain layer, which is compressed', 'tar', (name: string) => name],
    ['a packed layer whose name is no digest', 'tar+gzip', () => 'one/layer.tar'],
  ] as const)('states no blob for %s', async (_, kind, rename) => {
    const layout = new Layout()
    layout.image(['one'], { kind })
    const [Config = '', layer = ''] = [...layout.files.keys()].filter((name) => name.startsWith('blobs/'))
    const Layers = [rename(layer)]
    layout.files.set(rename(layer), layout.files.get(layer) ?? Buffer.alloc(0))
    const image = await readOnly(await open(layout.saved([{ Config, Layers, RepoTags: null }]).toTar()))
    expect(image.layers[0]).toMatchObject({ compression: kind === 'tar' ? 'none' : 'gzip' })
    expect(image.layers[0]).not.toHaveProperty('descriptor')
  })

  it.each<[string, (name: string) => string]>([
    ['as it is', (name) => name],
    ['from the folder', (name) => `./${name}`],
    ['with a part that says nothing', (name) => name.replace('/', '/.//')],
  ])('may name its files in another way than its entries are named: %s', async (_, write) => {
    const Config = 'configs/c.json'
    const content = makeTar([{ name: 'a', content: 'A' }])
    const rootfs = JSON.stringify({ rootfs: { diff_ids: [digestOf(content)] } })
    for (const entry of [(name: string) => name, (name: string) => `./${name.replace('/', '//')}`]) {
      const manifest = [{ Config: write(Config), Layers: [write('0/layer.tar')], RepoTags: null }]
      const bytes = makeTar([
        { name: entry(Config), content: rootfs },
        { name: entry('0/layer.tar'), content },
        { name: './manifest.json', content: JSON.stringify(manifest) },
      ])
      const image = await readOnly(await open(bytes))
      expect(image.layers).toMatchObject([{ entry: '0/layer.tar', sizeBytes: content.length }])
    }
  })

  it('is opened and read without the bytes of its layers', async () => {
    const bytes = makeImageArchive(['x'.repeat(1_000_000), 'y'.repeat(1_000_000)])
    let readBytes = 0
    const readInto = async (target: Uint8Array, offset: number) => {
      readBytes += target.length
      target.set(bytes.subarray(offset, offset + target.length))
    }
    const source = { name: 'counted', sizeBytes: bytes.length, readInto, close: async () => {} }
    await readImage(await openForTest(source), undefined)
    expect(readBytes).toBeLessThan(12_000)
  })

  it('gives the image that a tag, a name or a digest names, and lists them where none is named', async () => {
    const archive = await open(makeTwoImages())
    expect((await readOnly(archive, 'app:v2')).references).toEqual(['app:v2'])
    expect((await readOnly(archive, 'v1')).references).toEqual(['app:v1'])
    const { configDigest } = await readOnly(archive, 'v1')
    expect((await readOnly(archive, configDigest)).references).toEqual(['app:v1'])
    await expect(readImage(archive, undefined)).rejects.toThrow(
      'image: the archive names 2 images: app:v1 (linux/amd64); app:v2 (linux/amd64); set image to',
    )
    await expect(readImage(archive, 'linux/amd64')).rejects.toThrow('image: "linux/amd64" names 2 images')
    await expect(readImage(archive, 'v3')).rejects.toThrow(
      'image: expected a tag or a platform of app:v1 (linux/amd64); app:v2 (linux/amd64), got "v3"',
    )
  })

  it('finds a platform that only its index names', async () => {
    const layout = new Layout()
    const [amd64, arm64] = [layout.image(['one']), layout.image(['two'], { platform: 'linux/arm64' })]
    const [Config = '', layer = ''] = [...layout.files.keys()].filter((name) => name.startsWith('blobs/'))
    layout.finish(['v1', layout.index([amd64, arm64])])
    const manifest = [{ Config, Layers: [layer], RepoTags: ['app:v1'] }]
    layout.files.set('manifest.json', Buffer.from(JSON.stringify(manifest)))
    const archive = await open(layout.toTar())
    expect((await readOnly(archive, 'linux/amd64')).platform).toBe('linux/amd64')
    expect((await readOnly(archive, 'linux/arm64')).source?.digest).toBe(arm64.digest)
  })

  const files = (config: string, manifest: unknown) =>
    makeTar([
      { name: 'c.json', content: config },
      { name: 'manifest.json', content: JSON.stringify(manifest) },
    ])
  const config = (diffIds: string[]) => JSON.stringify({ rootfs: { diff_ids: diffIds } })

  it.each<[string, Buffer, string]>([
    [
      'names a layer that is missing',
      files(config([`sha256:${'0'.repeat(64)}`]), [{ Config: 'c.json', Layers: ['gone/layer.tar'] }]),
      'manifest.json names "gone/layer.tar", found no such entry',
    ],
    [
      'names a config outside of it',
      files('{}', [{ Config: 'a/../../c.json', Layers: [] }]),
      'archive: manifest.json names "a/../../c.json", which leaves the archive',
    ],
    [
      'names a layer outside of it',
      files('{}', [{ Config: 'c.json', Layers: ['/etc/passwd'] }]),
      'archive: manifest.json names "/etc/passwd", which leaves the archive',
    ],
    [
      'has a config that is not what its name says',
      makeTar([
        { name: `sha256:${'a'.repeat(64)}`, content: '{}' },
        {
          name: 'manifest.json',
          content: JSON.stringify([{ Config: `sha256:${'a'.repeat(64)}`, Layers: [] }]),
        },
      ]),
      'expected its name as digest, got sha256:44136fa3',
    ],
    [
      'is a dir: folder of skopeo',
      files('{}', { schemaVersion: 2, config: {}, layers: [] }),
      'got a skopeo dir: folder; copy it first: skopeo copy dir:FOLDER oci-archive:app.tar',
    ],
    [
      'has a config that is not JSON',
      files('<html>', [{ Config: 'c.json', Layers: [] }]),
      'archive: c.json: expected JSON, got other bytes',
    ],
    [
      'has no config',
      files('{}', [{ Config: 'd.json', Layers: [] }]),
      'manifest.json names "d.json", found no such entry',
    ],
    [
      'has another count of diffIDs than of layers',
      files(config(['sha256:0', 'sha256:1']), [{ Config: 'c.json', Layers: ['x'] }]),
      'c.json: expected 1 diffIDs as its manifest has layers, got 2',
    ],
    [
      'has a config without diffIDs',
      files('{}', [{ Config: 'c.json', Layers: ['x'] }]),
      'c.json: expected rootfs.diff_ids, got none',
    ],
    ...[
      ['bzip2', 'BZh91AY&SY'],
      ['xz', '\xfd7zXZ\0'],
    ].map(([name, start = '']): [string, Buffer, string] => [
      `has a layer compressed with ${name}`,
      makeTar([
        { name: 'c.json', content: config([`sha256:${'0'.repeat(64)}`]) },
        { name: 'l', content: Buffer.from(start, 'latin1') },
        { name: 'manifest.json', content: JSON.stringify([{ Config: 'c.json', Layers: ['l'] }]) },
      ]),
      `archive: l: expected a layer that is a tar, plain or compressed with gzip or zstd, got one compressed with ${name}; write`,
    ]),
    ['holds no image', files('{}', []), 'archive: expected an image, found none'],
    ['has a manifest that is no list', files('{}', {}), 'manifest.json: expected a list of images, got none'],
    [
      'has a manifest without layers',
      files('{}', [{ Config: 'c.json' }]),
      'manifest.json: expected Config and Layers, got none',
    ],
    [
      'has no manifest',
      makeTar([{ name: 'a', content: 'A' }]),
      'expected manifest.json of docker save, or index.json of an OCI layout, found neither',
    ],
  ])('that %s is refused in one sentence', async (_, bytes, sentence) => {
    const archive = await open(bytes)
    await expect(readImage(archive, undefined)).rejects.toThrow(sentence)
  })
})

describe('an OCI image layout', () => {
  it.each(['tar+gzip', 'tar+zstd'] as const)('keeps its manifest where its layers are %s', async (kind) => {
    const layout = new Layout()
    const image = layout.image(['one', 'two'], { kind })
    const read = await readOnly(await open(layout.finish(['v1', image]).toTar()))
    expect(read.source?.digest).toBe(image.digest)
    expect(read.references).toEqual(['v1'])
    expect(read.layers.map(({ descriptor }) => descriptor?.mediaType)).toEqual(
      Array(2).fill(`application/vnd.oci.image.layer.v1.${kind}`),
    )
  })

  it.each(['tar+gzip', 'tar+zstd'] as const)(
    'is refused where a plain tar is said and %s given',
    async (kind) => {
      const layout = new Layout()
      const { config, layers } = layout.read(layout.image(['one'], { kind }))
      const said = layers.map((layer) => ({ ...layer, mediaType: ociTypes.layer.none }))
      layout.finish(['v1', layout.manifest(config, said)])
      await expect(readImage(await open(layout.toTar()), undefined)).rejects.toThrow(
        `expected a layer that is not compressed, as its media type or its diffID says, got ${kind.slice(4)}; write the archive`,
      )
    },
  )

  it('is refused where a plain tar is said and one given that is compressed with bzip2', async () => {
    const layout = new Layout()
    const { config } = layout.read(layout.image(['one']))
    const layer = layout.blob(ociTypes.layer.none, Buffer.from('BZh91AY&SY'))
    layout.finish(['v1', layout.manifest(config, [layer])])
    await expect(readImage(await open(layout.toTar()), undefined)).rejects.toThrow(
      'expected a layer that is not compressed, as its media type or its diffID says, got bzip2; write the archive',
    )
  })

  it('is refused where its diffID is the digest of its compressed bytes', async () => {
    const layout = new Layout()
    const { layers } = layout.read(layout.image(['one']))
    const rootfs = { diff_ids: layers.map(({ digest }) => digest) }
    const config = layout.blob(ociTypes.config, { os: 'linux', architecture: 'amd64', rootfs })
    layout.finish(['v1', layout.manifest(config, layers)])
    await expect(readImage(await open(layout.toTar()), undefined)).rejects.toThrow(
      'expected a layer that is not compressed, as its media type or its diffID says, got gzip; write the',
    )
  })

  it.each(['tar+gzip', 'bzip2'] as const)(
    'is refused within an index, too, where a plain tar is said and %s given',
    async (kind) => {
      const layout = new Layout()
      const { config, layers } = layout.read(layout.image(['one']))
      const bzip2 = layout.blob(ociTypes.layer.none, Buffer.from('BZh91AY&SY'))
      const said =
        kind === 'bzip2' ? [bzip2] : layers.map((it) => ({ ...it, mediaType: ociTypes.layer.none }))
      const other = layout.image(['two'], { platform: 'linux/arm64' })
      layout.finish(['v1', layout.index([layout.manifest(config, said), other])])
      await expect(readImage(await open(layout.toTar()), undefined)).rejects.toThrow(
        `expected a layer that is not compressed, as its media type or its diffID says, got ${kind.replace('tar+', '')}; write the`,
      )
    },
  )

  it('is an artifact of files where none of its layers is a tar, and an image where one is', async () => {
    const layout = new Layout()
    const { config, layers } = layout.read(layout.image(['one', 'two']))
    const [tar, file] = [layers[0]!, layout.blob('text/plain', Buffer.from('a'))]
    const mixed = await readImage(
      await open(layout.finish(['v1', layout.manifest(config, [tar, file])]).toTar()),
      undefined,
    )
    expect(mixed.kind).toBe('image')
    const files = layout.finish(['v1', layout.manifest(config, [file, file])])
    expect((await readImage(await open(files.toTar()), undefined)).kind).toBe('tree')
  })

  it('is the same as a folder', async () => {
    const layout = new Layout()
    const folder = layout.finish(['v1', layout.image(['one', 'two'])]).toFolder()
    const read = await readImage(await openForTest(folder), undefined)
    expect(read).toEqual(await readImage(await open(layout.toTar()), undefined))
  })

  it('gives layers to compress where they are plain tars, and the manifest to rewrite', async () => {
    const layout = new Layout()
    const image = layout.image(['one'], { kind: 'tar' })
    const read = await readOnly(await open(layout.finish(['v1', image]).toTar()))
    expect(read.source?.digest).toBe(image.digest)
    expect(read.layers[0]).not.toHaveProperty('descriptor')
  })

  function makeMultiPlatform() {
    const layout = new Layout()
    const [amd64, arm64] = [
      layout.image(['same', 'amd64']),
      layout.image(['same', 'arm64'], { platform: 'linux/arm64/v8' }),
    ]
    const attestation = layout.attestation(amd64)
    return { layout, amd64, arm64, attestation, all: [amd64, arm64, attestation] }
  }

  it('gives a multi-platform index whole: each manifest, and each blob once', async () => {
    const { layout, all } = makeMultiPlatform()
    const index = layout.index(all)
    const read = expectTree(await readImage(await open(layout.finish(['v1', index]).toTar()), undefined))
    expect(read.root).toMatchObject({ digest: index.digest, mediaType: ociTypes.index })
    expect(read.manifests.map(({ digest }) => digest)).toEqual(all.map(({ digest }) => digest))
    // 3 configs, 2 + 2 layers of which one is shared, 1 provenance.
    expect(read.blobs).toHaveLength(7)
    expect(read.blobs.every(({ descriptor }) => descriptor !== undefined)).toBe(true)
    const provenance = read.blobs.find(({ descriptor }) => descriptor?.mediaType.includes('in-toto'))
    expect(provenance).toMatchObject({ compression: 'none', diffId: provenance?.descriptor?.digest })
  })

  it('takes index.json itself for the index, where it names nothing and no platform twice', async () => {
    const { layout, all } = makeMultiPlatform()
    const archive = await open(
      layout.finish(...all.map((image) => ['', image] as [string, typeof image])).toTar(),
    )
    const read = expectTree(await readImage(archive, undefined))
    expect(read.root.bytes.equals(layout.files.get('index.json') ?? Buffer.alloc(0))).toBe(true)
  })

  it('takes the index where index.json lists its members beside it, as oras does, and one of those by its digest', async () => {
    const layout = new Layout()
    const [amd64, arm64] = ['linux/amd64', 'linux/arm64'].map((platform) =>
      layout.image([platform], { platform }),
    )
    const index = layout.index([amd64!, arm64!])
    const archive = await open(layout.finish(['v1', index], ['', amd64!], ['', arm64!]).toTar())
    expect((await readImages(archive, [])).map(({ kind }) => kind)).toEqual(['tree'])
    expect(expectTree(await readImage(archive, undefined)).root.digest).toBe(index.digest)
    expect(await readImages(archive, 'all')).toHaveLength(1)
    for (const wanted of ['linux/arm64', arm64!.digest])
      expect((await readOnly(archive, wanted)).platform).toBe('linux/arm64')
  })

  it('lists an index within an index before the one that names it', async () => {
    const { layout, amd64, arm64 } = makeMultiPlatform()
    const inner = layout.index([arm64])
    const outer = layout.index([amd64, inner])
    const read = expectTree(await readImage(await open(layout.finish(['v1', outer]).toTar()), undefined))
    expect(read.manifests.map(({ digest }) => digest)).toEqual([amd64.digest, arm64.digest, inner.digest])
  })

  it.each(['linux/arm64', 'linux/arm64/v8'])('gives the one image of an index for %s', async (platform) => {
    const { layout, arm64, all } = makeMultiPlatform()
    const archive = await open(layout.finish(['v1', layout.index(all)]).toTar())
    expect((await readOnly(archive, platform)).source?.digest).toBe(arm64.digest)
  })

  it('takes linux/arm64 for linux/arm64/v8, which is the same', async () => {
    const layout = new Layout()
    const arm64 = layout.image(['one'], { platform: 'linux/arm64' })
    const archive = await open(layout.finish(['v1', layout.index([layout.image(['two']), arm64])]).toTar())
    expect((await readOnly(archive, 'linux/arm64/v8')).source?.digest).toBe(arm64.digest)
  })

  it('needs no blob of the platforms that are not asked for', async () => {
    const { layout, amd64, arm64, all } = makeMultiPlatform()
    layout.finish(['v1', layout.index(all)])
    layout.files.delete(`blobs/sha256/${amd64.digest.slice(7)}`)
    const archive = await open(layout.toTar())
    expect((await readOnly(archive, 'linux/arm64')).source?.digest).toBe(arm64.digest)
    expect((await readOnly(archive)).warnings).toEqual([expect.stringContaining(amd64.digest)])
  })

  it('says which platforms there are, where another is asked for', async () => {
    const { layout, all } = makeMultiPlatform()
    const archive = await open(layout.finish(['v1', layout.index(all)]).toTar())
    await expect(readImage(archive, 'linux/s390x')).rejects.toThrow(
      'image: expected a tag or a platform of v1 (linux/amd64, linux/arm64/v8), got "linux/s390x"',
    )
  })

  it('refuses an image whose config names another platform than the index', async () => {
    const layout = new Layout()
    const liar = layout.image(['one'], { platform: 'linux/arm64', configPlatform: 'linux/amd64' })
    const archive = await open(layout.finish(['v1', layout.index([liar])]).toTar())
    await expect(readImage(archive, 'linux/arm64')).rejects.toThrow(
      'image: expected an image for linux/arm64, got one for linux/amd64',
    )
  })

  it('gives one of several images by its tag', async () => {
    const layout = new Layout()
    const [one, two] = [layout.image(['one']), layout.image(['two'])]
    const archive = await open(layout.finish(['v1', one], ['v2', two], ['stable', two]).toTar())
    expect((await readOnly(archive, 'stable')).references).toEqual(['v2', 'stable'])
    await expect(readImage(archive, undefined)).rejects.toThrow('v1 (linux/amd64); v2 = stable (linux/amd64)')
  })

  it.each<[string, (layout: Layout, image: ReturnType<Layout['image']>) => void, string]>([
    [
      'a layer that is missing',
      (layout) => layout.files.delete([...layout.files.keys()][2] ?? ''),
      'found no such entry',
    ],
    [
      'a layer of another size',
      (layout) => layout.files.set([...layout.files.keys()][2] ?? '', Buffer.from('short')),
      'got 5; the archive is damaged',
    ],
    [
      'a manifest with one other byte',
      (layout, { digest }) => replaceByte(layout, digest),
      'expected its name as digest',
    ],
  ])('refuses %s', async (_, damage, sentence) => {
    const layout = new Layout()
    const image = layout.image(['one'])
    layout.finish(['v1', image])
    damage(layout, image)
    await expect(
      open(layout.toTar()).then(async (archive) => await readImage(archive, undefined)),
    ).rejects.toThrow(sentence)
  })

  it('gives an artifact whole, and refuses a digest that would name another path', async () => {
    const layout = new Layout()
    const config = layout.blob('application/vnd.oci.empty.v1+json', {})
    const artifact = layout.manifest(config, [layout.blob('text/plain', Buffer.from('hello'))])
    const archive = await open(layout.finish(['v1', artifact]).toTar())
    expect(expectTree(await readImage(archive, undefined)).root.digest).toBe(artifact.digest)
    const evil = { ...artifact, digest: 'sha256:../../etc/passwd' }
    await expect(readImage(await open(new Layout().finish(['v1', evil]).toTar()), undefined)).rejects.toThrow(
      'expected a digest such as sha256: and 64 hex digits, got "sha256:../../etc/passwd"',
    )
  })
})

// Keeps size and JSON, but not the digest.
function replaceByte(layout: Layout, digest: string): void {
  const name = `blobs/sha256/${digest.slice(7)}`
  const text = layout.files.get(name)?.toString() ?? ''
  layout.files.set(name, Buffer.from(text.replace('"schemaVersion":2', '"schemaVersion":3')))
}

function makeTwoImages(): Buffer {
  const config = (name: string) =>
    JSON.stringify({ os: 'linux', architecture: 'amd64', author: name, rootfs: { diff_ids: [] } })
  const manifest = ['v1', 'v2'].map((tag) => ({
    Config: `${tag}.json`,
    RepoTags: [`app:${tag}`],
    Layers: [],
  }))
  return makeTar([
    { name: 'v1.json', content: config('one') },
    { name: 'v2.json', content: config('two') },
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  ])
}
