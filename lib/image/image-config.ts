import { UserError } from '../errors.ts'

/** What an image's config says of its layers and its platform. */
export type ImageConfig = { diffIds: string[]; platform: string }

/** Reads a config; throws UserError where it has no diffIDs, or another count than the manifest has layers. */
export function parseConfig(config: unknown, name: string, layerCount: number): ImageConfig {
  const diffIds: unknown = Object(Object(config).rootfs).diff_ids
  if (!isTexts(diffIds)) throw new UserError(`archive: ${name}: expected rootfs.diff_ids, got none`)
  if (diffIds.length !== layerCount) {
    throw new UserError(
      `archive: ${name}: expected ${layerCount} diffIDs as its manifest has layers, got ${diffIds.length}`,
    )
  }
  return { diffIds, platform: renderPlatform(config) }
}

/** Renders `os/architecture` or `os/architecture/variant`; empty where the value names neither. */
export function renderPlatform(value: unknown): string {
  const { os, architecture, variant } = Object(value)
  return [os, architecture, variant].filter((part) => typeof part === 'string' && part !== '').join('/')
}

/** Tells whether a value is a list of texts. */
export const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
