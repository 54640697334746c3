import { describe, expect, it } from 'vitest'
import { type ApiEvent, parseRequest, readSettings } from '../../lambda/presign/request.ts'

const settings = { openToAll: false, maxUploadBytes: 100 }
const alice = { authorizer: { lambda: { user: 'alice' } } }

const ask = (query: Record<string, string>, requestContext: ApiEvent['requestContext'] = alice) =>
  parseRequest({ rawPath: '/presign', queryStringParameters: query, requestContext }, settings)

describe('a key', () => {
  it('lies below the user of the authorizer', () => {
    expect(ask({ file: 'a/b.png', mode: 'download' })).toEqual({ kind: 'download', key: 'alice/a/b.png' })
  })

  it('lies in the folder of all where the stack is open to all, whoever is named', () => {
    const event = { rawPath: '/presign', queryStringParameters: { file: 'b.png', mode: 'download' } }
    const open = { ...settings, openToAll: true }
    expect(parseRequest(event, open)).toMatchObject({ key: 'public/b.png' })
    expect(parseRequest({ ...event, requestContext: alice }, open)).toMatchObject({ key: 'public/b.png' })
  })

  it.each(['../b.png', '/b.png', 'a//b', 'a/', '.', 'a/..', '\ud800', 'a\nb', 'a\u0000b', 'x'.repeat(1019)])(
    'is refused for the name %j',
    (file) => {
      expect(ask({ file, mode: 'download' })).toMatchObject({
        kind: 'refused',
        status: 400,
        code: 'bad-file',
      })
    },
  )

  it('may have 1,024 bytes, counted in UTF-8', () => {
    expect(ask({ file: '€'.repeat(339), mode: 'download' })).toMatchObject({ kind: 'download' })
    expect(ask({ file: '€'.repeat(340), mode: 'download' })).toMatchObject({ code: 'bad-file' })
  })

  it('is refused where no file is named', () => {
    expect(ask({ mode: 'download' })).toMatchObject({ status: 400, code: 'bad-file' })
  })
})

const strangers: readonly (readonly [who: string, context: ApiEvent['requestContext']])[] = [
  ['no context', undefined],
  ['no authorizer', {}],
  ['an authorizer of nobody', { authorizer: null }],
  ['an empty context of the authorizer', { authorizer: { lambda: null } }],
  ['a number', { authorizer: { lambda: { user: 5 } } }],
  ['a list', { authorizer: { lambda: { user: ['bob'] } } }],
  ...['', '.', '..', 'a/b', 'a b', 'x'.repeat(65)].map(
    (user) => [`"${user}"`, { authorizer: { lambda: { user } } }] as const,
  ),
]

it.each(strangers)('signs nothing for a user that is %s', (_, requestContext) => {
  const event = { rawPath: '/presign', queryStringParameters: { file: 'b.png', mode: 'download' } }
  expect(parseRequest({ ...event, requestContext }, settings)).toMatchObject({ status: 403, code: 'no-user' })
})

describe('an upload', () => {
  it('is signed with its type and its length', () => {
    expect(ask({ file: 'b.png', mode: 'upload', type: 'image/png', length: '12' })).toEqual({
      kind: 'upload',
      key: 'alice/b.png',
      type: 'image/png',
      lengthBytes: 12,
    })
  })

  it.each([
    [{}, 400, 'no-length'],
    [{ length: '-1' }, 400, 'bad-length'],
    [{ length: '1e9' }, 400, 'bad-length'],
    [{ length: '100' }, undefined, undefined],
    [{ length: '101' }, 413, 'too-large'],
    [{ length: '1', type: 'text/html\r\nx-amz-acl: public-read' }, 400, 'bad-type'],
    [{ length: '1', type: 'html' }, 400, 'bad-type'],
  ])('of %j is answered by %s %s', (query, status, code) => {
    const { status: gotStatus, code: gotCode } = Object(ask({ file: 'b', mode: 'upload', ...query }))
    expect([gotStatus, gotCode]).toEqual([status, code])
  })
})

it('refuses another mode', () => {
  expect(ask({ file: 'b.png', mode: 'delete' })).toMatchObject({ status: 400, code: 'bad-mode' })
})

it('answers a ping, and no other route', () => {
  expect(parseRequest({ rawPath: '/ping' }, settings)).toEqual({ kind: 'ping' })
  expect(parseRequest({ rawPath: '/x' }, settings)).toMatchObject({ status: 404, code: 'no-route' })
})

it('is open to all only where the stack says so, and takes 50 MiB by default', () => {
  expect(readSettings({})).toEqual({ openToAll: false, maxUploadBytes: 50 * 2 ** 20 })
  expect(readSettings({ AUTH_MODE: 'none', MAX_UPLOAD_MIB: '1' })).toEqual({
    openToAll: true,
    maxUploadBytes: 2 ** 20,
  })
})
