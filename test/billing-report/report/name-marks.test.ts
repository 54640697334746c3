import { expect, it } from 'vitest'
import { markName } from '../../../actions/billing-report/report/name-marks.ts'

it.each([
  'alice',
  'customer-01@example.org',
  'Ann Lee',
  '박지민',
  'שלום עולם',
  'Пётр Иванов',
  'Ελένη',
  'José',
  '山田 太郎',
  '😀',
  '-',
])('takes %j as it is', (name) => {
  expect(markName(name)).toEqual([])
})

it.each([
  ['a space without width', 'al\u200bice'],
  ['a turn of direction', '\u202e000,1 KRW'],
  ['a control', 'a\u0000'],
  ['a filler of Hangul', 'a\u3164'],
  ['a soft hyphen', 'al\u00adice'],
  ['a selector of variants', 'alice\ufe0f'],
  ['a joiner', 'al\u200dice'],
  ['a space that does not break', 'Ann\u2009Lee'],
  ['a space at its end', 'alice '],
  ['a space at its start', ' alice'],
  ['two spaces', 'Ann  Lee'],
  ['nothing', ''],
  ['a space only', ' '],
])('marks %s as invisible', (_, name) => {
  expect(markName(name)).toContain('invisible')
})

it.each([
  ['Cyrillic among Latin', '\u0430lice'],
  ['Greek among Latin', 'alic\u03b5'],
  ['Cyrillic that is all drawn as Latin', '\u0430\u0441\u0435'],
  ['Greek that is all drawn as Latin', '\u0391\u0392\u0395'],
  ['wide letters', 'ａｌｉｃｅ'],
  ['letters of mathematics', '𝐚𝐥𝐢𝐜𝐞'],
  ['an accent of its own', 'Jose\u0301'],
  ['Hangul in parts', '박지민'.normalize('NFD')],
  ['a ligature', 'oﬃce'],
])('marks %s as a look-alike', (_, name) => {
  expect(markName(name)).toEqual(['look-alike'])
})
