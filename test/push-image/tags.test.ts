import { describe, expect, it } from 'vitest'
import { assignTags, chooseTags, groupTags, parseTag } from '../../actions/push-image/tags.ts'

const uri = '1.dkr.ecr.x.amazonaws.com/app'
const group = (given: readonly string[], archived: readonly string[] = []) =>
  Object.fromEntries(groupTags(chooseTags(given.map(parseTag), archived), uri))
const choose = (given: readonly string[], archived: readonly string[] = []) => group(given, archived)[uri]

describe('the tags of a push', () => {
  it('are those given, each once, where a full reference of the repository stands for its tag', () => {
    expect(choose([`${uri}:v1`, 'v2', 'v1'], ['app:v3'])).toEqual(['v1', 'v2'])
  })

  it('are those of the archive where none are given, and latest where it has none', () => {
    expect(choose([], ['app:v3', 'v4'])).toEqual(['v3', 'v4'])
    expect(choose([], [])).toEqual(['latest'])
  })

  it.each([
    ['team/app', 'latest'],
    ['localhost/team/app', 'latest'],
    ['localhost:5000/team/app', 'latest'],
    ['localhost:5000/team/app:v1', 'v1'],
    [`docker.io/library/app@sha256:${'a'.repeat(64)}`, 'latest'],
    ['V1_x-y.z', 'V1_x-y.z'],
  ])('take an archive that names its image %s as %s', (name, tag) => {
    expect(choose([], [name])).toEqual([tag])
  })

  it.each([
    'app:../../../victim/prod/manifests/latest',
    '../../victim/manifests/latest',
    '<none>:<none>',
    'my tag',
    'x'.repeat(130),
    `docker.io/library/app@sha256:${'a'.repeat(32)}`,
    'app:v1?x=y',
    'app:%2e%2e',
    'app:..',
    'app:v1\n',
    '',
  ])('refuse an archive that names its image %j', (name) => {
    expect(() => choose([], [name])).toThrow('archive: expected an image name such as app:v1, got')
    expect(choose(['v1'], [name])).toEqual(['v1'])
  })

  it.each(['_a', 'A.b-c', '0', 'x'.repeat(128)])('may be "%s"', (tag) => {
    expect(choose([tag, `${uri}:${tag}`], ['app:v9'])).toEqual([tag])
  })

  it.each(['.a', '-a', 'a b', 'a/b', 'x'.repeat(129), 'é'])('are never "%s"', (tag) => {
    expect(() => choose([tag])).toThrow('tags: expected a tag such as v1, or a reference such as')
  })

  it('of several images are those that the archive names, and none twice', () => {
    const images = [{ references: ['app:v1', 'team/app:v1', 'app:v2'] }, { references: ['v3'] }]
    const tagsOf = assignTags([], images).map((own) => groupTags(own, uri).get(uri))
    expect(tagsOf).toEqual([['v1', 'v2'], ['v3']])
    expect(() => assignTags([parseTag('v1')], images)).toThrow('tags: expected none for 2 images, got 1')
    const twins = [{ references: ['a:v1'] }, { references: ['b:v1'] }]
    expect(() => assignTags([], twins)).toThrow('image: expected images with different tags, got "v1" twice')
    expect(() => assignTags([], [{ references: [] }, { references: [] }])).toThrow('got "latest" twice')
    expect(assignTags([parseTag('v9')], images.slice(0, 1))).toEqual([[parseTag('v9')]])
  })

  it('are never a digest', () => {
    expect(() => choose([`app:v1@sha256:${'a'.repeat(64)}`])).toThrow('tags: expected a tag such as v1')
  })

  it('are grouped by the repositories that full references name, its own first', () => {
    const given = ['ghcr.io/team/app:v1', 'localhost/app:v1', `${uri}:v1`, 'v2', 'ghcr.io/team/app:v2', 'v1']
    expect(Object.entries(group(given))).toEqual([
      [uri, ['v1', 'v2']],
      ['ghcr.io/team/app', ['v1', 'v2']],
      ['localhost/app', ['v1']],
    ])
  })

  it('refuse a reference that names no registry, and references of other repositories alone', () => {
    for (const other of ['other/app:v1', 'a:b', `x${uri}:a`])
      expect(() => choose([other])).toThrow(`tags: expected a tag, or a reference of ${uri}, got "${other}"`)
    for (const other of ['other/app:v1', 'app:v1', '256.256.256.256/app:v1'])
      expect(() => choose(['v1', other])).toThrow(`got "${other}"`)
  })
})
