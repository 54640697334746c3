import { createHash } from 'node:crypto'
import { makeTar } from './tar.ts'

/** How `docker save` lays out an archive: before version 25, and since. */
export type Layout = 'legacy' | 'oci'

/** What an image is made of: layers as tars, bottom first, and how its process starts. */
export type Image = {
  layers: readonly Buffer[]
  /** References such as `app:latest`. */
  references: readonly string[]
  architecture: string
  settings: object
  /** Takes the place of the layers' own diffIDs, to make a damaged archive. */
  diffIds?: readonly string[]
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Makes a docker save archive: the same bytes for the same image. */
export function makeArchive(image: Image, layout: Layout): Buffer {
  const config = Buffer.from(JSON.stringify(makeConfig(image)))
  return layout === 'legacy' ? makeLegacy(image, config) : makeOci(image, config)
}

function makeConfig({ layers, architecture, settings, diffIds }: Image): object {
  return {
    architecture,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: settings,
    rootfs: { type: 'layers', diff_ids: diffIds ?? layers.map((layer) => `sha256:${sha256(layer)}`) },
  }
}

function makeLegacy({ layers, references }: Image, config: Buffer): Buffer {
  const configName = `${sha256(config)}.json`
  const folders = layers.map((layer) => sha256(layer))
  const manifest = [
    { Config: configName, RepoTags: references, Layers: folders.map((name) => `${name}/layer.tar`) },
  ]
  const files = layers.flatMap((layer, at) => [
    { name: `${folders[at]}/` },
    { name: `${folders[at]}/VERSION`, content: '1.0' },
    { name: `${folders[at]}/json`, content: JSON.stringify({ id: folders[at] }) },
    { name: `${folders[at]}/layer.tar`, content: layer },
  ])
  const manifestFile = { name: 'manifest.json', content: JSON.stringify(manifest) }
  return makeTar([...files, { name: configName, content: config }, manifestFile])
}

function makeOci({ layers, references }: Image, config: Buffer): Buffer {
  const blobName = (bytes: Buffer) => `blobs/sha256/${sha256(bytes)}`
  const describe = (bytes: Buffer, mediaType: string) => ({
    mediaType: `application/vnd.oci.image.${mediaType}`,
    digest: `sha256:${sha256(bytes)}`,
    size: bytes.length,
  })
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: describe(config, 'config.v1+json'),
      layers: layers.map((layer) => describe(layer, 'layer.v1.tar')),
    }),
  )
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: references.map((reference) => ({
      ...describe(manifest, 'manifest.v1+json'),
      annotations: {
        'io.containerd.image.name': `docker.io/library/${reference}`,
        'org.opencontainers.image.ref.name': reference.split(':')[1] ?? 'latest',
      },
    })),
  }
  const docker = [{ Config: blobName(config), RepoTags: references, Layers: layers.map(blobName) }]
  return makeTar([
    { name: 'blobs/' },
    { name: 'blobs/sha256/' },
    ...[...layers, config, manifest].map((bytes) => ({ name: blobName(bytes), content: bytes })),
    { name: 'index.json', content: JSON.stringify(index) },
    { name: 'manifest.json', content: JSON.stringify(docker) },
    { name: 'oci-layout', content: JSON.stringify({ imageLayoutVersion: '1.0.0' }) },
  ])
}
