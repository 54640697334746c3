import { describe, expect, it } from 'vitest'
import {
  findTag,
  hasHost,
  isRepositoryName,
  isTag,
  parseReference,
  parseRepository,
} from '../../../lib/oci/reference.ts'

describe('the reference of a repository', () => {
  it.each([
    ['registry.example.com/app', 'registry.example.com', 'app'],
    ['registry.example.com:5000/team/app', 'registry.example.com:5000', 'team/app'],
    ['localhost/app', 'localhost', 'app'],
    ['host:5000/a.b_c__d---e/f0', 'host:5000', 'a.b_c__d---e/f0'],
    ['[::1]:5000/app', '[::1]:5000', 'app'],
  ])('%s names host and repository', (text, host, repository) => {
    expect(parseRepository(text)).toEqual({ host, repository })
  })

  it.each([
    ['app'],
    ['/app'],
    ['team/app'],
    ['registry.example.com/'],
    ['registry.example.com/App'],
    ['registry.example.com/a..b'],
    ['registry.example.com/a___b'],
    ['registry.example.com/-a'],
    ['registry.example.com/a-'],
    ['registry.example.com/a//b'],
    ['registry.example.com/a/'],
    ['registry.example.com/../a'],
    ['registry.example.com:x/app'],
    ['registry.example.com:/app'],
    ['user@registry.example.com/app'],
    ['https://registry.example.com/app'],
    ['registry.example.com/app:v1'],
    ['x[::1]/app'],
    ['[::1]x/app'],
    [''],
  ])('"%s" is none', (text) => {
    expect(() => parseRepository(text)).toThrow(/^repository: /)
  })

  it.each(['docker.io', 'index.docker.io'])('%s is not the address of a registry', (host) => {
    expect(() => parseRepository(`${host}/team/app`)).toThrow(
      `repository: ${host} is not the address of a registry; write registry-1.docker.io/NAMESPACE/NAME`,
    )
  })
})

describe('the name of a repository', () => {
  it.each(['a', 'a.b', 'a_b', 'a__b', 'a-b', 'a---b', 'a/b/c', '0/9', 'a'.repeat(255)])(
    'may be %s',
    (name) => {
      expect(isRepositoryName(name)).toBe(true)
    },
  )

  it.each([
    ...[
      '',
      'A',
      'a.',
      '.a',
      'a..b',
      'a___b',
      'a.-b',
      'a_-b',
      'a/',
      '/a',
      'a//b',
      'a/.b',
      'a/b.',
      'a b',
      'a\n',
    ],
    ...['a:b', 'a@b', 'é', 'a'.repeat(256)],
  ])('is never %j', (name) => {
    expect(isRepositoryName(name)).toBe(false)
  })
})

describe('the host of a registry', () => {
  it.each(['a.b:1', 'A-b.C:65535', 'localhost:5000', '[2001:DB8::a]:1', '[::1]', '127.0.0.1'])(
    'may be %s',
    (host) => {
      expect(parseRepository(`${host}/app`)).toEqual({ host, repository: 'app' })
    },
  )

  it.each(['256.256.256.256:5000', 'localhost:65536', '[1:2]:5000', 'a.123', '999.1'])(
    'is never %s, which is no address',
    (host) => {
      expect(() => parseRepository(`${host}/app`)).toThrow(/^repository: expected a registry and a name/)
      expect(hasHost(`${host}/app`)).toBe(false)
    },
  )

  it.each(['a.b:123456', 'a.b:', 'a..b', '.a', 'a.', '[::g]', '[::1', 'a_b.c', `${'x'.repeat(256)}.y`])(
    'is never %s',
    (host) => {
      expect(() => parseRepository(`${host}/app`)).toThrow(/^repository: expected a registry and a name/)
    },
  )
})

describe('the reference of an image', () => {
  const digest = `sha256:${'a'.repeat(64)}`

  it.each([
    ['app', { name: 'app', tag: undefined, digest: undefined }],
    ['app:v1', { name: 'app', tag: 'v1', digest: undefined }],
    ['r.test:5000/app', { name: 'r.test:5000/app', tag: undefined, digest: undefined }],
    [`r.test:5000/app:v1@${digest}`, { name: 'r.test:5000/app', tag: 'v1', digest }],
    [`app@${digest}`, { name: 'app', tag: undefined, digest }],
  ])('%s has a name, and may have a tag and a digest', (text, reference) => {
    expect(parseReference(text)).toEqual(reference)
  })

  it.each([
    '',
    ':v1',
    'app:',
    'app:-a',
    'app@',
    'app@sha256:a',
    `app@${digest}@${digest}`,
    `@${digest}`,
    'App:v1',
  ])('is never %s', (text) => {
    expect(parseReference(text)).toBeUndefined()
  })

  it('gives its tag, latest where it names none, and a word is a tag', () => {
    expect(['v1', 'app:v1', 'team/app', `app@${digest}`, 'a b', 'App/x'].map(findTag)).toEqual([
      ...['v1', 'v1', 'latest', 'latest', undefined, undefined],
    ])
    expect([isTag('a'.repeat(128)), isTag('a'.repeat(129)), isTag('_'), isTag('.a'), isTag('a\n')]).toEqual([
      ...[true, false, true, false, false],
    ])
  })
})
