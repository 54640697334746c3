import { describe, expect, it } from 'vitest'
import { parameterOf } from '../../lambda/authorizer/key.ts'
import { chooseKeys, hashKey, makeKey, renderKeys, type StoredKey } from '../../scripts/api-key/keys.ts'

const stored = (user: string, hash: string): StoredKey => ({
  user,
  hash: hash.padEnd(64, '0'),
  created: new Date('2026-11-02T12:00:00Z'),
})
const keys = [stored('bob', 'aaaaaaaa1'), stored('alice', 'bbbbbbbb2'), stored('alice', 'aaaaaaaa3')]

it('makes another key each time, which the authorizer finds by its hash', () => {
  const key = makeKey()
  expect(key).toMatch(/^ddn_[A-Za-z0-9_-]{43}$/)
  expect(makeKey()).not.toBe(key)
  expect(parameterOf('ddn', key)).toBe(`/ddn/api-keys/${hashKey(key)}`)
})

describe('the choice of the keys to remove', () => {
  const chosen = (text: string) => chooseKeys(keys, text).map(({ hash }) => hash.slice(0, 9))

  it.each([
    ['alice', ['bbbbbbbb2', 'aaaaaaaa3']],
    ['bob', ['aaaaaaaa1']],
    ['bbbbbbbb', ['bbbbbbbb2']],
    ['aaaaaaaa3', ['aaaaaaaa3']],
  ])('takes %s for %j', (text, expected) => {
    expect(chosen(text)).toEqual(expected)
  })

  it.each([
    ['a hash of two keys', 'aaaaaaaa', 'found 2 keys'],
    ['too few digits', 'bbbbbbb', 'found none'],
    ['a user without a key', 'carol', 'found none'],
  ])('refuses %s', (_, text, found) => {
    expect(() => chosen(text)).toThrow(`${found} for "${text}"`)
  })

  it('takes a text that is a user and a hash for the user', () => {
    const user = stored('aaaaaaaa1', 'cccccccc')
    expect(chooseKeys([...keys, user], 'aaaaaaaa1')).toEqual([user])
  })
})

it('lists the keys by user, with the day and the first digits of the hash', () => {
  expect(renderKeys(keys).split('\n')).toEqual([
    'USER   CREATED     HASH',
    'alice  2026-11-02  aaaaaaaa3000',
    'alice  2026-11-02  bbbbbbbb2000',
    'bob    2026-11-02  aaaaaaaa1000',
  ])
})
