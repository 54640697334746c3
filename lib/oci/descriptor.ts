/** A blob as a manifest names it. */
export type Descriptor = { mediaType: string; digest: string; size: number }

/** Tells whether a value describes a blob. */
export function isDescriptor(value: unknown): value is Descriptor {
  const { mediaType, digest, size } = Object(value)
  return typeof mediaType === 'string' && typeof digest === 'string' && typeof size === 'number'
}
