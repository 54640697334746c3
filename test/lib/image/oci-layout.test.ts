import { describe, expect, it } from 'vitest'
import { readImage, readImages } from '../../../lib/image/read-image.ts'
import { writeTemporary } from '../../fixtures/archive.ts'
import { type FixtureDescriptor, Layout } from '../../fixtures/layout.ts'
import { openForTest } from '../../fixtures/open-archive.ts'

const read = async (layout: Layout, wanted?: string) =>
  await readImage(await openForTest(writeTemporary(layout.toTar())), wanted)
const plain = ({ mediaType, digest, size }: FixtureDescriptor) => ({ mediaType, digest, size })
const byCosign = (descriptor: FixtureDescriptor, kind: string, name: string) => ({
  ...plain(descriptor),
  annotations: {
    kind: `dev.cosignproject.cosign/${kind}`,
    'org.opencontainers.image.ref.name': `registry.test/${name}`,
  },
})

describe('an image of an index that is chosen by its platform', () => {
  it('comes without the attestations that only the index connects with it, which a warning names', async () => {
    const layout = new Layout()
    const images = [layout.image(['a']), layout.image(['b'], { platform: 'linux/arm64' })]
    const attestations = images.map((image) => ({
      ...layout.attestation(image),
      annotations: { 'vnd.docker.reference.digest': image.digest },
    }))
    layout.finish(['v1', layout.index([...images, ...attestations])])
    expect((await read(layout, 'linux/arm64')).warnings).toEqual([
      `image: the attestation of ${images[1]?.digest} is left out, since only its index names it: ${attestations[1]?.digest}`,
    ])
    expect((await read(layout)).warnings).toEqual([])
    expect((await read(layout.finish(['v1', layout.index(images)]), 'linux/arm64')).warnings).toEqual([])
  })

  it.each([
    ['linux/arm/v7', 'linux/arm', 'linux/arm/v7'],
    ['linux/arm', 'linux/arm/v7', 'linux/arm'],
    ['linux/amd64', 'linux/amd64', 'linux/amd64'],
  ])('may be %s in the index and %s in its config', async (platform, configPlatform, wanted) => {
    const layout = new Layout()
    const image = layout.image(['a'], { platform, configPlatform })
    layout.finish(['v1', layout.index([image, layout.image(['b'], { platform: 'linux/s390x' })])])
    expect(await read(layout, wanted)).toMatchObject({ kind: 'image', source: { digest: image.digest } })
  })

  it('may stand alone, without an index', async () => {
    const layout = new Layout()
    const image = layout.image(['a'])
    expect(await read(layout.finish(['v1', image]), 'linux/amd64')).toMatchObject({
      ...{ kind: 'image', source: { digest: image.digest }, warnings: [] },
    })
  })
})

describe('an index.json', () => {
  it('names images of which one is not there: a warning says so, and the other is read', async () => {
    const layout = new Layout()
    const [there, gone] = [layout.image(['a']), layout.image(['b'])]
    layout.finish(['v1', there], ['v2', gone]).forget(gone)
    const found = await read(layout)
    expect(found).toMatchObject({ kind: 'image', source: { digest: there.digest } })
    expect(found.warnings).toEqual([`archive: index.json: passed over ${gone.digest}, ${gone.mediaType}`])
  })

  it('is no index of platforms where one of its images has none', async () => {
    const layout = new Layout()
    const bare = layout.blob('application/vnd.oci.image.config.v1+json', { rootfs: {} })
    layout.top([layout.image(['a']), plain(layout.manifest(bare, []))])
    await expect(read(layout)).rejects.toThrow('names 2 images')
    layout.top([layout.image(['a']), layout.attestation(layout.image(['a']))])
    expect((await read(layout)).kind).toBe('tree')
  })
})

describe('what refers to an image', () => {
  it('is pushed alone where all of an archive is asked for, and it has nothing else', async () => {
    const layout = new Layout()
    const sbom = layout.artifact('sbom', layout.image(['a']))
    const archive = await openForTest(writeTemporary(layout.top([plain(sbom)]).toTar()))
    expect(await readImages(archive, 'all')).toMatchObject([{ kind: 'tree', root: { digest: sbom.digest } }])
  })

  it('is that of the image of the same name where cosign wrote several', async () => {
    const layout = new Layout()
    const [one, two] = [layout.image(['a']), layout.image(['b'])]
    const signature = layout.artifact('signature of two')
    layout.top([
      byCosign(one, 'image', 'app:one'),
      byCosign(two, 'image', 'app:two'),
      byCosign(signature, 'sigs', 'app:two'),
    ])
    expect((await read(layout, 'one')).kind).toBe('image')
    expect(await read(layout, 'two')).toMatchObject({
      root: { digest: two.digest },
      referrers: [
        { reference: `${two.digest.replace(':', '-')}.sig`, manifest: { digest: signature.digest } },
      ],
    })
  })

  it('is pushed with all that it names, each once and before it', async () => {
    const layout = new Layout()
    const image = layout.image(['a'])
    const [part, other] = [layout.artifact('part'), layout.artifact('other')]
    const { mediaType } = layout.index([])
    const manifests = [part, image, other, part].map(plain)
    const index = layout.blob(mediaType, { schemaVersion: 2, mediaType, manifests, subject: plain(image) })
    layout.top([plain(image), plain(index)])
    const found = await read(layout)
    const referrers = found.kind === 'tree' ? found.referrers : []
    expect(referrers.map(({ reference }) => reference)).toEqual([part.digest, other.digest, index.digest])
  })

  it('is refused where it is damaged: that is no part that is left out', async () => {
    const layout = new Layout()
    const image = layout.image(['a'])
    const sbom = layout.artifact('sbom', image)
    const { config } = layout.read(sbom)
    layout.top([plain(image), plain(sbom)])
    layout.files.set(`blobs/sha256/${config.digest.slice(7)}`, Buffer.from('{"longer":1}'))
    await expect(read(layout)).rejects.toThrow('the archive is damaged')
  })

  it('of others is not named where the archive has several images', async () => {
    const layout = new Layout()
    const [one, two, gone] = ['a', 'b', 'c'].map((content) => layout.image([content]))
    const sbom = layout.artifact('sbom', gone)
    layout.top([byCosign(one!, 'image', 'app:one'), byCosign(two!, 'image', 'app:two'), plain(sbom)])
    expect((await read(layout, 'one')).warnings).toEqual([])
  })
})
