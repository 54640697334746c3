import { UserError } from '../../lib/errors.ts'
import { boolean, list, optional, type RawInputs, refuseUnknown, required } from '../../lib/inputs.ts'

/** What the user asks for. */
export type Inputs = {
  /** A path, or `s3://BUCKET/KEY`. */
  archive: string
  /** Reference, tag, digest or platform of the image to take; undefined for the only one. */
  image: string | undefined
  repository: string
  /** Tags or full references; empty where the archive's own tags are wanted. */
  tags: string[]
  createRepository: boolean
  dryRun: boolean
}

const known = ['archive', 'image', 'repository', 'tags', 'create-repository', 'dry-run']

/** Reads and checks the inputs. */
export function readInputs(inputs: RawInputs): Inputs {
  refuseUnknown(inputs, known)
  const repository = required(inputs, 'repository')
  if (!/^[a-z0-9]+([._/-][a-z0-9]+)*$/.test(repository)) {
    throw new UserError(`repository: expected a name such as team/app in lower case, got "${repository}"`)
  }
  return {
    archive: required(inputs, 'archive'),
    image: optional(inputs, 'image'),
    repository,
    tags: list(inputs, 'tags'),
    createRepository: boolean(inputs, 'create-repository', false),
    dryRun: boolean(inputs, 'dry-run', false),
  }
}

/** Turns tags and full references of our own repository into tags; without any, takes the archive's, or `latest`. */
export function chooseTags(given: readonly string[], uri: string, archived: readonly string[]): string[] {
  const own = archived.map((reference) => reference.slice(reference.lastIndexOf(':') + 1))
  const tags = given.length > 0 ? given.map((text) => toTag(text, uri)) : own.length > 0 ? own : ['latest']
  return [...new Set(tags)]
}

function toTag(text: string, uri: string): string {
  const tag = text.startsWith(`${uri}:`) ? text.slice(uri.length + 1) : text
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag)) return tag
  throw new UserError(`tags: expected a tag, or a reference of ${uri}, got "${text}"`)
}
