import { expect, it } from 'vitest'
import { parseRequest } from '../../lambda/presign/request.ts'

const ask = (query: Record<string, string>, user?: string) =>
  parseRequest({
    rawPath: '/presign',
    queryStringParameters: query,
    requestContext: user === undefined ? {} : { authorizer: { lambda: { user } } },
  })

it('puts the key below the user of the authorizer', () => {
  expect(ask({ file: 'a/b.png', mode: 'download' }, 'alice')).toEqual({
    kind: 'download',
    key: 'alice/a/b.png',
  })
})

it('shares one folder where nobody is authorized', () => {
  expect(ask({ file: 'b.png', mode: 'download' })).toMatchObject({ key: 'public/b.png' })
})

it('takes type and length of an upload', () => {
  expect(ask({ file: 'b.png', mode: 'upload', type: 'image/png', length: '12' }, 'alice')).toEqual({
    kind: 'upload',
    key: 'alice/b.png',
    type: 'image/png',
    lengthBytes: 12,
  })
})

it.each(['../b.png', '/b.png', 'a//b', 'a/', '.', 'x'.repeat(513)])('refuses the name %s', (file) => {
  expect(ask({ file, mode: 'download' }, 'alice')).toMatchObject({ kind: 'refused', status: 400 })
})

it('names the mode that it got', () => {
  expect(ask({ file: 'b.png', mode: 'delete' })).toMatchObject({
    message: 'mode: expected upload or download, got "delete"',
  })
})

it('refuses a length that is no number of bytes', () => {
  expect(ask({ file: 'b', mode: 'upload', length: '-1' })).toMatchObject({ kind: 'refused' })
})

it('answers a ping, and no other route', () => {
  expect(parseRequest({ rawPath: '/ping', requestContext: {} })).toEqual({ kind: 'ping' })
  expect(parseRequest({ rawPath: '/x', requestContext: {} })).toMatchObject({ status: 404 })
})
