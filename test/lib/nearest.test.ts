import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nearest } from '../../lib/nearest.ts'

it('finds the nearest word for any one typing mistake', () => {
  fc.assert(
    fc.property(fc.nat(6), fc.constantFrom('x', ''), (at, letter) => {
      const word = 'archive'
      const mistyped = word.slice(0, at) + letter + word.slice(at + 1)
      expect(nearest(mistyped, ['tags', 'archive', 'dry-run'])).toBe('archive')
    }),
  )
})

it('finds nothing where no word is near', () => {
  expect(nearest('zzzzzz', ['tags', 'archive'])).toBe(undefined)
})

it.each([
  ['abcdef', ['abxxef'], 'abxxef'],
  ['abcdef', ['axxxef'], undefined],
  ['abcdefghi', ['abcdefxxx'], 'abcdefxxx'],
  ['abcdefghi', ['abcdexxxx'], undefined],
  ['abc', ['xxc'], 'xxc'],
  ['abc', ['xxx'], undefined],
  ['abcd', ['abcdxx', 'abcdx'], 'abcdx'],
  ['abcd', ['bcd'], 'bcd'],
  ['kitten', ['sitting'], undefined],
  ['kittens', ['sitten'], 'sitten'],
  ['', [], undefined],
])('finds for "%s" among %j: %j', (name, candidates, found) => {
  expect(nearest(name, candidates)).toBe(found)
})
