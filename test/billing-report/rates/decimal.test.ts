import { expect, it } from 'vitest'
import {
  add,
  compare,
  formatDecimal,
  inverse,
  multiply,
  negate,
  parseDecimal,
  percentOf,
  type Rounding,
  round,
  whole,
} from '../../../actions/billing-report/rates/decimal.ts'

const number = (text: string) => parseDecimal(text) ?? expect.fail(`${text} is no number`)

it.each(['0', '12.5', '-0.4', '0.05', '100', '-100', '0.000001', '123456789012345678901234567890.12'])(
  'formats %s as it was',
  (text) => {
    expect(formatDecimal(number(text))).toBe(text)
  },
)

it.each(['', '1e3', '.5', '1.', '1,5', 'NaN', '0x1', '+1', '--1', '1 ', ' 1', '1.5.5'])(
  'takes "%s" for no number',
  (text) => {
    expect(parseDecimal(text)).toBeUndefined()
  },
)

it('adds and multiplies without any loss', () => {
  expect(formatDecimal(add(number('0.1'), number('0.2')))).toBe('0.3')
  expect(formatDecimal(multiply(whole(10n ** 30n), number('0.4')))).toBe(`4${'0'.repeat(29)}`)
  expect(formatDecimal(percentOf(number('19300.5'), number('10')))).toBe('1930.05')
  expect(compare(number('1.50'), number('1.5'))).toBe(0)
  expect(compare(number('-2'), number('1'))).toBe(-1)
  expect(compare(number('1'), number('-2'))).toBe(1)
  expect(compare(number('0.001'), number('0'))).toBe(1)
  expect(formatDecimal(add())).toBe('0')
  expect(formatDecimal(add(number('0.001'), number('10')))).toBe('10.001')
})

it.each([
  [8n, '0.125'],
  [1_000_000n, '0.000001'],
  [3n, undefined],
  [0n, undefined],
  [-2n, undefined],
  [1n, '1'],
  [10n ** 60n, `0.${'0'.repeat(59)}1`],
  [10n ** 61n, undefined],
])('inverts %s exactly, or not at all', (divisor, expected) => {
  const inverted = inverse(divisor)
  expect(inverted && formatDecimal(inverted)).toBe(expected)
})

it.each<[Rounding, string, string]>([
  ['half-up', '2.5', '3'],
  ['half-up', '-2.5', '-3'],
  ['half-up', '2.49', '2'],
  ['half-even', '2.5', '2'],
  ['half-even', '3.5', '4'],
  ['half-even', '2.51', '3'],
  ['down', '2.99', '2'],
  ['down', '-2.99', '-2'],
  ['half-even', '-2.5', '-2'],
  ['half-even', '-3.5', '-4'],
  ['half-even', '2.49', '2'],
  ['half-even', '3.2', '3'],
  ['half-up', '3', '3'],
  ['half-up', '0.5', '1'],
])('rounds %s: %s is %s', (rounding, text, expected) => {
  expect(formatDecimal(round(number(text), 0, rounding))).toBe(expected)
})

it('keeps the decimals that are asked for', () => {
  expect(formatDecimal(number('5'), 2)).toBe('5.00')
  expect(formatDecimal(number('5.10'), 1)).toBe('5.1')
  expect(formatDecimal(number('5.10'), 2)).toBe('5.10')
  expect(formatDecimal(number('5.1000'), 1)).toBe('5.1')
  expect(round(number('1.2551'), 2, 'half-up')).toEqual({ value: 126n, scale: 2 })
  expect(round(number('1.25'), 3, 'down')).toEqual({ value: 1250n, scale: 3 })
  expect(round(number('1.25'), 2, 'half-up')).toEqual({ value: 125n, scale: 2 })
  expect(formatDecimal(negate(number('0.05')), 1)).toBe('-0.05')
})
