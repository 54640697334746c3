import { UserError } from './errors.ts'
import { didYouMean } from './nearest.ts'
import { quote } from './quote.ts'

/** Inputs as the runner passes them: name (lower case, with dashes) to text; a missing one is `''` or absent. */
export type RawInputs = Readonly<Record<string, string | undefined>>

/** A row of an action's table of inputs: what its pages say, and how its text is read. */
export type Input<T> = {
  /** What can be given, in Markdown: `text`, `1 to 16`. */
  type: string
  /** One or two sentences of Markdown. */
  meaning: string
  required: boolean
  /** The text that stands for a missing one; undefined where there is none. */
  default: string | undefined
  /** Whether the value is masked, and appears in no message. */
  secret: boolean
  /** Reads the text, `''` where none is given. Throws a UserError. */
  parse(name: string, text: string): T
}

/** A text that must look a certain way; `show` leaves out of a refusal what may be a secret. */
type Format = { matches(text: string): boolean; expected: string; show?: (text: string) => string }

type Said = { meaning: string }
type Present<T> = Said & ({ required: true } | { default: T })
type TextRules = { format?: Format; secret?: true }
type Anything<T> = Said & { required?: true; default?: T | undefined }

/** A text, trimmed; undefined where it is neither required nor has a default. */
export function text(spec: Present<string> & TextRules): Input<string>
export function text(spec: Said & TextRules): Input<string | undefined>
export function text(spec: Anything<string> & TextRules): Input<string | undefined> {
  const { format, secret = false } = spec
  return {
    ...rowOf(spec, secret ? 'secret text' : 'text', secret),
    parse(name, given) {
      const value = given.trim()
      if (value === '') return undefined
      if (format && !format.matches(value))
        throw refusal(name, format.expected, format.show?.(value) ?? value, secret)
      return value
    },
  }
}

/** One word of a closed set. */
export function choice<const T extends string>(words: readonly T[], spec: Present<NoInfer<T>>): Input<T> {
  return {
    ...rowOf(spec, words.map((word) => `\`${word}\``).join(', ')),
    parse(name, given) {
      const found = words.find((word) => word === given.trim())
      if (found === undefined) throw refusal(name, `one of ${words.join(', ')}`, given.trim())
      return found
    },
  }
}

/** `true` or `false`, in any of the spellings of YAML 1.2. */
export function boolean(spec: Said & { default: boolean }): Input<boolean> {
  return {
    ...rowOf({ ...spec, default: String(spec.default) }, '`true`, `false`'),
    parse(name, given) {
      if (/^true$/i.test(given.trim())) return true
      if (/^false$/i.test(given.trim())) return false
      throw refusal(name, 'true or false', given.trim())
    },
  }
}

type Bounds = { min: number; max: number }

/** A whole number within bounds, both included; undefined where it has no default. */
export function integer(spec: Said & Bounds & { default: number }): Input<number>
export function integer(spec: Said & Bounds): Input<number | undefined>
export function integer(spec: Anything<number> & Bounds): Input<number | undefined> {
  const { min, max } = spec
  return {
    ...rowOf({ ...spec, default: spec.default?.toString() }, `${min} to ${max}`),
    parse(name, given) {
      const value = given.trim()
      if (value === '') return undefined
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
      if (number >= min && number <= max) return number
      throw refusal(name, `a whole number from ${min} to ${max}`, value)
    },
  }
}

/** A list, split at newlines and commas; empty items and duplicates are dropped. */
export function list(spec: Said & { required?: true }): Input<string[]> {
  return {
    ...rowOf(spec, 'list'),
    parse(_, given) {
      const items = given.split(/[\n,]/).map((item) => item.trim())
      return [...new Set(items.filter((item) => item !== ''))]
    },
  }
}

type Words = { names?: readonly string[]; values?: readonly string[] }

/**
 * Lines `NAME=VALUE`, of closed sets where they are given; a value may hold `=` and commas, empty lines and `#` comments
 * are skipped.
 */
export function keyValues(spec: Said & Words): Input<Map<string, string>> {
  return {
    ...rowOf(spec, 'lines `NAME=VALUE`'),
    parse(name, given) {
      const pairs = parseKeyValues(name, given)
      for (const [key, value] of pairs) verifyWords(name, key, value, spec)
      return pairs
    },
  }
}

function verifyWords(name: string, key: string, value: string, { names, values }: Words): void {
  if (names && !names.includes(key)) {
    throw new UserError(
      `${name}: unknown name "${key}"${didYouMean(key, names)}; known are ${names.join(', ')}`,
    )
  }
  if (values && !values.includes(value))
    throw refusal(`${name}: ${key}`, `one of ${values.join(', ')}`, value)
}

// A line may be part of a secret of several lines: messages name its number, and quote nothing of it.
function parseKeyValues(name: string, given: string): Map<string, string> {
  const pairs = new Map<string, string>()
  const lines = new Map<string, number>()
  for (const [index, line] of given.split('\n').entries()) {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    const at = text.indexOf('=')
    if (at < 1)
      throw new UserError(`${name}: line ${index + 1}: expected NAME=VALUE, got a line without a name or "="`)
    const key = text.slice(0, at).trim()
    const earlier = lines.get(key)
    if (earlier !== undefined)
      throw new UserError(
        `${name}: line ${index + 1}: expected a name once, got the name of line ${earlier} again`,
      )
    lines.set(key, index + 1)
    pairs.set(key, text.slice(at + 1).trim())
  }
  return pairs
}

function rowOf(spec: Anything<string>, type: string, secret = false): Omit<Input<unknown>, 'parse'> {
  const { meaning, required = false, default: byDefault } = spec
  return { type, meaning, required, default: byDefault, secret }
}

function refusal(name: string, expected: string, got: string, secret = false): UserError {
  return new UserError(
    `${name}: expected ${expected}, got ${secret ? 'a value that is not shown' : quote(got)}`,
  )
}

type Rows = Readonly<Record<string, Input<unknown>>>

/** The values of a table, by the names of its inputs. */
export type Values<R extends Rows> = { [Name in keyof R]: R[Name] extends Input<infer T> ? T : never }

/** All inputs of an action: its metadata, its pages and its reading come from this. */
export type InputTable<R extends Rows = Rows> = {
  rows: R
  /** Masks secret values, then refuses unknown names and reads the rest. Throws a UserError. */
  read(raw: RawInputs, mask?: (secret: string) => void): Values<R>
}

/** Defines the table of an action's inputs. */
export function defineInputs<R extends Rows>(rows: R): InputTable<R> {
  return {
    rows,
    read(raw, mask = () => {}) {
      for (const [name, { secret }] of Object.entries(rows)) {
        const value = raw[name]?.trim()
        if (secret && value) mask(value)
      }
      refuseUnknown(raw, Object.keys(rows))
      const values = Object.entries(rows).map(([name, row]) => [name, readRow(name, row, raw[name])])
      return Object.fromEntries(values)
    },
  }
}

function readRow<T>(name: string, row: Input<T>, raw: string | undefined): T {
  const given = raw?.trim() ? raw : (row.default ?? '')
  if (given === '' && row.required) {
    const expected = row.type.includes('`') ? `one of ${row.type.replaceAll('`', '')}` : 'a value'
    throw new UserError(`${name}: expected ${expected}, got none; set the input "${name}"`)
  }
  return row.parse(name, given)
}

function refuseUnknown(raw: RawInputs, known: readonly string[]): void {
  for (const name of Object.keys(raw)) {
    if (known.includes(name)) continue
    throw new UserError(`${name}: unknown input${didYouMean(name, known)}; known are ${known.join(', ')}`)
  }
}
