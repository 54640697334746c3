import type { EcrRepository } from '../../lib/aws/ecr.ts'
import { makeHttpAgents } from '../../lib/http-agents.ts'
import { tokenCredentials } from '../../lib/registry/auth.ts'
import { openRepository, type RegistryRepository } from '../../lib/registry/registry.ts'
import { makeTransport } from '../../lib/registry/transport.ts'
import type { ConnectedContext } from './context.ts'

/** Opens a repository of ECR with a token of its own, which no log shows, and which is renewed before it ends. */
export async function openTarget(
  { ecr, clock, signal, log, env }: ConnectedContext,
  { name }: EcrRepository,
): Promise<RegistryRepository> {
  const first = await ecr.authorize()
  const credentials = tokenCredentials(ecr.authorize, { clock, mask: log.mask, first })
  const agents = makeHttpAgents(env)
  return openRepository(makeTransport({ origin: first.origin, credentials, clock, signal, agents }), name)
}
