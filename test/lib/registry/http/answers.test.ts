import { describe, expect, it } from 'vitest'
import { parseChallenges } from '../../../../lib/registry/http/challenge.ts'
import { readRegistryError } from '../../../../lib/registry/http/error-answer.ts'
import {
  ConnectionError,
  isTransient,
  OversizedError,
  RegistryError,
  withoutQuery,
} from '../../../../lib/registry/http/errors.ts'
import { parseLocation } from '../../../../lib/registry/http/location.ts'
import { isLoopback, requireTls } from '../../../../lib/registry/http/secure-url.ts'
import { RequestTimer } from '../../../../lib/registry/http/time-limits.ts'
import { repositoryPath } from '../../../../lib/registry/path.ts'

const url = new URL('https://registry.test/v2/?signature=secret')

describe('the error of an answer', () => {
  const now = Date.parse('2026-11-23T20:00:00Z')
  const read = (body: string, headers: Record<string, string> = {}) =>
    readRegistryError('GET', { url, status: 400, headers, body: Buffer.from(body) }, { now, renewed: false })
  const said = (body: string, headers?: Record<string, string>) =>
    read(body, headers).message.replace('GET https://registry.test/v2/: 400', '').trim()

  it('tells what the registry lists, as one line, the first five', () => {
    const errors = ['A', 'B', 'C', 'D', 'E', 'F'].map((code) => ({ code, message: ` is\n ${code} ` }))
    const error = read(JSON.stringify({ errors }))
    expect(error.message).toBe(
      'GET https://registry.test/v2/: 400 A: is A; B: is B; C: is C; D: is D; E: is E',
    )
    expect(error.codes).toEqual(['A', 'B', 'C', 'D', 'E'])
    expect(error).toMatchObject({ method: 'GET', url, status: 400, renewed: false, retryAfterMs: undefined })
  })

  it('cuts each of them to 300 characters', () => {
    const errors = [{ code: 'A', message: 'x'.repeat(400) }]
    expect(said(JSON.stringify({ errors }))).toBe(`A: ${'x'.repeat(297)}`)
  })

  it.each([
    ['XML without a message', '<Error><Code>NoSuchKey</Code></Error>', {}, 'NoSuchKey'],
    ['XML with a message', '<Error><Code>A</Code><Message>bad</Message>', {}, 'A: bad'],
    [
      'plain text',
      'too many\nrequests',
      { 'content-type': 'text/plain; charset=utf-8' },
      'too many requests',
    ],
    ['a page', '<html>', { 'content-type': 'text/html' }, ''],
    ['nothing', '', {}, ''],
    ['JSON without errors', '{"errors":1}', {}, ''],
    ['JSON that is no map', 'null', {}, ''],
    [
      'errors without code or message',
      '{"errors":[{"code":"A"},{"message":"bad"},{},null,"x",{"code":{}}]}',
      {},
      'A; bad',
    ],
    ['a code that is a number', '{"errors":[{"code":5,"message":null}]}', {}, '5'],
  ])('tells of %s what is safe', (_, body, headers, text) => {
    expect(said(body, headers)).toBe(text)
  })

  it('has no code where the answer is text', () => {
    expect(read('busy', { 'content-type': 'text/plain' }).codes).toEqual([])
    expect(read('{"errors":[{"message":"busy"},{"code":"A"}]}').codes).toEqual(['A'])
  })

  it.each([
    ['7', 7000],
    ['0', 0],
    ['Mon, 23 Nov 2026 20:00:05 GMT', 5000],
    ['Mon, 23 Nov 2026 19:00:00 GMT', 0],
    ['12', 12_000],
    ['soon', undefined],
    ['1 hour', undefined],
    ['-1 s', undefined],
  ])('reads Retry-After %s as %s ms', (value, expected) => {
    expect(read('', { 'retry-after': value }).retryAfterMs).toBe(expected)
  })
})

describe('an error of the registry', () => {
  it('is worth another try where the credentials were renewed after it', () => {
    expect(isTransient(new RegistryError('PATCH', url, { status: 401, renewed: true }))).toBe(true)
    expect(isTransient(new RegistryError('PATCH', url, { status: 401 }))).toBe(false)
    expect(isTransient(new Error('other'))).toBe(false)
  })

  it.each([
    ...['DENIED', 'UNAUTHORIZED', 'UNSUPPORTED', 'DIGEST_INVALID', 'SIZE_INVALID', 'TAG_INVALID'],
    ...['NAME_INVALID', 'NAME_UNKNOWN', 'MANIFEST_INVALID', 'MANIFEST_UNKNOWN', 'MANIFEST_UNVERIFIED'],
    ...['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN', 'AccessDenied'],
  ])('lasts where it is called %s', (code) => {
    expect(isTransient(new RegistryError('GET', url, { status: 500, codes: [code] }))).toBe(false)
  })

  it.each(['TOOMANYREQUESTS', 'UNAVAILABLE', 'SlowDown', 'RequestTimeout', 'ServiceUnavailable'])(
    'passes where it is called %s',
    (code) => {
      expect(isTransient(new RegistryError('GET', url, { status: 400, codes: [code] }))).toBe(true)
    },
  )

  it('shows at most 512 characters of a path', () => {
    expect(withoutQuery(new URL(`https://r.test/${'x'.repeat(600)}?y`))).toBe(
      `https://r.test/${'x'.repeat(511)}`,
    )
  })
})

describe('an error of the connection', () => {
  const broken = (code: string, text = 'no') =>
    new ConnectionError('GET', url, Object.assign(new Error(text), code && { code }))

  it.each([
    ['ECONNRESET', '', true],
    ['', '', true],
    ['ENOTFOUND', '; check the name, or HTTPS_PROXY where only a proxy reaches it', false],
    ...[
      ...['CERT_HAS_EXPIRED', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ...['SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'],
    ].map((code): [string, string, boolean] => [
      code,
      '; where its CA is a private one, name its file in NODE_EXTRA_CA_CERTS or AWS_CA_BUNDLE',
      false,
    ]),
    ['X_CERT_', '', true],
  ])('with the code "%s" says what to do, and whether it can pass', (code, advice, transient) => {
    const error = broken(code)
    expect(error.message).toBe(`GET https://registry.test/v2/: no${advice}`)
    expect(error).toMatchObject({ code, transient, url })
    expect(isTransient(error)).toBe(transient)
  })

  it('of the proxy passes where the trouble is its own, and lasts where it refuses', () => {
    const advice = '; check HTTPS_PROXY and its user'
    expect(broken('ERR_PROXY_TUNNEL', 'got 407 back')).toMatchObject({ transient: false })
    expect(broken('ERR_PROXY_TUNNEL', 'got 502 back')).toMatchObject({ transient: true })
    expect(broken('ERR_PROXY_TUNNEL', 'got 4000 back').transient).toBe(true)
    expect(broken('OTHER', 'got 407 back').transient).toBe(true)
    expect(broken('ERR_PROXY_TUNNEL').message).toContain(advice)
  })

  it('has its code as text where it has no other, and lasts where the answer is too large', () => {
    expect(broken('ETIMEDOUT', '').message).toBe('GET https://registry.test/v2/: ETIMEDOUT')
    expect(new ConnectionError('GET', url, new OversizedError('too large')).transient).toBe(false)
    expect(new ConnectionError('GET', url, Object.assign(new Error('x'), { code: 5 })).code).toBe('')
  })
})

describe('a Location', () => {
  it.each([
    ['/v2/next?a=b', 'https://registry.test/v2/next?a=b'],
    ['http://other.test/x', 'http://other.test/x'],
    [`/${'x'.repeat(8191)}`, `https://registry.test/${'x'.repeat(8191)}`],
  ])('may be %.30s…', (header, expected) => {
    expect(parseLocation(header, url).href).toBe(expected)
  })

  it.each([
    [undefined, 'none'],
    ['', '""'],
    ['ftp://x.test/', '"ftp://x.test/"'],
    ['https-x://x.test/', '"https-x://x.test/"'],
    ['xhttp://x.test/', '"xhttp://x.test/"'],
    ['https://user@x.test/', '"https://user@x.test/"'],
    ['https://:pass@x.test/', '"https://:pass@x.test/"'],
    ['http://[', '"http://["'],
    ['ftp://x.test/?secret\nsecret', '"ftp://x.test/"'],
    [`/${'x'.repeat(8192)}`, `"/${'x'.repeat(199)}…"`],
  ])('is never %.40s…', (header, got) => {
    expect(() => parseLocation(header, url)).toThrow(
      `https://registry.test/v2/: expected a Location that is a URL without a user, got ${got}`,
    )
  })
})

describe('the path of a request', () => {
  const digest = `sha256:${'a'.repeat(64)}`

  it('is made of names', () => {
    expect(repositoryPath('team/app', { kind: 'blob', digest })).toBe(`/v2/team/app/blobs/${digest}`)
    expect(repositoryPath('app', { kind: 'manifest', reference: 'v1' })).toBe('/v2/app/manifests/v1')
    expect(repositoryPath('app', { kind: 'manifest', reference: digest })).toBe(`/v2/app/manifests/${digest}`)
    expect(repositoryPath('app', { kind: 'uploads' })).toBe('/v2/app/blobs/uploads/')
    expect(repositoryPath('app', { kind: 'tags' })).toBe('/v2/app/tags/list')
  })

  it('is made of nothing else', () => {
    expect(() => repositoryPath('../app', { kind: 'tags' })).toThrow(
      'registry: expected the name of a repository, got "../app"',
    )
    expect(() => repositoryPath('app', { kind: 'blob', digest: 'v1' })).toThrow(
      'registry: expected the digest of a blob, got "v1"',
    )
    expect(() => repositoryPath('app', { kind: 'manifest', reference: '../x' })).toThrow(
      'registry: expected a tag or a digest, got "../x"',
    )
  })
})

describe('a challenge', () => {
  it('has names in lower case, plain and quoted values, and escapes', () => {
    expect(parseChallenges('Bearer Realm="https://a\\"b", service=x , Basic REALM = "y"')).toEqual([
      { scheme: 'bearer', parameters: { realm: 'https://a"b', service: 'x' } },
      { scheme: 'basic', parameters: { realm: 'y' } },
    ])
    expect(parseChallenges('Bearer realm=""')).toEqual([{ scheme: 'bearer', parameters: { realm: '' } }])
  })

  it.each([undefined, '', 'realm="x"', ', ,', '"x"'])('is none in %s', (header) => {
    expect(parseChallenges(header).filter(({ parameters }) => parameters.realm !== undefined)).toEqual([])
  })

  it('is read up to 8,192 characters', () => {
    const header = (spaces: number) => `Bearer${' '.repeat(spaces)}a=b`
    expect(parseChallenges(header(8192 - 9))).toEqual([{ scheme: 'bearer', parameters: { a: 'b' } }])
    expect(parseChallenges(header(8192 - 6))).toEqual([{ scheme: 'bearer', parameters: {} }])
  })
})

describe('a URL without TLS', () => {
  it.each([
    ['localhost', true],
    ['127.0.0.1', true],
    ['127.20.255.3', true],
    ['127.0.0.100', true],
    ['[::1]', true],
    ['127.0.0.1.evil.test', false],
    ['x127.0.0.1', false],
    ['localhost.evil.test', false],
    ['[::2]', false],
  ])('is on this machine where its host is %s: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected)
  })

  it('is refused elsewhere, and so is another protocol', () => {
    expect(() => requireTls(new URL('https://r.test'), 'x')).not.toThrow()
    expect(() => requireTls(new URL('http://r.test'), 'x', true)).not.toThrow()
    expect(() => requireTls(new URL('http://localhost'), 'x')).not.toThrow()
    for (const [bad, insecure] of [
      ['http://r.test', false],
      ['ftp://localhost', true],
    ] as const)
      expect(() => requireTls(new URL(bad), 'x', insecure)).toThrow(
        /^x: expected https, got .*; insecure: true allows http$/,
      )
  })
})

describe('the timer of a request', () => {
  it('tells the first limit that was passed, and starts none after its end', () => {
    let ends = 0
    const timer = new RequestTimer({ connectMs: 1, idleMs: 1, totalMs: 1 }, () => {
      ends += 1
    })
    timer.expire('first')
    timer.expire('second')
    expect([timer.expired, ends]).toEqual(['first', 2])
  })
})
