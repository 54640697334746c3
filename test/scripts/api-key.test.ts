import { describe, expect, it } from 'vitest'
import { parameterOf } from '../../lambda/authorizer/key.ts'
import type { KeyStore } from '../../scripts/api-key/account.ts'
import { chooseKeys, hashKey, makeKey, renderKeys, type StoredKey } from '../../scripts/api-key/keys.ts'
import { removeKeys } from '../../scripts/api-key/remove.ts'

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

describe('the removal of a key', () => {
  // What the authorizer admits is what it has cached, until the cache is reset.
  function makeStore(kept: StoredKey[], admitted: StoredKey[]) {
    const state = { kept, admitted }
    const store: KeyStore = {
      list: async () => state.kept,
      add: async () => {},
      remove: async (hash) => {
        state.kept = state.kept.filter((key) => key.hash !== hash)
      },
      resetCache: async () => {
        state.admitted = state.kept
        return true
      },
    }
    return { state, store }
  }

  it('ends what the authorizer admits', async () => {
    const { state, store } = makeStore(keys, keys)
    const told: string[] = []
    await removeKeys(store, 'bob', (line) => told.push(line))
    expect(told).toEqual(['removed aaaaaaaa1000 of bob'])
    expect(state.admitted.map(({ user }) => user)).toEqual(['alice', 'alice'])
  })

  it('ends it also after a run that was interrupted before it did', async () => {
    const { state, store } = makeStore([], keys.slice(0, 1))
    await expect(removeKeys(store, 'bob', () => {})).rejects.toThrow('found none for "bob"')
    expect(state.admitted).toEqual([])
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
