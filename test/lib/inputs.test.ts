import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  boolean,
  integer,
  keyValues,
  list,
  nearest,
  oneOf,
  refuseUnknown,
  required,
} from '../../lib/inputs.ts'

describe('inputs', () => {
  it('names a required input that is missing', () => {
    expect(() => required({ archive: ' ' }, 'archive')).toThrow('archive: expected a value, got none')
  })

  it.each([
    ['true', true],
    ['TRUE', true],
    ['False', false],
    ['', true],
  ])('reads the boolean "%s" as %s where true is the default', (text, value) => {
    expect(boolean({ wait: text }, 'wait', true)).toBe(value)
  })

  it('refuses a boolean in another spelling', () => {
    expect(() => boolean({ wait: '1' }, 'wait', true)).toThrow('wait: expected true or false, got "1"')
  })

  it('names the words of a closed set', () => {
    expect(() => oneOf({ operation: 'stop' }, 'operation', ['pause', 'resume'])).toThrow(
      'operation: expected one of pause, resume, got "stop"',
    )
  })

  it('splits lists at newlines and commas, and drops doubles', () => {
    expect(list({ tags: 'a, b\nc,\n a' }, 'tags')).toEqual(['a', 'b', 'c'])
  })

  it.each(['0', '61', '1.5', '-1', 'ten'])('refuses %s minutes', (text) => {
    expect(() => integer({ minutes: text }, 'minutes', { byDefault: 5, min: 1, max: 60 })).toThrow(
      `minutes: expected a whole number from 1 to 60, got "${text}"`,
    )
  })

  it('keeps equal signs and commas in values of pairs', () => {
    const pairs = keyValues({ parameters: '# ids\nA=b=c,d\n\n B = e ' }, 'parameters')
    expect([...pairs]).toEqual([
      ['A', 'b=c,d'],
      ['B', 'e'],
    ])
  })

  it('names the line of a pair that is none, and of one that is given twice', () => {
    expect(() => keyValues({ p: 'A=1\nB' }, 'p')).toThrow('p: line 2: expected NAME=VALUE, got "B"')
    expect(() => keyValues({ p: 'A=1\nA=2' }, 'p')).toThrow('p: line 2: "A" is given twice')
  })

  it('refuses an unknown input and names the nearest known one', () => {
    expect(() => refuseUnknown({ archve: 'x' }, ['archive', 'tags'])).toThrow(
      'archve: unknown input; did you mean "archive"',
    )
  })

  it('finds the nearest word for any one typing mistake', () => {
    fc.assert(
      fc.property(fc.nat(6), fc.constantFrom('x', ''), (at, letter) => {
        const word = `archive`
        expect(nearest(word.slice(0, at) + letter + word.slice(at + 1), ['tags', 'archive', 'dry-run'])).toBe(
          'archive',
        )
      }),
    )
  })
})
