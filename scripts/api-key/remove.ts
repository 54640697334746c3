import type { KeyStore } from './account.ts'
import { chooseKeys } from './keys.ts'

/**
 * Removes keys, and makes the authorizer forget them: also where none is left, since a run that was interrupted may
 * have removed it, and the authorizer would go on to admit it. Tells of each key as it goes.
 */
export async function removeKeys(
  store: KeyStore,
  userOrHash: string,
  tell: (line: string) => void,
): Promise<{ hasApi: boolean }> {
  const keys = await store.list()
  try {
    for (const { user, hash } of chooseKeys(keys, userOrHash)) {
      await store.remove(hash)
      tell(`removed ${hash.slice(0, 12)} of ${user}`)
    }
  } catch (error) {
    await store.resetCache()
    throw error
  }
  return { hasApi: await store.resetCache() }
}
