import { UserError } from '../../../lib/errors.ts'
import type { RegistryRepository } from '../../../lib/registry/repository.ts'
import type { Clock } from '../../../lib/wait.ts'

/** What a tag is read back with. */
type Reader = {
  clock: Clock
  signal: AbortSignal
  sender: { repository: Pick<RegistryRepository, 'pullManifest'> }
}

// Some registries read from replicas or caches, which show a tag that was moved a moment later.
const mostLooks = 5
const pauseMs = 1000

/**
 * Reads back a tag that was moved, for some seconds where it does not name the digest yet. Throws UserError where it
 * names another one in the end, which another push may have moved it to.
 */
export async function confirmTag(tag: string, digest: string, reader: Reader): Promise<void> {
  const got = await readBack(tag, digest, reader)
  if (got === digest) return
  const failure = `tag ${tag}: expected ${digest} after the push, got`
  if (got === undefined)
    throw new Error(`${failure} no manifest; the registry does not show it yet, run the action again later`)
  throw new UserError(`${failure} ${got}; did another push move it`)
}

/** Returns what a tag names: the digest as soon as it does, otherwise what the last look gave. */
async function readBack(
  tag: string,
  digest: string,
  { clock, signal, sender: { repository } }: Reader,
): Promise<string | undefined> {
  for (let look = 1; ; look++) {
    const got = (await repository.pullManifest(tag))?.digest
    if (got === digest || look === mostLooks) return got
    await clock.sleep(pauseMs, signal)
  }
}
