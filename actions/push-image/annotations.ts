import { type CompressionChoice, compressionAfter } from '../../lib/compression/choice.ts'
import { UserError } from '../../lib/errors.ts'
import { type Archived, type ArchivedImage, describedBlob } from '../../lib/image/archived-image.ts'
import { listFirst, quote } from '../../lib/quote.ts'

/** An annotation as docker/metadata-action writes it; `name` is its line without the value. */
export type Annotation = {
  name: string
  /** What it is for, such as `manifest` or `index`. */
  levels: readonly string[]
  /** Of the image that it is for; undefined for any. */
  platform: string | undefined
  key: string
  value: string
}

// https://github.com/docker/buildx/blob/master/util/buildflags/annotations.go
const level = '(?:index|manifest)(?:-descriptor)?'
const namePattern = new RegExp(`^(?:(${level}(?:,${level})*)(?:\\[([\\w./-]+)\\])?:)?([^\\s:]+)$`)

/** Parses lines such as `manifest:KEY=VALUE` or `KEY=VALUE`. Throws UserError for any other. */
export function parseAnnotations(lines: ReadonlyMap<string, string>): Annotation[] {
  return [...lines].map(([name, value]) => {
    const [, levels = 'manifest', platform, key] = namePattern.exec(name) ?? []
    if (key !== undefined) return { name, levels: levels.split(','), platform, key, value }
    throw new UserError(`annotations: expected manifest:KEY=VALUE or KEY=VALUE, got ${quote(`${name}=…`)}`)
  })
}

/** Adds annotations to an image whose manifest is rebuilt; a warning names those that cannot be added. */
export function annotate(
  archived: Archived,
  annotations: readonly Annotation[],
  choice: CompressionChoice,
): Archived {
  if (annotations.length === 0) return archived
  const isImage = archived.kind === 'image'
  const isFit = ({ levels, platform }: Annotation) =>
    levels.includes('manifest') && isImage && isRebuilt(archived, choice) && isFor(platform, archived)
  const fit = annotations.filter(isFit)
  const names = annotations.filter((annotation) => !isFit(annotation)).map(({ name }) => name)
  const warning = `annotations: only a manifest that is rebuilt gets them, and what the archive holds keeps its digest; not added: ${listFirst(names)}`
  const warnings = [...archived.warnings, ...(names.length > 0 ? [warning] : [])]
  if (!isImage || fit.length === 0) return { ...archived, warnings }
  return {
    ...archived,
    annotations: Object.fromEntries(fit.map(({ key, value }) => [key, value])),
    warnings,
  }
}

const isFor = (platform: string | undefined, image: ArchivedImage) =>
  platform === undefined || image.platform === platform

const isRebuilt = ({ source, layers }: ArchivedImage, choice: CompressionChoice) =>
  !source || layers.some((layer) => !describedBlob(layer, compressionAfter(layer, choice)))
