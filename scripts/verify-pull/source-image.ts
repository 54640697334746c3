import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { ociTypes } from '../../lib/oci/media-type.ts'
import { listReferrer } from '../../lib/registry/referrers-tag.ts'
import type { RegistryRepository } from '../../lib/registry/repository.ts'
import { makeArchive } from '../example-image/archive.ts'
import { makeTar } from '../example-image/tar.ts'

/** What tools of others make their archives of: an index in the registry, and an archive of docker save. */
export type SourceImage = { reference: string; dockerArchive: string; dockerReference: string }

/** What the source's SBOMs are. */
export const sbomType = 'application/spdx+json'

const base = makeTar([{ name: 'etc/base', content: 'the same for each platform' }])
const describe = (mediaType: string, bytes: Uint8Array) => ({
  ...{ mediaType, digest: digestOf(bytes), size: bytes.length },
})

/** Puts an index of two platforms and an SBOM into a repository, and writes an archive of docker save. */
export async function writeSource(
  repository: RegistryRepository,
  { host, name, folder }: { host: string; name: string; folder: string },
): Promise<SourceImage> {
  const amd64 = await putImage(repository, 'amd64')
  const manifests = [amd64, await putImage(repository, 'arm64')]
  const annotations = { 'org.opencontainers.image.title': 'source' }
  const index = { schemaVersion: 2, mediaType: ociTypes.index, manifests, annotations }
  const { descriptor: listed } = await put(repository, 'v1', index)
  for (const subject of [amd64, listed]) await putSbom(repository, subject)
  const dockerArchive = join(folder, 'docker-archive.tar')
  const dockerReference = 'localhost/source:v1'
  const image = { layers: [base, base], references: [dockerReference], architecture: 'amd64', settings: {} }
  writeFileSync(dockerArchive, makeArchive(image, 'legacy'))
  return { reference: `${host}/${name}:v1`, dockerArchive, dockerReference }
}

async function putImage(repository: RegistryRepository, architecture: string) {
  const tars = [base, makeTar([{ name: 'usr/bin/run', content: architecture, executable: true }])]
  const rootfs = { type: 'layers', diff_ids: tars.map(digestOf) }
  const config = Buffer.from(JSON.stringify({ architecture, os: 'linux', config: {}, rootfs }))
  const layers = tars.map((tar) => gzipSync(tar))
  for (const blob of [config, ...layers]) await repository.putBlob(blob)
  const manifest = {
    schemaVersion: 2,
    mediaType: ociTypes.manifest,
    config: describe(ociTypes.config, config),
    layers: layers.map((layer) => ({
      ...describe(ociTypes.layer.gzip, layer),
      annotations: { 'org.example.layer': architecture },
    })),
    annotations: { 'org.opencontainers.image.revision': '1a2b' },
  }
  const { descriptor } = await put(repository, undefined, manifest)
  return { ...descriptor, platform: { architecture, os: 'linux' } }
}

async function putSbom(repository: RegistryRepository, subject: Descriptor): Promise<void> {
  const [config, sbom] = [Buffer.from('{}'), Buffer.from('{"spdxVersion":"SPDX-2.3"}')]
  for (const blob of [config, sbom]) await repository.putBlob(blob)
  const manifest = {
    schemaVersion: 2,
    mediaType: ociTypes.manifest,
    artifactType: sbomType,
    config: describe('application/vnd.oci.empty.v1+json', config),
    layers: [describe(sbomType, sbom)],
    subject,
  }
  const { descriptor, bytes } = await put(repository, undefined, manifest)
  await listReferrer(repository, subject, { ...descriptor, bytes })
}

async function put(repository: RegistryRepository, tag: string | undefined, manifest: { mediaType: string }) {
  const bytes = Buffer.from(JSON.stringify(manifest))
  const descriptor = describe(manifest.mediaType, bytes)
  await repository.putManifest(tag ?? descriptor.digest, manifest.mediaType, bytes)
  return { descriptor, bytes }
}
