import { expect, it } from 'vitest'
import { digestLike } from '../../../lib/oci/digest.ts'
import { ociTypes } from '../../../lib/oci/media-type.ts'
import { listReferrer } from '../../../lib/registry/referrers-tag.ts'

const bytes = Buffer.from('{"config":{"mediaType":"text/plain"}}')
const mediaType = ociTypes.manifest

it.each([
  ['SHA-256', `sha256:${'a'.repeat(64)}`, `sha256-${'a'.repeat(64)}`],
  ['SHA-512, whose tag is cut', `sha512:${'a'.repeat(64)}${'b'.repeat(64)}`, `sha512-${'a'.repeat(64)}`],
])(
  'a manifest is listed once, by its own digest, under the tag of its subject: %s',
  async (_, digest, tag) => {
    const tags = new Map<string, Buffer>()
    const repository = {
      pullManifest: async (reference: string) => {
        const found = tags.get(reference)
        return found && { bytes: found, mediaType: ociTypes.index, digest: '' }
      },
      putManifest: async (reference: string, _: string, list: Buffer) => {
        tags.set(reference, list)
        return true
      },
    }
    const referrer = { bytes, mediaType, digest: digestLike(digest, bytes) }
    for (const _ of ['first', 'again'])
      await listReferrer(repository, { mediaType, digest, size: 2 }, referrer)
    const listed = [...tags].map(([name, list]) => [name, JSON.parse(list.toString()).manifests])
    expect(listed).toEqual([
      [tag, [{ mediaType, digest: referrer.digest, size: bytes.length, artifactType: 'text/plain' }]],
    ])
  },
)
