import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { makeObjects } from '../../lib/aws/s3-objects.ts'
import { makeToolkitAssets, type ToolkitAssets } from '../../lib/aws/toolkit/assets.ts'
import { toolkitBucket } from '../../lib/aws/toolkit/bucket-name.ts'
import { makeForgetState } from '../../lib/aws/toolkit/forget-state.ts'
import { makePauseStates } from '../../lib/aws/toolkit/pause-states.ts'
import { newPauseState, pauseStateKey } from '../../lib/service/pause-state/state.ts'
import type { PauseStates } from '../../lib/service/pause-state/states.ts'
import { type FakeObjects, fakeAssets, fakePauseStates } from '../fakes/toolkit.ts'
import { localAws } from '../local-aws.ts'

// The toolkit's bucket in memory, which tests of actions lean on, has to behave as the local AWS does.

type Opened = {
  assets: ToolkitAssets
  states: PauseStates
  forget(cluster: string, service: string): Promise<void>
  read(key: string): Promise<string>
}

const buckets: Record<string, () => Opened> = {
  'the bucket in memory': () => {
    const objects: FakeObjects = new Map()
    return {
      assets: fakeAssets('b', objects),
      states: fakePauseStates(objects),
      forget: async (cluster, service) => void objects.delete(pauseStateKey(cluster, service)),
      read: async (key) => objects.get(key)?.toString() ?? '',
    }
  },
  'the local AWS': () => {
    const { config, account, region } = localAws()
    const bucket = toolkitBucket('ddn', account, region)
    return {
      assets: makeToolkitAssets(config, bucket),
      states: makePauseStates(config, bucket),
      forget: makeForgetState(config, bucket),
      read: async (key) => await text(makeObjects(config).read(`s3://${bucket.Bucket}/${key}`)),
    }
  },
}

const saved = {
  ...{ at: '2026-11-23T20:00:00.000Z', desired: 2 },
  bounds: {
    ...{ min: 1, max: 4 },
    suspended: { dynamicScalingIn: false, dynamicScalingOut: true, scheduledScaling: false },
  },
  groups: [{ name: 'g', min: 0, desired: 1 }],
}
const state = newPauseState('c', 's')

describe.each(Object.entries(buckets))('%s', (_name, open) => {
  it('has no state before the first one, nor a bucket', async () => {
    expect(await open().states.read('c', 's')).toEqual({ kind: 'absent' })
  })

  it('replaces only the version of a state that was read', async () => {
    const { states } = open()
    const first = await states.write(state, undefined)
    expect(await states.read('c', 's')).toEqual({ kind: 'found', state, tag: first })
    const paused = { ...state, phase: 'paused' as const, saved }
    expect(await states.write(paused, 'other')).toBeUndefined()
    const second = await states.write(paused, first)
    expect(await states.read('c', 's')).toEqual({ kind: 'found', state: paused, tag: second })
    expect(await states.write(state, first)).toBeUndefined()
    expect(await states.write({ ...state, saved }, undefined)).toBeUndefined()
    expect(await states.read('c', 'other')).toEqual({ kind: 'absent' })
  })

  it('forgets a state, and writes over none that is gone', async () => {
    const { states, forget } = open()
    await forget('c', 's')
    const tag = await states.write(state, undefined)
    await forget('c', 's')
    await forget('c', 's')
    expect(await states.read('c', 's')).toEqual({ kind: 'absent' })
    expect(await states.write({ ...state, phase: 'paused', saved }, tag)).toBeUndefined()
  })

  it('leaves an object as it is that is there', async () => {
    const { assets, read } = open()
    await assets.ensure('assets/a.zip', Buffer.from('first'))
    await assets.ensure('assets/a.zip', Buffer.from('second'))
    expect(await read('assets/a.zip')).toBe('first')
  })
})
