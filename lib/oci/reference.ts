import { UserError } from '../errors.ts'
import { isDigest } from './digest.ts'

/** Where a repository lies: the registry's host, with its port where it has one, and the repository's name. */
export type RepositoryReference = { host: string; repository: string }

/** An image as a tool names it; the name may begin with a host. */
export type ImageReference = { name: string; tag: string | undefined; digest: string | undefined }

// The grammar of https://github.com/distribution/reference/blob/main/reference.go
const namePattern = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/
const hostPattern = /^([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\])(:\d{1,5})?$/
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/

const longestName = 255

/** Returns whether a text is the name of a repository within its registry, such as `team/app`. */
export const isRepositoryName = (text: string) => text.length <= longestName && namePattern.test(text)

/** Returns whether a text is a tag. */
export const isTag = (text: string) => tagPattern.test(text)

/**
 * Parses a repository's full reference, `HOST[:PORT]/NAME`. Nothing is filled in: a name without a host is
 * refused, and so is the short name of Docker Hub, which is not the address of its registry.
 */
export function parseRepository(text: string): RepositoryReference {
  const { host, rest: repository } = splitHost(text)
  if (host === undefined || !isRepositoryName(repository)) {
    throw new UserError(
      `repository: expected a registry and a name in lower case such as registry.example.com/team/app, got "${text}"`,
    )
  }
  if (host === 'docker.io' || host === 'index.docker.io') {
    throw new UserError(
      `repository: ${host} is not the address of a registry; write registry-1.docker.io/NAMESPACE/NAME, got "${text}"`,
    )
  }
  return { host, repository }
}

/** Parses `[HOST[:PORT]/]NAME[:TAG][@DIGEST]`; `undefined` for any other text. */
export function parseReference(text: string): ImageReference | undefined {
  const [named = '', digest, ...more] = text.split('@')
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  const name = hasTag ? named.slice(0, colon) : named
  const tag = hasTag ? named.slice(colon + 1) : undefined
  const isSound =
    more.length === 0 &&
    isRepositoryName(splitHost(name).rest) &&
    (tag === undefined || isTag(tag)) &&
    (digest === undefined || isDigest(digest))
  return isSound ? { name, tag, digest } : undefined
}

/**
 * Finds the tag in the name of an image in an archive: a single word is a tag, anything longer a reference,
 * whose tag is `latest` where it names none. `undefined` where the text is neither.
 */
export function findTag(text: string): string | undefined {
  if (!/[/:@]/.test(text)) return isTag(text) ? text : undefined
  const reference = parseReference(text)
  return reference && (reference.tag ?? 'latest')
}

/** Returns whether a name begins with the host of a registry. */
export const hasHost = (text: string) => splitHost(text).host !== undefined

// A first part is a host, as in Docker, if it has a dot or a port or is localhost; otherwise it belongs to the name.
function splitHost(text: string): { host: string | undefined; rest: string } {
  const slash = text.indexOf('/')
  const host = text.slice(0, Math.max(slash, 0))
  const isHost = (/[.:]/.test(host) || host === 'localhost') && host.length <= 255 && hostPattern.test(host)
  // Numbers that are no address, and ports above 65535, are of the grammar, too.
  return isHost && URL.canParse(`http://${host}`)
    ? { host, rest: text.slice(slash + 1) }
    : { host: undefined, rest: text }
}
