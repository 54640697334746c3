import { describe, expect, it } from 'vitest'
import { chooseImage, findPlatform, type ImageChoice, isOffered } from '../../../lib/image/image-choice.ts'
import { parseConfig, renderPlatform } from '../../../lib/image/image-config.ts'

const choice = (digest: string, references: string[], platforms: string[]): ImageChoice => ({
  ...{ digest, references, platforms },
  read: () => Promise.reject(new Error('not read here')),
})
const app = choice('sha256:aa', ['registry.test/team/app:v1', 'app:latest'], ['linux/amd64'])
const tool = choice('sha256:bb', ['tool:v2'], ['linux/arm64/v8', 'linux/arm/v7'])
const bare = choice('sha256:cc', [], ['linux/s390x'])
const all = [app, tool, bare]

describe('the choice of an image', () => {
  it.each([
    ['registry.test/team/app:v1', app],
    ['team/app:v1', app],
    ['latest', app],
    ['v2', tool],
    ['sha256:cc', bare],
    ['cc', bare],
  ])('finds %s by its name, without a platform', (wanted, found) => {
    expect(chooseImage(all, wanted)).toEqual({ choice: found, platform: undefined })
    expect(isOffered(all, wanted)).toBe(true)
  })

  it.each([
    ['linux/amd64', app, 'linux/amd64'],
    ['linux/arm64', tool, 'linux/arm64/v8'],
    ['linux/arm', tool, 'linux/arm/v7'],
  ])('finds %s by its platform', (wanted, found, platform) => {
    expect(chooseImage(all, wanted)).toEqual({ choice: found, platform })
    expect(isOffered(all, wanted)).toBe(true)
  })

  it.each(['1', 'pp:v1', 'linux/arm64/v9', 'linux/amd', 'amd64', ''])('finds no "%s"', (wanted) => {
    expect(isOffered([tool], wanted)).toBe(false)
    expect(() => chooseImage([tool], wanted)).toThrow(
      `image: expected a tag or a platform of tool:v2 (linux/arm64/v8, linux/arm/v7), got "${wanted}"`,
    )
  })

  it('takes the only one where none is named', () => {
    expect(chooseImage([bare], undefined)).toEqual({ choice: bare, platform: undefined })
    expect(() => chooseImage([], undefined)).toThrow('archive: expected an image, found none')
  })

  it('takes what refers to an image only where it is named, or where nothing else is there', () => {
    const signature = { ...bare, comesAlong: true, platforms: app.platforms }
    expect(chooseImage([signature, app], undefined).choice).toBe(app)
    expect(chooseImage([signature, app], 'linux/amd64').choice).toBe(app)
    expect(chooseImage([signature, app], 'sha256:cc').choice).toBe(signature)
    expect(chooseImage([signature], undefined).choice).toBe(signature)
    const same = { ...signature, references: app.references }
    expect(chooseImage([same, app], 'latest').choice).toBe(app)
    expect(chooseImage([same, bare], 'latest').choice).toBe(same)
  })

  it('lists what there is where several would do', () => {
    const listed =
      'registry.test/team/app:v1 = app:latest (linux/amd64); tool:v2 (linux/arm64/v8, linux/arm/v7); sha256:cc (linux/s390x)'
    expect(() => chooseImage(all, undefined)).toThrow(
      `image: the archive names 3 images: ${listed}; set image to the tag, digest or platform of one`,
    )
    expect(() => chooseImage([app, { ...bare, references: ['latest'] }], 'latest')).toThrow(
      'image: "latest" names 2 images: ',
    )
    const [unknown, blank] = [[], ['']].map((platforms) => ({ ...bare, platforms }))
    expect(() => chooseImage([unknown!, blank!], undefined)).toThrow('2 images: sha256:cc; sha256:cc; set')
    expect(() => chooseImage([app, { ...app }], 'linux/amd64')).toThrow('image: "linux/amd64" names 2 images')
  })

  it('prefers the very platform to one of its variants', () => {
    expect(findPlatform(['linux/arm/v6', 'linux/arm'], 'linux/arm')).toBe('linux/arm')
    expect(findPlatform(['linux/arm64'], 'linux/arm64/v8')).toBe('linux/arm64')
    expect(findPlatform(['linux/arm64/v8x'], 'linux/arm64/v8')).toBeUndefined()
    expect(findPlatform(['x/linux/arm'], 'linux/arm')).toBeUndefined()
  })
})

describe('the config of an image', () => {
  const digest = `sha256:${'a'.repeat(64)}`

  it('gives diffIDs and platform', () => {
    const config = { os: 'linux', architecture: 'arm', variant: 'v7', rootfs: { diff_ids: [digest] } }
    expect(parseConfig(config, 'c', 1)).toEqual({ diffIds: [digest], platform: 'linux/arm/v7' })
  })

  it('needs no list of diffIDs where the image has no layers', () => {
    for (const config of [{}, { rootfs: {} }, { rootfs: { diff_ids: null } }])
      expect(parseConfig(config, 'c', 0).diffIds).toEqual([])
  })

  it.each([
    [{}, 1, 'archive: c: expected rootfs.diff_ids, got none'],
    [{ rootfs: { diff_ids: [1] } }, 1, 'archive: c: expected rootfs.diff_ids, got none'],
    [{ rootfs: { diff_ids: 'x' } }, 1, 'archive: c: expected rootfs.diff_ids, got none'],
    [{ rootfs: { diff_ids: ['x'] } }, 1, 'archive: c: rootfs.diff_ids[0]: expected a digest such as'],
    [{ rootfs: { diff_ids: [] } }, 1, 'archive: c: expected 1 diffIDs as its manifest has layers, got 0'],
    [
      { rootfs: { diff_ids: [digest, 'x'] } },
      2,
      'archive: c: rootfs.diff_ids[1]: expected a digest such as sha256: and 64 hex digits, got "x"',
    ],
  ])('%j for %i layers is refused', (config, layers, message) => {
    expect(() => parseConfig(config, 'c', layers)).toThrow(message)
  })

  it.each([
    [{ os: 'linux', architecture: 'amd64' }, 'linux/amd64'],
    [{ os: 'windows.10-x+y_z', architecture: 'amd64' }, 'windows.10-x+y_z/amd64'],
    [{ os: 'linux', architecture: 'a/b', variant: 7 }, 'linux'],
    [{ os: 'x'.repeat(65), architecture: 'x'.repeat(64) }, 'x'.repeat(64)],
    [{ os: '', architecture: ' amd64' }, ''],
    [undefined, ''],
  ])('%j is a platform: "%s"', (value, platform) => {
    expect(renderPlatform(value)).toBe(platform)
  })
})
