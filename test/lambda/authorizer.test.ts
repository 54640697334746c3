import { expect, it } from 'vitest'
import { findKey, parameterOf } from '../../lambda/authorizer/key.ts'
import { isUserName } from '../../lambda/user-name.ts'

it('finds the key', () => {
  expect(findKey({ headers: { 'x-api-key': ' k ' } })).toBe('k')
  expect(findKey({ headers: { 'x-api-key': ' ' } })).toBeUndefined()
  expect(findKey({})).toBeUndefined()
})

it('names the parameter by the SHA-256 of the key', () => {
  expect(parameterOf('ddn', 'abc')).toBe(
    '/ddn/api-keys/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

it.each([
  ['alice@example.org', true],
  ['', false],
  ['a b', false],
  ['a/b', false],
  ['x'.repeat(65), false],
  ['.', false],
  ['..', false],
  ['...', true],
  ['-', false],
  ['--', true],
  [undefined, false],
])('tells whether %s names a user', (text, expected) => {
  expect(isUserName(text)).toBe(expected)
})
