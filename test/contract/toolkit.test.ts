import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { makeObjects } from '../../lib/aws/s3-objects.ts'
import { makeToolkitAssets, type ToolkitAssets } from '../../lib/aws/toolkit/assets.ts'
import { toolkitBucket } from '../../lib/aws/toolkit/bucket.ts'
import { makeSavedStates, type SavedStates } from '../../lib/aws/toolkit/saved-states.ts'
import { type FakeObjects, fakeAssets, fakeSavedStates } from '../fakes/toolkit.ts'
import { localAws } from '../local-aws.ts'

// The toolkit's bucket in memory, which tests of actions lean on, has to behave as the local AWS does.

type Opened = { assets: ToolkitAssets; savedStates: SavedStates; read(key: string): Promise<string> }

const buckets: Record<string, () => Opened> = {
  'the bucket in memory': () => {
    const objects: FakeObjects = new Map()
    return {
      assets: fakeAssets('b', objects),
      savedStates: fakeSavedStates(objects),
      read: async (key) => objects.get(key)?.toString() ?? '',
    }
  },
  'the local AWS': () => {
    const { config, account, region } = localAws()
    const bucket = toolkitBucket('ddn', account, region)
    return {
      assets: makeToolkitAssets(config, bucket),
      savedStates: makeSavedStates(config, bucket),
      read: async (key) => await text(makeObjects(config).read(`s3://${bucket.Bucket}/${key}`)),
    }
  },
}

const state = {
  ...{ version: 1 as const, cluster: 'c', service: 's', savedAt: '2026-11-23T20:00:00.000Z', desired: 2 },
  bounds: {
    ...{ min: 1, max: 4 },
    suspended: { dynamicScalingIn: false, dynamicScalingOut: true, scheduledScaling: false },
  },
  groups: [{ name: 'g', min: 0, desired: 1 }],
}

describe.each(Object.entries(buckets))('%s', (_name, open) => {
  it('has no state and no pause before the first one, nor a bucket', async () => {
    const { assets, savedStates } = open()
    expect(await savedStates.read('c', 's')).toBeUndefined()
    expect(await assets.isPaused('c', 's')).toBe(false)
  })

  it('keeps the first of two saved states, until it is removed', async () => {
    const { assets, savedStates } = open()
    expect(await savedStates.save(state)).toEqual(state)
    expect(await savedStates.save({ ...state, desired: 0 })).toEqual(state)
    expect(await savedStates.read('c', 's')).toEqual(state)
    expect(await savedStates.read('c', 'other')).toBeUndefined()
    expect([await assets.isPaused('c', 's'), await assets.isPaused('other', 's')]).toEqual([true, false])
    await savedStates.remove('c', 's')
    await savedStates.remove('c', 's')
    expect(await savedStates.read('c', 's')).toBeUndefined()
    expect(await assets.isPaused('c', 's')).toBe(false)
  })

  it('keeps a state without bounds', async () => {
    const { savedStates } = open()
    const plain = { ...state, bounds: undefined, groups: [] }
    expect(await savedStates.save(plain)).toEqual(plain)
  })

  it('leaves an object as it is that is there', async () => {
    const { assets, read } = open()
    await assets.ensure('assets/a.zip', Buffer.from('first'))
    await assets.ensure('assets/a.zip', Buffer.from('second'))
    expect(await read('assets/a.zip')).toBe('first')
  })
})
