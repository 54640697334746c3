import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readImage } from '../../../lib/image/read-image.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { makeTar } from '../../../scripts/example-image/tar.ts'
import { writeTemporary } from '../../fixtures/archive.ts'
import { type FixtureDescriptor, Layout } from '../../fixtures/layout.ts'
import { openForTest } from '../../fixtures/open-archive.ts'

const read = async (bytes: Uint8Array, wanted?: string) =>
  await readImage(await openForTest(writeTemporary(bytes)), wanted)
const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const imageConfig = 'application/vnd.oci.image.config.v1+json'

describe('an index.json', () => {
  const layoutOf = (index: unknown) => {
    const layout = new Layout()
    layout.files.set('index.json', json(index))
    return layout.toTar()
  }
  const digest = `sha256:${'a'.repeat(64)}`

  it.each([
    [{}, 'archive: index.json: expected a list of descriptors in "manifests", got none'],
    [
      { manifests: Array(10_001).fill(1) },
      'archive: index.json: expected at most 10000 descriptors in "manifests", got 10001',
    ],
    [{ manifests: Array(10_000).fill(1) }, 'archive: index.json: manifests[0]: expected a digest'],
    [
      { manifests: [{ digest, mediaType: 'a/b', size: -1 }] },
      'archive: index.json: manifests[0]: expected a media type and a size in bytes, got "a/b, -1"',
    ],
    [
      { manifests: [{ digest, size: 1 }] },
      'archive: index.json: manifests[0]: expected a media type and a size in bytes, got "none, 1"',
    ],
    [
      { manifests: [{ digest, mediaType: null }] },
      'archive: index.json: manifests[0]: expected a media type and a size in bytes, got "null, none"',
    ],
    [
      { manifests: [{ digest: {} }] },
      'archive: index.json: manifests[0]: expected a digest such as sha256: and 64 hex digits, got "{}"',
    ],
    [
      { manifests: [{ digest, mediaType: 'application/vnd.oci.image.index.v1+json', size: 1 }] },
      `archive: .*: index.json names "blobs/sha256/${'a'.repeat(64)}", found no such entry`,
    ],
  ])('%.60j… is refused', async (index, message) => {
    await expect(read(layoutOf(index))).rejects.toThrow(new RegExp(message.replaceAll(/[[\]]/g, '\\$&')))
  })

  it('is read where its layout has a version that is known, or none', async () => {
    const readAs = async (file: string | undefined) => {
      const layout = new Layout()
      layout.files.set('index.json', json({ manifests: [layout.image(['a'])] }))
      layout.files.delete('oci-layout')
      if (file !== undefined) layout.files.set('oci-layout', Buffer.from(file))
      return (await read(layout.toTar())).kind
    }
    for (const file of [undefined, '', '{}', '{"imageLayoutVersion":"1.1.0"}'])
      expect(await readAs(file)).toBe('image')
    for (const version of ['2.0.0', '10.0.0', '1'])
      await expect(readAs(`{"imageLayoutVersion":"${version}"}`)).rejects.toThrow(
        `archive: oci-layout: expected imageLayoutVersion 1.x, got "${version}"; write the archive with a tool that writes 1.0.0`,
      )
  })

  it('is an index without its own media type, too', async () => {
    const layout = new Layout()
    const images = [layout.image(['a']), layout.image(['b'], { platform: 'linux/arm64' })]
    layout.files.set('index.json', json({ manifests: images }))
    const found = await read(layout.toTar())
    expect([found.kind, found.kind === 'tree' && found.root.mediaType]).toEqual([
      'tree',
      'application/vnd.oci.image.index.v1+json',
    ])
  })

  it('names several images where one of them has a name, or two the same platform', async () => {
    const layout = new Layout()
    const [amd64, arm64] = [layout.image(['a']), layout.image(['b'], { platform: 'linux/arm64' })]
    await expect(read(layout.finish(['', amd64], ['v1', arm64]).toTar())).rejects.toThrow('names 2 images')
    const twin = layout.image(['c'])
    await expect(read(layout.finish(['', amd64], ['', twin]).toTar())).rejects.toThrow('names 2 images')
    expect((await read(layout.finish(['', amd64]).toTar())).kind).toBe('image')
  })

  it('names an image by its whole reference where containerd wrote it', async () => {
    const layout = new Layout()
    const annotations = {
      'io.containerd.image.name': 'r.test/app:v1',
      'org.opencontainers.image.ref.name': 'v1',
    }
    layout.files.set('index.json', json({ manifests: [{ ...layout.image(['a']), annotations }] }))
    expect((await read(layout.toTar())).references).toEqual(['r.test/app:v1'])
  })
})

describe('a manifest that no registry takes', () => {
  const manifestType = 'application/vnd.oci.image.manifest.v1+json'
  const indexType = 'application/vnd.oci.image.index.v1+json'

  it.each<[object, string]>([
    [{ schemaVersion: 1 }, 'schemaVersion: expected 2, got "1"'],
    [
      { mediaType: indexType },
      `mediaType: expected ${manifestType} as its descriptor says, got "${indexType}"`,
    ],
    [{ manifests: [] }, `manifests: expected none in ${manifestType}, got "[]"`],
    [{ subject: 'x' }, 'subject: expected a descriptor, got "x"'],
    [{ annotations: ['a'] }, 'annotations: expected texts by name, got "["a"]"'],
    [{ annotations: { a: 1 } }, 'annotations: expected texts by name, got "{"a":1}"'],
  ])('is refused before anything is sent: %j', async (more, message) => {
    const layout = new Layout()
    const { config, layers } = layout.read(layout.image(['a']))
    const image = layout.manifest(config, layers, more)
    for (const top of [image, layout.index([image])])
      await expect(read(layout.finish(['v1', top]).toTar())).rejects.toThrow(message)
  })

  it.each<[object, string]>([
    [{ config: {} }, `config: expected none in ${indexType}, got "{}"`],
    [
      { manifests: [{ platform: 'linux/amd64' }] },
      'platform: expected os and architecture, got "linux/amd64"',
    ],
    [{ manifests: [{ annotations: 1 }] }, 'annotations: expected texts by name, got "1"'],
  ])('is refused as an index: %j', async (more, message) => {
    const layout = new Layout()
    const image = layout.image(['a'])
    const said: object[] = Object(more).manifests ?? [{}]
    const manifests = said.map((one) => ({ ...image, ...one }))
    const index = layout.blob(indexType, { schemaVersion: 2, ...more, manifests })
    await expect(read(layout.finish(['v1', index]).toTar())).rejects.toThrow(message)
  })

  it('is not one whose annotations have no text, nor one that does not say what it is', async () => {
    const layout = new Layout()
    const { config, layers } = layout.read(layout.image(['a']))
    const image = layout.blob(manifestType, { config, layers, annotations: { a: null }, subject: null })
    expect((await read(layout.finish(['v1', image]).toTar())).kind).toBe('image')
  })
})

describe('an image of a layout', () => {
  it('is refused where its manifest has no config', async () => {
    const layout = new Layout()
    const broken = layout.blob('application/vnd.oci.image.manifest.v1+json', { layers: [] })
    await expect(read(layout.finish(['v1', broken]).toTar())).rejects.toThrow(
      /^archive: blobs\/sha256\/\w+: expected an image manifest with a config, got none$/,
    )
  })

  it('is refused where a blob has another size', async () => {
    const layout = new Layout()
    const image = layout.image(['a'])
    layout.finish(['v1', { ...image, size: image.size + 1 }])
    await expect(read(layout.toTar())).rejects.toThrow(
      `archive: blobs/sha256/${image.digest.slice(7)}: expected ${image.size + 1} bytes as index.json says, got ${image.size}; the archive is damaged`,
    )
  })

  it('is refused where the config has another count of diffIDs', async () => {
    const layout = new Layout()
    const config = layout.blob(imageConfig, { rootfs: { diff_ids: [] } })
    const layer = layout.blob('application/vnd.oci.image.layer.v1.tar', Buffer.from('x'))
    await expect(read(layout.finish(['v1', layout.manifest(config, [layer])]).toTar())).rejects.toThrow(
      'expected 1 diffIDs as its manifest has layers, got 0',
    )
  })

  it('has no diffIDs where an index names what is no image', async () => {
    const layout = new Layout()
    const config = layout.blob('application/vnd.oci.empty.v1+json', {})
    const artifact = layout.manifest(config, [layout.blob('text/plain', Buffer.from('hello'))])
    const found = await read(layout.finish(['v1', layout.index([layout.image(['a']), artifact])]).toTar())
    const blobs = found.kind === 'tree' ? found.blobs : []
    const text = blobs.find(({ descriptor }) => descriptor?.mediaType === 'text/plain')
    expect(text).toMatchObject({ compression: 'none', diffId: digestOf(Buffer.from('hello')), sizeBytes: 5 })
  })

  it('keeps in an index what its layers unpack to, each checked against its diffID', async () => {
    const layout = new Layout()
    const image = layout.image(['a', 'b'])
    const one = await read(layout.finish(['v1', image]).toTar())
    const all = await read(layout.finish(['v1', layout.index([image, image])]).toTar())
    const layers = one.kind === 'image' ? one.layers : expect.fail('no image')
    expect(all.kind === 'tree' && all.blobs.filter(({ compression }) => compression === 'gzip')).toEqual(
      layers,
    )
    expect(layers.map(({ diffId }) => diffId)).toEqual(
      ['a', 'b'].map((content, at) => digestOf(makeTar([{ name: `file-${at}`, content }]))),
    )
    expect(all.kind === 'tree' && all.blobs[0]).toMatchObject({
      compression: 'none',
      sizeBytes: all.kind === 'tree' && all.blobs[0]?.descriptor?.size,
    })
    expect(all.kind === 'tree' && all.manifests).toHaveLength(1)
  })

  it('has a layer to compress where one of its layers is a plain tar', async () => {
    const layout = new Layout()
    const tar = makeTar([{ name: 'x', content: 'x' }])
    const packed = gzipSync(tar)
    const config = layout.blob(imageConfig, { rootfs: { diff_ids: [digestOf(tar), digestOf(tar)] } })
    const layers = [
      layout.blob('application/vnd.oci.image.layer.v1.tar+gzip', packed),
      layout.blob('application/vnd.oci.image.layer.v1.tar', tar),
    ]
    const found = await read(layout.finish(['v1', layout.manifest(config, layers)]).toTar())
    expect(found.kind === 'image' && found.layers.map(({ descriptor }) => descriptor?.digest)).toEqual([
      digestOf(packed),
      undefined,
    ])
  })

  it('may have the media types of Docker', async () => {
    const layout = new Layout()
    const docker = 'application/vnd.docker'
    const config = layout.blob(`${docker}.container.image.v1+json`, {
      os: 'linux',
      architecture: 'arm64',
      rootfs: { diff_ids: [] },
    })
    const manifest = layout.blob(`${docker}.distribution.manifest.v2+json`, { config, layers: [] })
    const list = layout.blob(`${docker}.distribution.manifest.list.v2+json`, { manifests: [manifest] })
    expect(await read(layout.finish(['v1', list]).toTar())).toMatchObject({
      kind: 'tree',
      manifests: [{ digest: manifest.digest }],
    })
    expect(await read(layout.toTar(), 'linux/arm64')).toMatchObject({
      kind: 'image',
      platform: 'linux/arm64',
    })
  })

  it('is in the index before those that name it, up to eight indexes deep', async () => {
    const nested = (levels: number) => {
      const layout = new Layout()
      let below: FixtureDescriptor = layout.image(['a'])
      for (let level = 0; level < levels; level++) below = layout.index([below])
      return layout.finish(['v1', below]).toTar()
    }
    const found = await read(nested(8))
    expect(found.kind === 'tree' && found.manifests).toHaveLength(8)
    await expect(read(nested(9))).rejects.toThrow(
      /^archive: blobs\/sha256\/\w+: expected indexes within indexes up to 8 deep, got more$/,
    )
    const image = await read(nested(8), 'linux/amd64')
    expect(image.kind).toBe('image')
  })
})

describe('the manifest.json of docker save', () => {
  const saved = (manifest: unknown) =>
    read(
      makeTar([
        { name: 'manifest.json', content: JSON.stringify(manifest) },
        { name: 'c.json', content: '{"rootfs":{"diff_ids":[]}}' },
      ]),
    )

  it('has at most ten thousand images, each of at most as many layers', async () => {
    await expect(saved(Array(10_001).fill({}))).rejects.toThrow(
      'archive: manifest.json: expected at most 10000 images, got 10001',
    )
    await expect(saved(Array(10_000).fill({}))).rejects.toThrow('expected Config and Layers, got none')
    await expect(saved([{ Config: 'c.json', Layers: Array(10_001).fill('l') }])).rejects.toThrow(
      'archive: manifest.json: expected at most 10000 layers, got 10001',
    )
    await expect(saved([{ Config: 'c.json', Layers: Array(10_000).fill('l') }])).rejects.toThrow(
      'c.json: expected 10000 diffIDs as its manifest has layers, got 0',
    )
  })

  it.each([[[{ Config: 1, Layers: [] }]], [[{ Config: 'c.json', Layers: [1] }]], [[null]]])(
    '%j is refused',
    async (manifest) => {
      await expect(saved(manifest)).rejects.toThrow(
        'archive: manifest.json: expected Config and Layers, got none',
      )
    },
  )

  it('may have no tags, or others than texts', async () => {
    expect((await saved([{ Config: 'c.json', Layers: [], RepoTags: [1] }])).references).toEqual([])
    expect((await saved([{ Config: 'c.json', Layers: [] }])).references).toEqual([])
  })
})
