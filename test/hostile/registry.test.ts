import { afterEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../lib/oci/digest.ts'
import { ociTypes } from '../../lib/oci/media-type.ts'
import { makeImageArchive } from '../fixtures/archive.ts'
import { runPush } from '../fixtures/push.ts'
import { type HostileRegistry, type Malice, manifestAnswer, startHostileRegistry } from './registry.ts'

const running: HostileRegistry[] = []
afterEach(() => {
  for (const registry of running.splice(0)) registry.close()
})

async function push(malice: Malice, inputs: Record<string, string> = {}) {
  const registry = await startHostileRegistry(malice)
  running.push(registry)
  const archive = makeImageArchive(['one', 'two'], { tags: ['app:v1'] })
  const pushed = runPush(archive, { repository: `${registry.host}/team/app`, retries: '1', ...inputs })
  const end = await pushed.then(
    ({ outputs }) => ({ result: outputs.result, message: '' }),
    (error: Error) => ({ result: error.name, message: error.message }),
  )
  return { ...end, paths: registry.paths }
}

function* endless(piece: Buffer) {
  for (;;) yield piece
}

const tags =
  (answer: ReturnType<Malice>): Malice =>
  ({ path }) =>
    path.endsWith('/tags/list') ? answer : undefined
const json = (value: unknown) => ({ status: 200, body: JSON.stringify(value) })

// A tag of the registry's, and what it names: the push has no use for it.
const named =
  (reference: string, answer: (met: { path: string }) => ReturnType<Malice>): Malice =>
  (met) => {
    if (met.path.endsWith('/tags/list')) return json({ tags: [reference] })
    const isRead = met.method === 'GET' && met.path.includes('/manifests/') && !met.path.endsWith('/v1')
    return isRead ? answer(met) : undefined
  }

const member = (digest: string) => ({ mediaType: ociTypes.index, digest, size: 1 })
const indexOf = (digests: readonly string[]) =>
  Buffer.from(JSON.stringify({ manifests: digests.map(member) }))
const manyDigests = Array.from({ length: 500 }, (_, at) => digestOf(Buffer.from(String(at))))

// Sixty indexes of sixty others each, all true to their digests.
const inner = Array.from({ length: 60 }, (_, at) => indexOf(manyDigests.slice(at, at + 60)))
const wide = new Map(inner.map((bytes) => [digestOf(bytes), bytes]))
const answerWide = ({ path }: { path: string }) => {
  const bytes = path.endsWith('/old') ? indexOf([...wide.keys()]) : wide.get(path.split('/').at(-1) ?? '')
  return bytes && manifestAnswer(bytes)
}

describe('a hint of a registry that cannot be used does not end the push', () => {
  it.each<[string, Malice]>([
    ['tags that are HTML', tags({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' })],
    ['tags that are 401', tags({ status: 401 })],
    ['tags that are 403', tags({ status: 403 })],
    ['tags that are 404', tags({ status: 404 })],
    ['tags that are 405', tags({ status: 405 })],
    ['tags that are paths', tags(json({ tags: ['../../other', '//x', 'a?b#c', '%2e%2e/x', 7, 'a\nb'] }))],
    ['tags without end', tags({ status: 200, body: endless(Buffer.alloc(65_536, '[')) })],
    ['an index that names itself', named('old', () => manifestAnswer(indexOf(['old', 'latest'])))],
    ['an index of many others', named('old', () => manifestAnswer(indexOf(manyDigests)))],
    ['indexes of many others', named('old', answerWide)],
    [
      'a manifest without end',
      named('old', () => ({ status: 200, body: endless(Buffer.alloc(65_536, ' ')) })),
    ],
    ['lists within lists', named('old', () => manifestAnswer(Buffer.alloc(2_000_000, '[')))],
    [
      'digests that are paths',
      named('old', () =>
        manifestAnswer(Buffer.from('{"config":{"mediaType":"a/b","digest":"../../x","size":1},"layers":[]}')),
      ),
    ],
  ])('%s', async (_, malice) => {
    const { result, message, paths } = await push(malice)
    expect({ result, message }).toEqual({ result: 'pushed', message: '' })
    expect(paths.length).toBeLessThan(100)
    expect(paths.filter((path) => !/^[A-Z]+ \/v2\/team\/app\//.test(path))).toEqual([])
  })
})

const started =
  (headers: Record<string, string>): Malice =>
  ({ method, path }) =>
    method === 'POST' && path.endsWith('/uploads/') ? { status: 202, headers } : undefined

const refused =
  (status: number, errors: unknown): Malice =>
  ({ method }) =>
    method === 'POST'
      ? { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ errors }) }
      : undefined

const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }

const challenged =
  (challenge: string, token?: ReturnType<Malice>): Malice =>
  ({ path, origin }) =>
    path === '/token'
      ? token
      : { status: 401, headers: { 'www-authenticate': challenge.replace('ORIGIN', origin) } }

const bearer = 'Bearer realm="ORIGIN/token",service="s",scope="repository:team/app:pull,push"'
const long = 'm'.repeat(50)

describe('an answer of a registry that is no answer ends the push in a sentence', () => {
  it.each<[string, Malice, RegExp]>([
    [
      'a login page',
      () => page,
      /^POST .*: 200; a registry does not answer so: check the host in repository/,
    ],
    [
      'a read that is moved nowhere',
      ({ method, path }) =>
        method === 'GET' && path.endsWith('/manifests/v1') ? { status: 302 } : undefined,
      /^GET .*: 302; a registry does not answer so/,
    ],
    [
      'an upload that is forgotten at once',
      ({ method }) => (method === 'PATCH' ? { status: 404 } : undefined),
      /^PATCH .*: 404; the registry lost the upload: run the action again/,
    ],
    [
      'a blob that is not shown',
      ({ method, path }) =>
        method === 'PUT' && path.includes('/manifests/')
          ? { status: 400, body: JSON.stringify({ errors: [{ code: 'MANIFEST_BLOB_UNKNOWN' }] }) }
          : undefined,
      /: 400 MANIFEST_BLOB_UNKNOWN; the registry lost a blob of the image, or does not show it yet/,
    ],
    ['no Location', started({}), /expected a Location that is a URL without a user, got none$/],
    [
      'a Location with a user',
      started({ location: 'http://u@127.0.0.1/x' }),
      /expected a Location that is a URL/,
    ],
    ['a Location of a script', started({ location: 'javascript:alert(1)' }), /got "javascript:alert\(1\)"$/],
    [
      'a Location without end',
      started({ location: `/${'x'.repeat(9000)}` }),
      /expected a Location .* got ".{200}…"$/,
    ],
    [
      'errors without number',
      refused(
        400,
        Array.from({ length: 900 }, (_, at) => ({ code: `C${at}`, message: long })),
      ),
      /^POST .*: 400 C0: m{50}; C1: m{50}; C2: m{50}; C3: m{50}; C4: m{50}$/,
    ],
    [
      'an error of many lines',
      refused(400, [{ code: 'X\n::stop-commands::x', message: `a\r\n${'b'.repeat(900)}` }]),
      /^POST .*: 400 X ::stop-commands::x: a b{200,300}$/,
    ],
    [
      'a token without end',
      challenged(bearer, { status: 200, body: endless(Buffer.alloc(65_536, 'a')) }),
      /answer is larger than/,
    ],
    [
      'a token of two lines',
      challenged(bearer, json({ token: 'a\r\nX-Evil: 1' })),
      /\/token: expected a token, got none$/,
    ],
    [
      'a realm with a user',
      challenged('Bearer realm="https://u:p@example.com/"'),
      /a token endpoint without a user as realm/,
    ],
    [
      'a realm that is no URL',
      challenged('Bearer realm="x"'),
      /expected the URL of a token endpoint .*, got "x"$/,
    ],
    ['a challenge that is never answered well', challenged(bearer, json({ token: 'abc' })), /: 401/],
  ])('%s', async (_, malice, sentence) => {
    const { message, paths } = await push(malice, { username: 'user', password: 'secret' })
    expect(message).toMatch(sentence)
    expect(message.length).toBeLessThan(1000)
    expect(paths.length).toBeLessThan(100)
  })
})
