import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { digestLike, digestOf } from '../../lib/oci/digest.ts'
import { parseJson } from '../../lib/oci/json.ts'
import { compressionOf } from '../../lib/oci/media-type.ts'
import type { RegistryRepository } from '../../lib/registry/repository.ts'

type Repository = Pick<RegistryRepository, 'pullManifest' | 'getBlob'>

const unpack = { gzip: gunzipSync, zstd: zstdDecompressSync, none: (blob: Buffer) => blob }

/**
 * Describes all that a reference leads to, with every blob read and hashed: manifests, configs, annotations, layers by
 * what they unpack to, and what refers to them. Two of the same description differ at most in how they are packed.
 */
export async function describeImage(repository: Repository, reference: string): Promise<object> {
  const manifest = await repository.pullManifest(reference)
  if (!manifest) throw new Error(`${reference}: expected a manifest, found none`)
  const { manifests, layers, config, ...rest } = Object(parseJson(manifest.bytes))
  const referring = await repository.pullManifest(manifest.digest.replace(':', '-'))
  const listed: Descriptor[] = referring ? Object(parseJson(referring.bytes)).manifests : []
  return {
    ...rest,
    manifests: await inOrder(manifests, async (member) => ({
      ...member,
      ...packing,
      member: await describeImage(repository, member.digest),
    })),
    config: config && { ...config, digest: digestOf(await readBlob(repository, config.digest)) },
    layers: await inOrder(layers, async (layer) => {
      const compression = compressionOf(layer.mediaType)
      const blob = await readBlob(repository, layer.digest)
      const mediaType = layer.mediaType.replace(/[.+](gzip|zstd)$/, '')
      return { ...layer, ...packing, mediaType, content: digestOf(unpack[compression ?? 'none'](blob)) }
    }),
    referrers: await inOrder(listed, ({ digest }) => describeImage(repository, digest)),
  }
}

// What follows from how a layer is packed.
const packing = { digest: undefined, size: undefined }

type Descriptor = { digest: string; mediaType: string }

async function inOrder(
  descriptors: readonly Descriptor[] = [],
  describe: (descriptor: Descriptor) => Promise<object>,
): Promise<object[]> {
  const described: object[] = []
  for (const descriptor of descriptors) described.push(await describe(descriptor))
  return described
}

async function readBlob(repository: Repository, digest: string): Promise<Buffer> {
  const blob = await repository.getBlob(digest)
  if (digestLike(digest, blob) === digest) return blob
  throw new Error(`${digest}: expected a blob of this digest, got other bytes`)
}
