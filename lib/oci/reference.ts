import { UserError } from '../errors.ts'

/** Where a repository lies: the registry's host, with its port where it has one, and the repository's name. */
export type RepositoryReference = { host: string; repository: string }

// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
const namePattern = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/
const hostPattern = /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:\d+)?$/

/**
 * Parses a repository's full reference, `HOST[:PORT]/NAME`. Nothing is filled in: a name without a host is
 * refused, and so is the short name of Docker Hub, which is not the address of its registry.
 */
export function parseRepository(text: string): RepositoryReference {
  const slash = text.indexOf('/')
  const [host, repository] = [text.slice(0, slash), text.slice(slash + 1)]
  const isHost = slash > 0 && hostPattern.test(host) && (/[.:]/.test(host) || host === 'localhost')
  if (!isHost || !namePattern.test(repository)) {
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
