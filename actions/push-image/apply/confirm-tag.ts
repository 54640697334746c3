import { messageOf, UserError } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import { isHeldBack } from '../../../lib/registry/http/errors.ts'
import type { RegistryRepository } from '../../../lib/registry/repository.ts'
import type { Clock } from '../../../lib/wait.ts'

/** What a tag is read back with. */
type Reader = {
  log: Pick<Log, 'warning'>
  clock: Clock
  signal: AbortSignal
  sender: { repository: Pick<RegistryRepository, 'pullManifest'> }
}

// Some registries read from replicas or caches, which show a tag that was moved a moment later.
const mostLooks = 5
const pauseMs = 1000

/**
 * Reads back a tag that was moved, for some seconds where it does not name the digest yet. Throws UserError where it
 * names another one in the end, which another push may have moved it to. A registry that holds it back took it all the
 * same: that is a warning.
 */
export async function confirmTag(tag: string, digest: string, reader: Reader): Promise<void> {
  const got = await readBack(tag, digest, reader).catch((error: unknown) => {
    if (!isHeldBack(error)) throw error
    reader.log.warning(
      `tag ${tag} is moved, but the registry holds it back from readers: ${messageOf(error)}`,
    )
    return digest
  })
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
