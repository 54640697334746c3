import { describe, expect, it } from 'vitest'
import { chooseTags, readInputs } from '../../actions/push-image/inputs.ts'
import { isReached, planPush } from '../../actions/push-image/plan.ts'
import type { ArchivedImage } from '../../lib/registry/image.ts'
import { dockerTypes } from '../../lib/registry/manifest.ts'
import { learnBlobs } from '../../lib/registry/reuse.ts'

const image: ArchivedImage = {
  kind: 'image',
  config: Buffer.from('{}'),
  configDigest: 'sha256:config',
  layers: [
    { entry: 'a', diffId: 'sha256:a', sizeBytes: 10, compression: 'none' },
    { entry: 'b', diffId: 'sha256:b', sizeBytes: 20, compression: 'none' },
  ],
  references: ['app:v1'],
  platform: 'linux/amd64',
}
const blob = (digest: string) => ({ mediaType: dockerTypes.layer, digest, size: 5 })
const blobs = new Map([
  ['sha256:a', blob('sha256:A')],
  ['sha256:b', blob('sha256:B')],
])

describe('planPush', () => {
  it('sends all to an empty repository', () => {
    const plan = planPush(image, { blobs: new Map(), hasConfig: false, tags: new Map() }, ['v1'])
    expect(plan).toMatchObject({ sendConfig: true, digest: undefined, tags: ['v1'] })
    expect(plan.layers.map(({ kind }) => kind)).toEqual(['send', 'send'])
  })

  it('sends only the layers that no earlier image has', () => {
    const state = { blobs: new Map([['sha256:a', blob('sha256:A')]]), hasConfig: false, tags: new Map() }
    expect(planPush(image, state, ['v1']).layers.map(({ kind }) => kind)).toEqual(['reuse', 'send'])
  })

  it('has nothing to do where each tag names the image, and moves the tag that does not', () => {
    const first = planPush(image, { blobs, hasConfig: true, tags: new Map() }, ['v1'])
    expect(isReached(first)).toBe(false)
    const tags = new Map([['v1', first.digest ?? '']])
    expect(isReached(planPush(image, { blobs, hasConfig: true, tags }, ['v1']))).toBe(true)
    expect(planPush(image, { blobs, hasConfig: true, tags }, ['v1', 'v2']).tags).toEqual(['v2'])
  })
})

describe('learnBlobs', () => {
  const manifest = (mediaType: string) => ({
    schemaVersion: 2 as const,
    mediaType: dockerTypes.manifest,
    config: blob('sha256:C'),
    layers: [{ ...blob('sha256:A'), mediaType }],
  })

  it('pairs diffIDs and blobs by their order', () => {
    const learned = learnBlobs(manifest(dockerTypes.layer), { rootfs: { diff_ids: ['sha256:a'] } })
    expect(learned.get('sha256:a')?.digest).toBe('sha256:A')
  })

  it('learns nothing of another media type, nor where the counts differ', () => {
    expect(
      learnBlobs(manifest('application/vnd.oci.image.layer.v1.tar+zstd'), { rootfs: { diff_ids: ['x'] } })
        .size,
    ).toBe(0)
    expect(learnBlobs(manifest(dockerTypes.layer), { rootfs: { diff_ids: ['x', 'y'] } }).size).toBe(0)
  })
})

describe('inputs of push-image', () => {
  it('takes a full reference of our repository for its tag', () => {
    expect(chooseTags(['host/app:v2', 'v3'], 'host/app', [])).toEqual(['v2', 'v3'])
  })

  it('refuses a reference of another repository', () => {
    expect(() => chooseTags(['other/app:v2'], 'host/app', [])).toThrow(
      'tags: expected a tag, or a reference of host/app, got "other/app:v2"',
    )
  })

  it('falls back to the tags of the archive, then to latest', () => {
    expect(chooseTags([], 'host/app', ['app:v1', 'app:v2'])).toEqual(['v1', 'v2'])
    expect(chooseTags([], 'host/app', [])).toEqual(['latest'])
  })

  it('refuses a repository with capitals', () => {
    expect(() => readInputs({ archive: 'a.tar', repository: 'App' })).toThrow('repository: expected a name')
  })
})
