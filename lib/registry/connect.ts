import { type HttpAgents, makeHttpAgents } from '../http-agents.ts'
import { parseRepository } from '../oci/reference.ts'
import type { Clock } from '../wait.ts'
import type { Login, Mask } from './http/auth.ts'
import { isLoopback } from './http/secure-url.ts'
import { sendRequest, type Wire } from './http/send-request.ts'
import { completeLimits, type TimeLimits } from './http/time-limits.ts'
import { challengedCredentials } from './http/token-endpoint.ts'
import { makeTransport } from './http/transport.ts'
import { openRepository, type RegistryRepository } from './repository.ts'

/** How to reach a registry, and as whom. */
export type Connection = {
  /** None for what a registry serves to anybody. */
  login?: Login | undefined
  /**
   * Asks for the right to push with the first token. Some registries answer a token for reads with 403, and demand
   * nothing: https://github.com/containerd/containerd/issues/1318
   */
  pushes?: boolean
  mask: Mask
  clock: Clock
  signal: AbortSignal
  agents?: HttpAgents
  retries?: number | undefined
  random?: () => number
  limits?: Partial<TimeLimits> | undefined
  /** Uses http where the registry has no TLS. */
  insecure?: boolean
}

/**
 * Connects to a repository of any OCI registry by its full reference, `HOST[:PORT]/NAME`; nothing is sent
 * before the first call. On this machine, and with `insecure`, it speaks http, elsewhere https.
 */
export function connectRepository(reference: string, connection: Connection): RegistryRepository {
  const { host, repository } = parseRepository(reference)
  const { agents = makeHttpAgents({}), signal, pushes } = connection
  const wire: Wire = { agents, limits: completeLimits(connection.limits), signal }
  const credentials = challengedCredentials({
    ...connection,
    scopes: pushes ? [`repository:${repository}:pull,push`] : [],
    get: (url, headers) => sendRequest({ method: 'GET', url, headers }, wire),
  })
  const plain = connection.insecure || isLoopback(new URL(`http://${host}`).hostname)
  const { origin } = new URL(`${plain ? 'http' : 'https'}://${host}`)
  return openRepository(makeTransport({ ...connection, origin, credentials, agents }), repository)
}
