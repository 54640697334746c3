import type { ToolkitAssets } from '../../lib/aws/toolkit/assets.ts'
import { messageOf } from '../../lib/errors.ts'
import { formatPauseState, parsePauseState } from '../../lib/service/pause-state/format.ts'
import { pauseStateKey } from '../../lib/service/pause-state/state.ts'
import type { FoundState, PauseStates } from '../../lib/service/pause-state/states.ts'
import type { Caller } from './cut.ts'

/** The objects of the toolkit's bucket: key to content. */
export type FakeObjects = Map<string, Buffer>

/**
 * The states of services in a toolkit's bucket in memory. Its contract, which the local AWS holds too
 * (test/contract/toolkit.test.ts): a state is written only over the version that its tag names, or where there is none.
 * `call` makes a call, or cuts the run there.
 */
export function fakePauseStates(
  objects: FakeObjects,
  call: Caller = async (_, apply) => apply(),
): PauseStates {
  const tagOf = (key: string) => objects.get(key)?.toString()
  return {
    read: async (cluster, service) =>
      await call('read', (): FoundState => {
        const key = pauseStateKey(cluster, service)
        const tag = tagOf(key)
        if (tag === undefined) return { kind: 'absent' }
        try {
          return { kind: 'found', state: parsePauseState(tag, { cluster, service, place: key }), tag }
        } catch (error) {
          return { kind: 'damaged', cause: messageOf(error) }
        }
      }),
    write: async (state, tag) =>
      await call('write', () => {
        const key = pauseStateKey(state.cluster, state.service)
        if (tagOf(key) !== tag) return undefined
        objects.set(key, Buffer.from(formatPauseState(state)))
        return tagOf(key)
      }),
  }
}

/**
 * The assets of a toolkit's bucket in memory. Its contract, which the local AWS holds too
 * (test/contract/toolkit.test.ts): an object that is there stays as it is.
 */
export function fakeAssets(bucket: string, objects: FakeObjects): ToolkitAssets {
  return {
    bucket,
    ensure: async (key, bytes) => {
      if (!objects.has(key)) objects.set(key, bytes)
    },
  }
}
