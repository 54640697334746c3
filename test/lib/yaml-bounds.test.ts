import { expect, it } from 'vitest'
import { boundedLexemes } from '../../lib/yaml-bounds.ts'

const aliases = (count: number) => `a: &a x\n${'- *a\n'.repeat(count)}`
const listsOnALine = (count: number) => '['.repeat(count) + ']'.repeat(count)
const levels = 'at most 100 lists or maps within each other on one line'

it.each([
  ['a mebibyte', 'x'.repeat(1024 * 1024)],
  ['a thousand aliases', aliases(1000)],
  ['a hundred lists within each other', listsOnALine(100)],
  ['a hundred maps within each other', '{a: '.repeat(100) + '}'.repeat(100)],
  ['a hundred dashes on one line', `${'- '.repeat(100)}x`],
  ['many lists beside each other', '[[x], {a: b}],'.repeat(200)],
  ['dashes on many lines', '- x\n'.repeat(1000)],
])('takes a text with %s', (_, text) => {
  expect([...boundedLexemes(text, 'f.yml')].join('').length).toBeGreaterThan(0)
})

it.each([
  ['bytes', 'é'.repeat(512 * 1024 + 1), 'a file of at most 1048576 bytes, got 1048578'],
  ['aliases', aliases(1001), 'at most 1000 aliases, got more'],
  ['lists', listsOnALine(101), `${levels}, got more`],
  ['maps', '{a: '.repeat(101), levels],
  ['dashes', '- '.repeat(101), levels],
  ['question marks', '? '.repeat(101), levels],
  ['dashes within lists', `${'['.repeat(60)}\n${'- '.repeat(41)}`, levels],
  ['tokens', '- x\n'.repeat(75_001), 'at most 150000 keys, values and signs, got more'],
])('refuses a text with too many %s', (_, text, message) => {
  expect(() => [...boundedLexemes(text, 'f.yml')]).toThrow(`f.yml: expected ${message}`)
})
