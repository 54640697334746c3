import type { Ecr } from '../../../lib/aws/ecr.ts'
import type { EcrRepository } from '../../../lib/aws/ecr-repository.ts'
import { makeHttpAgents } from '../../../lib/http-agents.ts'
import { parseRepository } from '../../../lib/oci/reference.ts'
import { connectRepository } from '../../../lib/registry/connect.ts'
import { tokenCredentials } from '../../../lib/registry/http/auth.ts'
import { makeTransport } from '../../../lib/registry/http/transport.ts'
import { openRepository, type RegistryRepository } from '../../../lib/registry/repository.ts'
import type { PushContext } from '../context.ts'
import { chooseOrigin } from '../destination.ts'
import type { Inputs } from '../inputs.ts'

// Enough to meet the layers of the last releases, few enough to look at in a second.
const earlierImages = 10

/** A repository, and digests or tags of its newest images. */
export type RepositoryAccess = { repository: RegistryRepository; newest(): Promise<readonly string[]> }

/** A repository that an image can go to. */
export type PushTarget = RepositoryAccess & {
  /** Without a tag, such as `HOST/team/app`. */
  uri: string
  isImmutable(tag: string): boolean
  /** Another repository of the same registry. */
  sibling(name: string): RepositoryAccess
}

/** Opens a repository of ECR with a token of its own, which no log shows, and which is renewed before it ends. */
export async function openEcrTarget(
  { name, uri, isImmutable }: EcrRepository,
  ecr: Ecr,
  { clock, random, signal, log, env }: PushContext,
  { retries, destination }: Pick<Inputs, 'retries' | 'destination'>,
): Promise<PushTarget> {
  const first = await ecr.authorize()
  const credentials = tokenCredentials(ecr.authorize, { clock, mask: log.mask, first })
  const agents = makeHttpAgents(env)
  const settings = { credentials, clock, random, signal, agents, retries }
  const transport = makeTransport({ ...settings, origin: chooseOrigin(destination, first) })
  const place = (repository: string): RepositoryAccess => ({
    repository: openRepository(transport, repository),
    newest: () => ecr.listNewest(repository, earlierImages),
  })
  return { ...place(name), uri, isImmutable, sibling: place }
}

/** Opens a repository of any registry; most of them create it with the first push. */
export function openRegistryTarget(
  reference: string,
  { clock, random, signal, log, env }: PushContext,
  { retries, insecure, login, dryRun }: Pick<Inputs, 'retries' | 'insecure' | 'login' | 'dryRun'>,
): PushTarget {
  const agents = makeHttpAgents(env)
  const connection = { login, mask: log.mask, clock, random, signal, agents, retries, insecure }
  const { host } = parseRepository(reference)
  const place = (uri: string, pushes = false): RepositoryAccess => {
    const repository = connectRepository(uri, { ...connection, pushes })
    // The protocol has no dates: the last names are the best guess at the newest.
    return { repository, newest: async () => (await repository.listTags()).slice(-earlierImages) }
  }
  const sibling = (name: string) => place(`${host}/${name}`)
  // Anybody, and a dry run, may have no right to push, and some endpoints give no token where one of the rights is missing.
  const pushes = login !== undefined && !dryRun
  return { ...place(reference, pushes), uri: reference, isImmutable: () => false, sibling }
}
