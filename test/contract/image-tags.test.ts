import { describe, expect, it } from 'vitest'
import { type ImageTags, makeImageTags } from '../../lib/aws/ecr-tags.ts'
import { fakeImageTags } from '../fakes/image-tags.ts'
import { makeServiceArchive, pushServiceImage } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

const missing = `sha256:${'0'.repeat(64)}`

const services: Record<string, () => Promise<{ tags: ImageTags; digests: readonly string[] }>> = {
  'the fake ECR': async () => {
    const digests = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`)
    return { tags: fakeImageTags(new Map([['app', { digests, tags: new Map() }]])), digests }
  },
  'the local AWS': async () => {
    const account = localAws()
    const archives = [makeServiceArchive(), makeServiceArchive('v2')]
    const digests: string[] = []
    for (const archive of archives) {
      digests.push((await pushServiceImage(account, 'app', archive)).split('@')[1] ?? '')
    }
    return { tags: makeImageTags(account.config), digests }
  },
}

describe.each(Object.entries(services))('%s', (_name, open) => {
  it('moves tags between images that are there', async () => {
    const { tags, digests } = await open()
    const [first = '', second = ''] = digests
    expect(first).not.toBe(second)
    expect(await tags.resolve('app', 'ddn-running')).toBeUndefined()
    await tags.move('app', 'ddn-running', first)
    await tags.move('app', 'ddn-running', first)
    expect(await tags.resolve('app', 'ddn-running')).toBe(first)
    await tags.move('app', 'ddn-running', second)
    expect(await tags.resolve('app', 'ddn-running')).toBe(second)
    await expect(tags.move('app', 'ddn-running', missing)).rejects.toThrow(
      `repository app: expected the image ${missing}, got none`,
    )
    expect(await tags.resolve('app', 'ddn-running')).toBe(second)
    const seen = [tags.exists('app', first), tags.exists('app', missing), tags.exists('none', first)]
    expect(await Promise.all(seen)).toEqual([true, false, false])
  })
})
