import { describe, expect, it } from 'vitest'
import { readInputs } from '../../actions/check-service/inputs.ts'
import { nameCheck, planChecks } from '../../actions/check-service/plan/plan.ts'
import { age, lifetimeSeconds, tamper } from '../../actions/check-service/plan/presigned-url.ts'
import {
  fileOf,
  fillBody,
  fillPath,
  foreignKeyOf,
  readText,
} from '../../actions/check-service/plan/template.ts'

const url = 'https://api.example.com'
const read = (given: Record<string, string>) => readInputs({ url, ...given }, () => {})
const namesOf = (given: Record<string, string>) => planChecks(read(given), '.png', '1').map(nameCheck)

describe('the plan', () => {
  it('has every check where there is a key', () => {
    expect(namesOf({ 'api-key': 'secret' })).toEqual([
      '/ping answers',
      '/ping/service answers',
      'a picture is inferred',
      'a picture is inferred by a 202',
      'a tampered URL is refused',
      'an expired URL is refused',
      "another user's file is refused",
      'a call without a key is refused',
    ])
  })

  it('leaves out what was not asked for, and users where there are none', () => {
    expect(namesOf({ inference: 'async', 'ping-paths': '/health' })).toEqual([
      '/health answers',
      'a picture is inferred by a 202',
      'a tampered URL is refused',
      'an expired URL is refused',
    ])
    expect(namesOf({ inference: 'sync', refusals: 'false', 'api-key': 'k' })).toHaveLength(3)
  })

  it('sends each inference a file of its own', () => {
    const files = planChecks(read({}), '.jpg', 'abc').flatMap((check) =>
      check.kind === 'infer' ? [check.file] : [],
    )
    expect(files).toEqual(['check-abc-sync.jpg', 'check-abc-async.jpg'])
  })
})

describe('inputs', () => {
  it('mask both keys before anything else', () => {
    const masked: string[] = []
    const given = { url: 'ftp://x', 'api-key': 'one', 'other-api-key': 'two' }
    expect(() => readInputs(given, (secret) => masked.push(secret))).toThrow('url: expected an https URL')
    expect(masked).toEqual(['one', 'two'])
  })

  it.each([
    [{ url: 'http://api.example.com' }, 'url: expected an https URL'],
    [{ url: 'https://u:secret@x.example.com/?token=secret' }, 'got "https://x.example.com/"'],
    [{ path: 'inference' }, 'path: expected a path that begins with "/", got "inference"'],
    [{ 'ping-paths': '/ping, ping' }, 'ping-paths: expected paths that begin with "/", got "ping"'],
    [{ 'api-key-header': 'x key' }, 'api-key-header: expected the name of a header'],
    [{ triton: 'triton:8000' }, 'triton: expected a path that begins with "/", or a URL without a query'],
    [{ models: 'a' }, 'models: goes with triton, got none'],
    [{ cluster: 'c' }, 'service: expected a value beside the other of cluster and service'],
    [{ cluster: 'c', service: 'a/b' }, 'service: expected a name such as app'],
    [{ body: '{}' }, 'body: expected {key} or {file} in the body or the path'],
    [{ method: 'GET' }, 'body: expected {key} or {file} in the body or the path'],
  ])('refuse %j', (given, message) => {
    expect(() => read(given)).toThrow(message)
  })

  it('send the key to a Triton behind the API, and to no other', () => {
    const given = { 'api-key': 'k', models: 'a,b' }
    const models = ['a', 'b']
    expect(read({ ...given, triton: '/t/' }).triton).toEqual({
      ...{ url: `${url}/t`, headers: { 'x-api-key': 'k' }, models },
    })
    expect(read({ ...given, triton: 'http://10.0.0.1:8000/' }).triton).toEqual({
      ...{ url: 'http://10.0.0.1:8000', headers: {}, models },
    })
  })

  it('take http on this machine, a path of the API, and a GET that names the file', () => {
    expect(read({ url: 'http://127.0.0.1:4566/stage/' }).url).toBe('http://127.0.0.1:4566/stage')
    expect(read({ method: 'GET', path: '/denoise/{key}' }).contract).toMatchObject({ method: 'GET' })
  })
})

describe('a request', () => {
  const values = { key: 'a"b/c d.png', file: 'c d.png', type: 'image/png', length: 5 }

  it('has its placeholders filled in, encoded for where they stand', () => {
    expect(fillPath('/u?f={file}&t={type}&n={length}&x={other}', values)).toBe(
      '/u?f=c%20d.png&t=image%2Fpng&n=5&x={other}',
    )
    expect(JSON.parse(fillBody('{"in": ["{key}"]}', values))).toEqual({ in: ['a"b/c d.png'] })
  })

  it('does not fill in what a value brings along', () => {
    expect(fillPath('/{file}', { ...values, file: '{type}' })).toBe('/%7Btype%7D')
    expect(fillBody('"{file}"', { ...values, file: '$&{type}' })).toBe('"$&{type}"')
  })
})

it.each([
  [['file'], 'k'],
  [['outputs', '0', 'key'], 'o'],
  [['outputs', '1', 'key'], undefined],
  [['length'], undefined],
  [['toString', 'name'], undefined],
  [['number'], undefined],
])('finds the text at %j', (path, found) => {
  expect(readText({ file: 'k', outputs: [{ key: 'o' }], number: 3 }, path)).toBe(found)
})

it('knows the name of a file from its key, and the key of somebody else', () => {
  const uploaded = { key: 'alice/a.png', file: 'a.png' }
  expect(fileOf('alice/a.png.png', uploaded)).toBe('a.png.png')
  expect(fileOf('results/a.png', uploaded)).toBe('results/a.png')
  expect(foreignKeyOf(uploaded)).toBe('not-alice/a.png')
  expect(foreignKeyOf({ key: 'a.png', file: 'a.png' })).toBeUndefined()
  expect(foreignKeyOf({ key: 'id-7', file: 'a.png' })).toBeUndefined()
})

describe('a presigned URL', () => {
  const s3 = `${url}/b/k.png?X-Amz-Date=20261123T200000Z&X-Amz-Expires=900&X-Amz-Signature=0abc`

  it('is tampered with in its signature alone', () => {
    expect(tamper(s3)).toBe(s3.replace('=0abc', '=1abc'))
    expect(tamper(`${url}/?Signature=f00`)).toBe(`${url}/?Signature=000`)
    expect(tamper(`${url}/?token=f00`)).toBeUndefined()
  })

  it('is aged by ten days', () => {
    expect(age(s3)).toBe(s3.replace('20261123', '20261113'))
    expect(age(`${url}/?Expires=1000000`)).toBe(`${url}/?Expires=136000`)
    expect(age(url)).toBeUndefined()
  })

  it('tells how long it is valid', () => {
    expect(lifetimeSeconds(s3, 0)).toBe(900)
    expect(lifetimeSeconds(`${url}/?Expires=1000`, 400_000)).toBe(600)
    expect(lifetimeSeconds(url, 0)).toBeUndefined()
  })
})
