import { UserError } from '../errors.ts'
import { isDescriptor } from '../oci/descriptor.ts'
import { quote } from '../quote.ts'
import { isIndex, type JsonBlob } from './oci-blob.ts'

/**
 * Refuses a manifest or an index that no registry takes, which a push would learn when all its bytes are sent: fields
 * of another kind than the specification says, or those of an image and of an index at once.
 */
export function verifyShape({ value, mediaType, entry }: JsonBlob): void {
  const { schemaVersion, mediaType: said, subject, annotations, ...rest } = Object(value)
  const refuse = (field: string, expected: string, got: unknown) => {
    const text = typeof got === 'string' ? got : JSON.stringify(got)
    throw new UserError(
      `archive: ${entry}: ${field}: expected ${expected}, got ${quote(text)}; write the archive again`,
    )
  }
  if (schemaVersion !== undefined && schemaVersion !== 2) refuse('schemaVersion', '2', schemaVersion)
  if (said && said !== mediaType) refuse('mediaType', `${mediaType} as its descriptor says`, said)
  const foreign = (isIndex({ mediaType }) ? ['config', 'layers'] : ['manifests']).find((field) => rest[field])
  if (foreign) refuse(foreign, `none in ${mediaType}`, rest[foreign])
  if (subject && !isDescriptor(subject)) refuse('subject', 'a descriptor', subject)
  const named = [rest.config, rest.layers, rest.blobs, rest.manifests].flat()
  for (const one of [{ annotations }, subject, ...named].filter(Boolean)) {
    if (!isTextMap(one.annotations)) refuse('annotations', 'texts by name', one.annotations)
    if (!isPlatform(one.platform)) refuse('platform', 'os and architecture', one.platform)
  }
}

const isMap = (value: unknown) => typeof value === 'object' && !Array.isArray(value)
// Programs in Go read null as an empty text.
const isText = (value: unknown) => value === null || value === undefined || typeof value === 'string'

const isTextMap = (value: unknown) => !value || (isMap(value) && Object.values(value).every(isText))

const isPlatform = (value: unknown) => {
  const { os, architecture, variant } = Object(value)
  return !value || (isMap(value) && [os, architecture, variant].every(isText))
}
