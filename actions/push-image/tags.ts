import { UserError } from '../../lib/errors.ts'
import { findTag, hasHost, isTag, parseReference } from '../../lib/oci/reference.ts'
import { quote } from '../../lib/quote.ts'

/** A tag, and the repository that it was given for where the text names one. */
export type WantedTag = { tag: string; repository: string | undefined }

/** Parses an item of the input `tags`: a tag, or a full reference of a repository that is pushed to. */
export function parseTag(text: string): WantedTag {
  if (isTag(text)) return { tag: text, repository: undefined }
  const { name, tag, digest } = parseReference(text) ?? {}
  if (name !== undefined && tag !== undefined && digest === undefined) return { tag, repository: name }
  throw new UserError(
    `tags: expected a tag such as v1, or a reference such as registry.example.com/team/app:v1, got ${quote(text)}`,
  )
}

/** Chooses the tags: those given, else those that the archive names, else `latest`. */
export function chooseTags(given: readonly WantedTag[], archived: readonly string[]): WantedTag[] {
  if (given.length > 0) return [...given]
  const own = archived.map((name) => ({ tag: tagOf(name), repository: undefined }))
  return own.length > 0 ? own : [{ tag: 'latest', repository: undefined }]
}

/** An image of an archive, as far as it has a name. */
type Named = { references: readonly string[] }

/** Chooses the tags of each image. Several images need names of their own: throws UserError where they have none. */
export function assignTags(given: readonly WantedTag[], images: readonly Named[]): WantedTag[][] {
  if (images.length > 1 && given.length > 0)
    throw new UserError(
      `tags: expected none for ${images.length} images, got ${given.length}; each gets the tags that the archive names`,
    )
  const assigned = images.map(({ references }) => chooseTags(given, references))
  const tags = assigned.flatMap((own) => [...new Set(own.map(({ tag }) => tag))])
  const twice = tags.find((tag, at) => tags.indexOf(tag) !== at)
  if (twice === undefined) return assigned
  throw new UserError(
    `image: expected images with different tags, got ${quote(twice)} twice; push them one by one, and set the input tags`,
  )
}

/**
 * Groups tags by repository, each once: those of the repository `uri` first, then those of the others that full
 * references name. Throws UserError where none is for `uri`, or a reference names no registry.
 */
export function groupTags(wanted: readonly WantedTag[], uri: string): Map<string, string[]> {
  const groups = Map.groupBy(wanted, ({ repository }) => repository ?? uri)
  const others = [...groups.keys()].filter((repository) => repository !== uri)
  const odd = groups.has(uri) ? others.find((repository) => !hasHost(repository)) : others[0]
  if (odd !== undefined) {
    const got = quote(`${odd}:${groups.get(odd)?.[0]?.tag}`)
    throw new UserError(`tags: expected a tag, or a reference of ${uri}, got ${got}`)
  }
  const tagsOf = (repository: string) => [...new Set(groups.get(repository)?.map(({ tag }) => tag))]
  return new Map([uri, ...others].map((repository) => [repository, tagsOf(repository)]))
}

function tagOf(name: string): string {
  const tag = findTag(name)
  if (tag !== undefined) return tag
  throw new UserError(
    `archive: expected an image name such as app:v1, got ${quote(name)}, which is no tag; set the input tags`,
  )
}
