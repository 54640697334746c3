import { describe, expect, it } from 'vitest'
import type { Challenge } from '../../../../lib/registry/http/challenge.ts'
import { challengedCredentials } from '../../../../lib/registry/http/token-endpoint.ts'

const realm = 'https://auth.test/token'
const bearer = (parameters: Record<string, string> = {}): Challenge[] => [
  { scheme: 'bearer', parameters: { realm, ...parameters } },
]

/** Credentials that ask an endpoint in memory; time passes as the test says. */
function makeCredentials(
  answer: (count: number) => object | string,
  login?: { username: string; password: string },
) {
  let now = 0
  const asked: { url: string; headers: Record<string, string> }[] = []
  const credentials = challengedCredentials({
    login,
    mask: () => {},
    clock: { now: () => now, sleep: async () => {} },
    get: async (url, headers) => {
      asked.push({ url: url.href, headers })
      const given = answer(asked.length)
      const body = Buffer.from(typeof given === 'string' ? given : JSON.stringify(given))
      return { status: 200, headers: {}, url, body }
    },
  })
  const refuse = async (challenges: Challenge[], authorization?: string) =>
    await credentials.authorization({ authorization, challenges })
  return { asked, refuse, authorization: credentials.authorization, pass: (ms: number) => (now += ms) }
}

const count = (number: number) => ({ token: `t${number}` })

describe('a token endpoint', () => {
  it('is asked with service, scopes and login, each only where there is one', async () => {
    const { asked, refuse } = makeCredentials(count)
    expect(await refuse(bearer())).toBe('Bearer t1')
    const login = makeCredentials(count, { username: 'u', password: 'p' })
    await login.refuse(bearer({ service: 's', scope: 'repository:a:pull  repository:b:pull' }))
    expect(asked).toEqual([{ url: realm, headers: {} }])
    expect(login.asked).toEqual([
      {
        url: `${realm}?service=s&scope=repository%3Aa%3Apull&scope=repository%3Ab%3Apull`,
        headers: { authorization: `Basic ${Buffer.from('u:p').toString('base64')}` },
      },
    ])
  })

  it('is asked again for a further scope or at another address, and not for what it gave', async () => {
    const { asked, refuse } = makeCredentials(count)
    expect(await refuse(bearer({ scope: 'a' }))).toBe('Bearer t1')
    expect(await refuse(bearer({ scope: 'a' }), 'Bearer old')).toBe('Bearer t1')
    expect(await refuse(bearer({ scope: 'b' }), 'Bearer t1')).toBe('Bearer t2')
    expect(await refuse(bearer({ scope: 'b', realm: `${realm}2` }), 'Bearer old')).toBe('Bearer t3')
    expect(asked.map(({ url }) => url)).toEqual([
      `${realm}?scope=a`,
      `${realm}?scope=a&scope=b`,
      `${realm}2?scope=a&scope=b`,
    ])
  })

  it('is asked for all actions of a resource in one scope', async () => {
    const { asked, refuse } = makeCredentials(count)
    const scope = 'repository:h:5/a:pull repository:b:pull registry:catalog:* repository:h:5/a:pull,push'
    expect(await refuse(bearer({ scope }))).toBe('Bearer t1')
    expect(await refuse(bearer({ scope: 'repository:h:5/a:push' }), 'Bearer old')).toBe('Bearer t1')
    expect(await refuse(bearer({ scope: 'repository:h:5/a:delete' }), 'Bearer t1')).toBe('Bearer t2')
    const others = ['repository:b:pull', 'registry:catalog:*']
    expect(asked.map(({ url }) => new URL(url).searchParams.getAll('scope'))).toEqual([
      ['repository:h:5/a:pull,push', ...others],
      ['repository:h:5/a:pull,push,delete', ...others],
    ])
  })

  it('is asked for fifty scopes at most', async () => {
    const { asked, refuse } = makeCredentials(count)
    await refuse(bearer({ scope: Array.from({ length: 60 }, (_, at) => `s${at}`).join(' ') }))
    expect(asked[0]?.url.match(/scope=/g)).toHaveLength(50)
  })

  it.each([
    [{ expires_in: 300 }, 239_000, 241_000],
    [{ expires_in: '300' }, 239_000, 241_000],
    [{}, 47_000, 49_000],
    [{ expires_in: 0 }, 47_000, 49_000],
    [{ expires_in: -5 }, 47_000, 49_000],
  ])('gives a token that is kept for its time: %j', async (life, before, after) => {
    const { refuse, authorization, pass } = makeCredentials((at) => ({ ...count(at), ...life }))
    await refuse(bearer())
    pass(before)
    expect(await authorization()).toBe('Bearer t1')
    pass(after - before)
    expect(await authorization()).toBe('Bearer t2')
  })

  it.each([{ token: 'x'.repeat(64 * 1024) }, { access_token: '!~' }, { token: '', access_token: 'a' }])(
    'may give the token %.60j',
    async (answer) => {
      const { refuse } = makeCredentials(() => answer)
      expect(await refuse(bearer())).toMatch(/^Bearer [!-~]+$/)
    },
  )

  it.each([
    {},
    { token: 'x'.repeat(64 * 1024 + 1) },
    { token: 'a b' },
    { token: ' a' },
    { token: 'a\n' },
    { token: 7 },
    'x',
    '',
  ])('may not give %.60j', async (answer) => {
    const { refuse } = makeCredentials(() => answer)
    await expect(refuse(bearer())).rejects.toThrow(`GET ${realm}: expected a token, got none`)
  })

  it.each(['https://user@auth.test/', 'https://:pass@auth.test/', 'no URL', ''])(
    'is never at "%s"',
    async (odd) => {
      const { asked, refuse } = makeCredentials(count)
      await expect(refuse(bearer({ realm: odd }))).rejects.toThrow(
        `registry: expected the URL of a token endpoint without a user as realm, got "${odd}"`,
      )
      expect(asked).toEqual([])
    },
  )
})

describe('a login', () => {
  const login = { username: 'u', password: 'p' }
  const basic = `Basic ${Buffer.from('u:p').toString('base64')}`

  it('is given where basic auth is one of the challenges, and kept', async () => {
    const { refuse, authorization } = makeCredentials(count, login)
    expect(await authorization()).toBeUndefined()
    expect(await refuse([{ scheme: 'negotiate', parameters: {} }])).toBeUndefined()
    const offered = ['negotiate', 'basic'].map((scheme) => ({ scheme, parameters: {} }))
    expect(await refuse(offered)).toBe(basic)
    expect(await authorization()).toBe(basic)
  })

  it('is none where there is none', async () => {
    expect(await makeCredentials(count).refuse([{ scheme: 'basic', parameters: {} }])).toBeUndefined()
  })
})
