import { type Descriptor, isDescriptor, mostDescriptors } from '../oci/descriptor.ts'
import { parseJson } from '../oci/json.ts'
import type { ManifestBytes } from '../oci/manifest.ts'
import { ociTypes } from '../oci/media-type.ts'
import type { RegistryRepository } from './repository.ts'

/** Returns the manifest that another one refers to; `undefined` where it refers to none. */
export function subjectOf(bytes: Buffer): Descriptor | undefined {
  // Most manifests refer to none, and need not be parsed.
  const { subject } = bytes.includes('"subject"') ? Object(parseJson(bytes)) : {}
  return isDescriptor(subject) ? subject : undefined
}

/**
 * Adds a manifest to the list of those that refer to its subject, which registries without an API for them keep
 * under a tag: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests-with-subject
 */
export async function listReferrer(
  repository: Pick<RegistryRepository, 'pullManifest' | 'putManifest'>,
  subject: Descriptor,
  referrer: ManifestBytes,
): Promise<void> {
  const tag = referrersTag(subject.digest)
  const listed = readList((await repository.pullManifest(tag))?.bytes)
  if (listed.some((item) => Object(item).digest === referrer.digest) || listed.length >= mostDescriptors)
    return
  const manifests = [...listed, describe(referrer)]
  const list = { schemaVersion: 2, mediaType: ociTypes.index, manifests }
  await repository.putManifest(tag, ociTypes.index, Buffer.from(JSON.stringify(list)))
}

// A tag has no room for a digest by SHA-512, whose first 64 digits stand for it:
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
const referrersTag = (digest: string) => digest.replace(/^(\w+):(.{64}).*$/, '$1-$2')

function readList(bytes: Buffer | undefined): unknown[] {
  const { manifests } = bytes ? Object(parseJson(bytes)) : {}
  return Array.isArray(manifests) ? manifests : []
}

function describe({ bytes, mediaType, digest }: ManifestBytes): object {
  const { artifactType, config, annotations } = Object(parseJson(bytes))
  return {
    ...{ mediaType, digest, size: bytes.length },
    artifactType: artifactType ?? Object(config).mediaType,
    annotations,
  }
}
