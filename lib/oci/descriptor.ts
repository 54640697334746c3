import { isDigest } from './digest.ts'

/** A blob as a manifest names it. */
export type Descriptor = { mediaType: string; digest: string; size: number }

/** Members of an index, or layers of a manifest: more than this is no real image. */
export const mostDescriptors = 10_000

// RFC 6838, 4.2, with parameters: it is sent as a header.
const mediaTypePattern = /^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9][\w!#$&^.+-]{0,126}(;[ -~]{0,200})?$/

/** Returns whether a text is a media type. */
export const isMediaType = (text: unknown): text is string =>
  typeof text === 'string' && mediaTypePattern.test(text)

/** Returns whether a value describes a blob. */
export function isDescriptor(value: unknown): value is Descriptor {
  const { mediaType, digest, size } = Object(value)
  return isMediaType(mediaType) && isDigest(digest) && Number.isSafeInteger(size) && size >= 0
}
