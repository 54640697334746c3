import type { EcrRepository } from '../../lib/aws/ecr.ts'
import { openRepository, type RegistryRepository } from '../../lib/registry/registry.ts'
import { makeTransport } from '../../lib/registry/transport.ts'
import type { ConnectedContext } from './context.ts'

/** Opens a repository of ECR with a token of its own, which no log shows. */
export async function openTarget(
  context: ConnectedContext,
  { name }: EcrRepository,
): Promise<RegistryRepository> {
  const { origin, authorization, token } = await context.ecr.authorize()
  context.log.mask(token)
  context.log.mask(Buffer.from(token, 'base64').toString().replace(/^AWS:/, ''))
  return openRepository(
    makeTransport({ origin, authorization, clock: context.clock, signal: context.signal }),
    name,
  )
}
