import type { ToolkitAssets } from '../../lib/aws/toolkit/assets.ts'
import type { SavedStates } from '../../lib/aws/toolkit/saved-states.ts'
import { formatSavedState, parseSavedState, savedStateKey } from '../../lib/service/saved-state.ts'
import { makeWriter } from './cut.ts'

/** The objects of the toolkit's bucket: key to content. */
export type FakeObjects = Map<string, Buffer>

/**
 * The saved states of a toolkit's bucket in memory. Its contract, which the local AWS holds too
 * (test/contract/toolkit.test.ts): a state is written once, a second save gives back the first; to remove one that is
 * not there is no error. `write` makes a write, or cuts the run there.
 */
export function fakeSavedStates(objects: FakeObjects, write = makeWriter(undefined)): SavedStates {
  const read = (key: string) => {
    const found = objects.get(key)
    return found && parseSavedState(found.toString(), key)
  }
  return {
    read: async (cluster, service) => read(savedStateKey(cluster, service)),
    save: async (state) =>
      await write(() => {
        const key = savedStateKey(state.cluster, state.service)
        if (!objects.has(key)) objects.set(key, Buffer.from(formatSavedState(state)))
        return read(key) ?? state
      }),
    remove: async (cluster, service) =>
      await write(() => {
        objects.delete(savedStateKey(cluster, service))
      }),
  }
}

/**
 * The assets of a toolkit's bucket in memory. Its contract, which the local AWS holds too
 * (test/contract/toolkit.test.ts): an object that is there stays as it is; a service is paused while its state is saved.
 */
export function fakeAssets(bucket: string, objects: FakeObjects): ToolkitAssets {
  return {
    bucket,
    ensure: async (key, bytes) => {
      if (!objects.has(key)) objects.set(key, bytes)
    },
    isPaused: async (cluster, service) => objects.has(savedStateKey(cluster, service)),
  }
}
