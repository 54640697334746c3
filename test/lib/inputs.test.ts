import { expect, it } from 'vitest'
import {
  boolean,
  choice,
  defineInputs,
  type Input,
  integer,
  keyValues,
  list,
  text,
} from '../../lib/inputs.ts'

const meaning = 'What it is for.'

const readOne = <T>(row: Input<T>, given?: string) => defineInputs({ row }).read({ row: given }).row

it('names a required input that is missing', () => {
  expect(() => readOne(text({ required: true, meaning }), ' ')).toThrow(
    'row: expected a value, got none; set the input "row"',
  )
  expect(() => readOne(choice(['pause', 'resume'], { required: true, meaning }))).toThrow(
    'row: expected one of pause, resume, got none; set the input "row"',
  )
})

it('reads the default where a value is absent or empty', () => {
  expect(readOne(text({ default: 'ddn', meaning }))).toBe('ddn')
  expect(readOne(integer({ default: 5, min: 1, max: 9, meaning }), ' ')).toBe(5)
  expect(readOne(choice(['a', 'b'], { default: 'b', meaning }))).toBe('b')
})

it('reads nothing where there is neither a value nor a default', () => {
  expect(readOne(text({ meaning }))).toBe(undefined)
  expect(readOne(integer({ min: 1, max: 9, meaning }))).toBe(undefined)
  expect(readOne(list({ meaning }))).toEqual([])
  expect(readOne(keyValues({ meaning }))).toEqual(new Map())
})

it.each([
  ['true', true],
  ['TRUE', true],
  ['False', false],
  ['', true],
])('reads the boolean "%s" as %s where true is the default', (given, value) => {
  expect(readOne(boolean({ default: true, meaning }), given)).toBe(value)
})

it.each(['1', 'truely', 'untrue', 'falsely', 'a false'])('takes "%s" for no boolean', (given) => {
  expect(() => readOne(boolean({ default: true, meaning }), given)).toThrow(
    `row: expected true or false, got "${given}"`,
  )
})

it('names the words of a closed set', () => {
  expect(() => readOne(choice(['pause', 'resume'], { required: true, meaning }), 'stop')).toThrow(
    'row: expected one of pause, resume, got "stop"',
  )
})

it('splits lists at newlines and commas, and drops duplicates', () => {
  expect(readOne(list({ meaning }), 'a, b\nc,\n a')).toEqual(['a', 'b', 'c'])
})

it.each(['0', '61', '1.5', '-1', 'ten', '1x', 'x1', '1 1', '+1', '1e1'])(
  'refuses %s where 1 to 60 is expected',
  (given) => {
    expect(() => readOne(integer({ default: 5, min: 1, max: 60, meaning }), given)).toThrow(
      `row: expected a whole number from 1 to 60, got "${given}"`,
    )
  },
)

it.each(['1', '60'])('accepts the bound %s', (given) => {
  expect(readOne(integer({ default: 5, min: 1, max: 60, meaning }), given)).toBe(Number(given))
})

it('keeps equal signs and commas in values of pairs', () => {
  const pairs = readOne(keyValues({ meaning }), '# ids\nA=b=c,d\n\n B = e \nC=\n  # x=y')
  expect([...pairs]).toEqual([
    ['A', 'b=c,d'],
    ['B', 'e'],
    ['C', ''],
  ])
})

it.each([
  ['\nA=1\nhunter2', 'row: line 3: expected NAME=VALUE, got a line without a name or "="'],
  ['=hunter2', 'row: line 1: expected NAME=VALUE, got a line without a name or "="'],
  ['hunter2=1\n\nhunter2=2', 'row: line 3: expected a name once, got the name of line 1 again'],
])('names the line of a bad pair, and quotes nothing of it: %j', (given, message) => {
  expect(() => readOne(keyValues({ meaning }), given)).toThrow(message)
  expect(() => readOne(keyValues({ meaning }), given)).not.toThrow(/hunter2/)
})

it('takes names and values of closed sets alone, where they are given', () => {
  const row = keyValues({ meaning, names: ['one', 'two'], values: ['on', 'off'] })
  expect(readOne(row, 'one=on\ntwo=off')).toEqual(
    new Map([
      ['one', 'on'],
      ['two', 'off'],
    ]),
  )
  expect(() => readOne(row, 'tow=on')).toThrow(
    'row: unknown name "tow"; did you mean "two"; known are one, two',
  )
  expect(() => readOne(row, 'one=yes')).toThrow('row: one: expected one of on, off, got "yes"')
})

const digits = { matches: (value: string) => /^\d+$/.test(value), expected: 'digits' }

it('names the format that a text must have', () => {
  expect(readOne(text({ format: digits, meaning }), ' 12 ')).toBe('12')
  expect(() => readOne(text({ format: digits, meaning }), '1a')).toThrow('row: expected digits, got "1a"')
  const long = 'x'.repeat(5000)
  expect(() => readOne(text({ format: digits, meaning }), long)).toThrow(
    /^row: expected digits, got "x{200}…"$/,
  )
})

it('masks a secret before anything is refused, and never quotes it', () => {
  const table = defineInputs({
    name: text({ meaning }),
    pin: text({ secret: true, format: digits, meaning }),
  })
  const masked: string[] = []
  const mask = (secret: string) => masked.push(secret)
  expect(() => table.read({ nam: 'a', pin: 'hunter2' }, mask)).toThrow('nam: unknown input')
  expect(() => table.read({ pin: 'hunter2' }, mask)).toThrow(
    'pin: expected digits, got a value that is not shown',
  )
  table.read({ name: 'a', pin: ' ' }, mask)
  expect(masked).toEqual(['hunter2', 'hunter2'])
})

it('refuses an unknown input, and names the nearest known one', () => {
  const table = defineInputs({ archive: text({ meaning }), tags: list({ meaning }) })
  expect(() => table.read({ archve: 'x' })).toThrow(
    'archve: unknown input; did you mean "archive"; known are archive, tags',
  )
  expect(() => table.read({ zzzzzz: 'x' })).toThrow('zzzzzz: unknown input; known are archive, tags')
})
