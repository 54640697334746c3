import { describe, expect, it } from 'vitest'
import { testBounded } from '../../../actions/deploy-stack/graph/bounded-match.ts'
import { translatePattern } from '../../../actions/deploy-stack/graph/java-pattern.ts'

describe('a pattern of Java', () => {
  it.each([
    [String.raw`\A[a-z]+\z`, ['abc'], ['Aabcz', 'ABC', '']],
    [String.raw`[\p{L}\p{N} ]+`, ['äß 9'], ['a-b']],
    ['[a-z&&[^x]]+', ['abc'], ['axb', 'x&', '&']],
    [String.raw`\p{Alpha}+`, ['aZ'], ['a1', 'ä']],
    ['(?i)[a-z]+', ['AbC'], ['a1']],
    ['[a-z]++', ['abc'], ['']],
    [String.raw`\Qa.b\E|abc`, ['a.b', 'abc'], ['axb']],
    ['(?s).*', ['a\nb', ''], []],
    [String.raw`[\w+=,.@-]+`, ['a-b@c.d'], ['a b', 'ä']],
    [String.raw`\s*`, [' \t\n'], ['\u00a0']],
    [String.raw`[^\s]+`, ['\u00a0'], [' ']],
    [String.raw`\d{1,3}(\.\d{1,3}){3}\/(\d|[1-2]\d|3[0-2])`, ['10.0.0.0/16'], ['10.0.0/16', '١.0.0.0/8']],
    ['[a-z[0-9]]+', ['a1'], ['A']],
    ['^$|^ami-[0-9a-f]{8}$', ['', 'ami-01234567'], ['ami-x']],
    ['(?!-)[a-z-]{1,5}(?<!-)', ['a-b'], ['-a', 'a-']],
    [String.raw`(a)\1`, ['aa'], ['ab']],
    [String.raw`[\x41-\x43\u0044]+`, ['ABCD'], ['E']],
    ["[$&+,:;=?@#|'<>.^*()%!-]", ['&', '|', '^', '-'], ['a', '\\']],
    ['.', ['😀'], ['ab']],
    [String.raw`\uD83D\uDE00`, ['😀'], ['😁', '\uD83D']],
    [String.raw`[\ud83d\ude00-\uD83D\uDE4F\u0041]{2}`, ['😀🙏', 'A😁'], ['😀', '\uD83D\uDE00', '🚀A']],
    [String.raw`[^\uD83D\uDE00]|\u00e9\uD83D`, ['😁', 'é\uD83D'], ['😀']],
    ['[}{/]+', ['{}/'], ['(']],
  ])('%s takes whole values as Java does', (pattern, good, bad) => {
    const expression = translatePattern(pattern)
    expect(good.filter((value) => !expression?.test(value))).toEqual([])
    expect(bad.filter((value) => expression?.test(value))).toEqual([])
  })

  it.each([
    ...['(?x) a b', 'a(?i)b', String.raw`\bword\b`, String.raw`\p{InGreek}+`, '[^a[b]]', '[^a-z&&[x]]'],
    ...['(?!a++b).*', String.raw`[a-\d]`, 'a{', '[]a]', '[a', 'a)', String.raw`\k`, '*a', '[&&]'],
  ])('%s is left to CloudFormation', (pattern) => {
    expect(translatePattern(pattern)).toBeUndefined()
  })
})

describe('a match that takes long', () => {
  const hostile = /^(?:(a+)+)$/v

  it('is given up once it took too much processor time', () => {
    expect(testBounded(hostile, `${'a'.repeat(60)}b`)).toBeUndefined()
    expect([testBounded(/^a$/v, 'a'), testBounded(/^a$/v, 'b')]).toEqual([true, false])
  })

  it('is made again, for longer, where it did not get the processor', () => {
    expect(testBounded(hostile, `${'a'.repeat(20)}b`, { longest: 1, used: () => 0 })).toBe(false)
    const times = [0, 0.1, 0.1, 0.3, 0.3, 1]
    const used = () => times.shift() ?? expect.fail('is not given up')
    expect(testBounded(hostile, `${'a'.repeat(60)}b`, { longest: 1, used })).toBeUndefined()
    // Where the processor time cannot be told, the tries have an end.
    expect(testBounded(hostile, `${'a'.repeat(60)}b`, { longest: 1, used: () => 0 })).toBeUndefined()
    expect(times).toEqual([])
  })
})
