import { UserError } from '../errors.ts'
import { isDigest } from '../oci/digest.ts'
import { quote } from '../quote.ts'

/** What an image's config states about its layers and its platform. */
export type ImageConfig = { diffIds: string[]; platform: string }

/** Reads a config; throws UserError where it has no diffIDs, or another count than the manifest has layers. */
export function parseConfig(config: unknown, name: string, layerCount: number): ImageConfig {
  const said: unknown = Object(Object(config).rootfs).diff_ids
  // Tools written in Go leave an empty list out, or write null.
  const diffIds = layerCount === 0 ? (said ?? []) : said
  if (!isTexts(diffIds)) throw new UserError(`archive: ${name}: expected rootfs.diff_ids, got none`)
  if (diffIds.length !== layerCount) {
    throw new UserError(
      `archive: ${name}: expected ${layerCount} diffIDs as its manifest has layers, got ${diffIds.length}`,
    )
  }
  const foreign = diffIds.findIndex((diffId) => !isDigest(diffId))
  if (foreign >= 0) {
    throw new UserError(
      `archive: ${name}: rootfs.diff_ids[${foreign}]: expected a digest such as sha256: and 64 hex digits, got ${quote(diffIds[foreign] ?? '')}`,
    )
  }
  return { diffIds, platform: renderPlatform(config) }
}

/** Returns whether a config states diffIDs, as that of an image with layers does; some artifacts have an empty one. */
export const hasDiffIds = (config: unknown): boolean =>
  (Object(Object(config).rootfs).diff_ids ?? undefined) !== undefined

/** Renders `os/architecture` or `os/architecture/variant`; empty where the value names neither. */
export function renderPlatform(value: unknown): string {
  const { os, architecture, variant } = Object(value)
  const isName = (part: unknown) => typeof part === 'string' && /^[\w.+-]{1,64}$/.test(part)
  return [os, architecture, variant].filter(isName).join('/')
}

/** Returns whether a value is a list of texts. */
export const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
