import { describe, expect, it } from 'vitest'
import { parseYaml } from '../../lib/yaml.ts'
import { openYaml } from '../../lib/yaml-map.ts'

const open = (text: string) => openYaml(text, 'f.yml')

describe('a YAML file', () => {
  it('is refused with file, line and column where it cannot be read', () => {
    expect(() => parseYaml('a: 1\nb: [', 'f.yml')).toThrow(/^f\.yml:2:\d+: /)
  })

  it.each(['- 1', 'text', ''])('has a map at its root, not %j', (text) => {
    expect(() => open(text)).toThrow('f.yml: expected a map, got something else')
  })

  it('has one document', () => {
    expect(() => open('a: 1\n---\nb: 2\n')).toThrow('f.yml:3:1: expected one document, got a second one')
    for (const text of ['---\na: 1\n', 'a: 1\n---\n', '%YAML 1.2\n---\na: 1\n...\n'])
      expect(open(text).text('a')).toBe('1')
  })

  it('lets tags through that are not known', () => {
    expect(parseYaml('a: !Ref b', 'f.yml').document.toJS()).toEqual({ a: 'b' })
  })
})

describe('a map', () => {
  const root = open('one: 1.50\ntwo:\n  deep:\n    list: [{a: 1}, {a: 2}]\nnone:\nwords: [x, 2.0]\n')
  const deep = root.map('two').map('deep')

  it('names its fields, and where they are', () => {
    expect(root.names()).toEqual(['one', 'two', 'none', 'words'])
    expect([root.has('one'), root.has('three')]).toEqual([true, false])
    expect(root.place('one')).toBe('f.yml:1:6: one')
    expect(root.place('missing')).toBe('f.yml:1:1: missing')
    expect(deep.place('list')).toBe('f.yml:4:11: two.deep.list')
    expect(deep.place('')).toBe('f.yml:4:5: two.deep')
    expect([root.line, deep.line]).toEqual([1, 4])
  })

  it('refuses fields that it does not know, with the nearest that it does', () => {
    expect(() => root.only(['one', 'two', 'none', 'words'])).not.toThrow()
    expect(() => root.only(['one', 'two', 'none', 'word'])).toThrow(
      'f.yml:6:8: words: unknown key; did you mean "word"',
    )
    expect(() => root.only(['one', 'two', 'none'])).toThrow(/: words: unknown key$/)
  })

  it('reads a text as it is written', () => {
    expect(root.text('one')).toBe('1.50')
    for (const field of ['none', 'missing'])
      expect(() => root.text(field)).toThrow(`${field}: expected a value, got none`)
    expect(() => root.text('two')).toThrow('two: expected a text, got a map')
    expect(() => root.text('words')).toThrow('words: expected a text, got a list')
  })

  it('reads a word of a closed set', () => {
    expect(root.oneOf('one', ['1.50', 'x'])).toBe('1.50')
    expect(root.oneOf('missing', ['1.50', 'x'], 'x')).toBe('x')
    expect(root.oneOf('one', ['1.50', 'x'], 'x')).toBe('1.50')
    expect(() => root.oneOf('one', ['y', 'x'], 'x')).toThrow('one: expected one of y, x, got "1.50"')
    expect(() => root.oneOf('missing', ['y', 'x'])).toThrow('missing: expected one of y, x, got ""')
  })

  it.each([
    ['0', 0n],
    ['20', 20n],
  ])('reads the whole number %s', (text, value) => {
    expect(open(`n: ${text}`).integer('n', 0n, 20n)).toBe(value)
  })

  it.each(['21', '-1', '1.0', 'x1', '1x', '0x1'])('takes %s for no whole number from 0 to 20', (text) => {
    expect(() => open(`n: ${text}`).integer('n', 0n, 20n)).toThrow(
      `n: expected a whole number from 0 to 20, got "${text}"`,
    )
  })

  it('takes the default of a whole number where there is none', () => {
    expect(open('n: 5').integer('m', 0n, 20n, 7n)).toBe(7n)
    expect(open('n: 5').integer('n', 0n, 20n, 7n)).toBe(5n)
    expect(() => open('n: 5').integer('m', 0n, 20n)).toThrow('m: expected a value, got none')
    expect(() => open(`n: ${'1'.repeat(21)}`).integer('n', 0n, 10n ** 30n)).toThrow('expected a whole number')
  })

  it('reads maps, also one that may be missing', () => {
    expect(() => root.map('one')).toThrow('f.yml:1:6: one: expected a map')
    expect(root.optionalMap('missing')).toBeUndefined()
    expect(root.optionalMap('two')?.names()).toEqual(['deep'])
    expect(() => root.optionalMap('none')).toThrow('none: expected a map')
  })

  it('reads a list of maps, each with its place', () => {
    const list = deep.list('list')
    expect(list.map((each) => each.text('a'))).toEqual(['1', '2'])
    expect(list[1]?.place('a')).toBe('f.yml:4:24: two.deep.list[1].a')
    expect(() => root.list('one')).toThrow('one: expected a list')
    expect(() => root.list('words')).toThrow('words: expected a list of maps')
  })

  it('reads a list of texts that is not empty', () => {
    expect(root.texts('words')).toEqual(['x', '2.0'])
    for (const text of ['w: []', 'w: x', 'w: [[x]]'])
      expect(() => open(text).texts('w')).toThrow('w: expected a list of texts')
  })
})

describe('what YAML allows and we do not', () => {
  it.each([
    ['a: 1\nb: 2\na: 3\n', 'f.yml:3:1: Map keys must be unique'],
    ['a: {b: 1, c: {d: 1, d: 2}}\n', 'f.yml:1:21: Map keys must be unique'],
    ['{a: 1, a: 2}\n', 'f.yml:1:8: Map keys must be unique'],
  ])('is a key twice: %j', (text, message) => {
    expect(() => parseYaml(text, 'f.yml')).toThrow(message)
  })

  it('leaves equal keys of different maps, and keys that are no texts', () => {
    const text = 'a: {x: 1}\nb: {x: 1}\n? [1]\n: 1\n? [1]\n: 2\n'
    expect(parseYaml(text, 'f.yml').document.errors).toEqual([])
  })
})
