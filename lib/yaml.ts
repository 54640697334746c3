import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml'
import { messageOf, UserError } from './errors.ts'
import { nearest } from './nearest.ts'
import { verifyBounds } from './yaml-bounds.ts'

/** A YAML text that was parsed, and where its lines begin. */
export type ParsedYaml = { document: Document; lines: LineCounter }

/**
 * Parses a YAML text. Throws UserError with file, line and column, and for a text that is too large. Tags that are
 * not known are let through.
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  verifyBounds(text, file)
  const lines = new LineCounter()
  // The parser's own look for equal keys compares each with each.
  const options = { lineCounter: lines, prettyErrors: false, logLevel: 'silent', uniqueKeys: false } as const
  const document = parseDocument(text, options)
  const refuse = (offset: number, why: string) => {
    const { line, col } = lines.linePos(offset)
    return new UserError(`${file}:${line}:${col}: ${why}`)
  }
  const [error] = document.errors
  if (error) {
    const isDeep = /call stack/i.test(error.message)
    throw refuse(error.pos[0], isDeep ? 'expected fewer lists and maps within each other' : error.message)
  }
  const double = findDoubleKey(document)
  if (double) throw refuse(double.range?.[0] ?? 0, 'Map keys must be unique')
  return { document, lines }
}

/** Converts a parsed YAML text to plain values. Throws UserError when its aliases would make it very large. */
export function toPlain({ document }: ParsedYaml, file: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    throw new UserError(`${file}: ${messageOf(error)}`)
  }
}

/**
 * Gives a parsed YAML text as plain values in which one with a tag of its own, such as `!Ref x`, is `{ '!Ref': 'x' }`.
 * An alias is undefined.
 */
export function toTagged({ document }: ParsedYaml): unknown {
  return tagged(document.contents)
}

function tagged(node: unknown): unknown {
  const value = isMap(node)
    ? Object.fromEntries(node.items.map(({ key, value }) => [String(key), tagged(value)]))
    : isSeq(node)
      ? node.items.map(tagged)
      : isScalar(node)
        ? node.value
        : undefined
  const tag = isNode(node) && 'tag' in node ? String(node.tag) : ''
  return /^![^!]/.test(tag) ? { [tag]: value } : value
}

/** Writes texts into a YAML text, each at a path of keys, and leaves the rest as it is. Throws UserError. */
export function writeTexts(
  text: string,
  file: string,
  texts: readonly { path: readonly string[]; value: string }[],
): string {
  const { document } = parseYaml(text, file)
  // A node of its own: the tag of the one that stands there goes with it.
  for (const { path, value } of texts) document.setIn(path, document.createNode(value))
  return document.toString({ lineWidth: 0 })
}

function findDoubleKey(document: Document): Scalar | undefined {
  let double: Scalar | undefined
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (keys.has(key.value)) double = key
        keys.add(key.value)
      }
      return double ? visit.BREAK : undefined
    },
  })
  return double
}

/** Opens a YAML text whose root is a map. */
export function openYaml(text: string, file: string): YamlMap {
  const { document, lines } = parseYaml(text, file)
  if (!isMap(document.contents)) throw new UserError(`${file}: expected a map, got something else`)
  return new YamlMap(document.contents, { file, lines, path: '' })
}

type YamlPosition = { file: string; lines: LineCounter; path: string }

/** A map of a YAML file; each refusal names file, line, column and field. */
export class YamlMap {
  readonly #map: YAMLMap
  readonly #place: YamlPosition

  constructor(map: YAMLMap, place: YamlPosition) {
    this.#map = map
    this.#place = place
  }

  /** Line in the file. */
  get line(): number {
    return this.#position(this.#map).line
  }

  #position(node: unknown): { line: number; col: number } {
    const range = isNode(node) ? node.range : undefined
    return this.#place.lines.linePos(range?.[0] ?? 0)
  }

  /** Names where a field of this map is: file, line, column and path. */
  place(field: string): string {
    const { line, col } = this.#position(this.#map.get(field, true) ?? this.#map)
    const path = [this.#place.path, field].filter((part) => part !== '').join('.')
    return `${this.#place.file}:${line}:${col}: ${path}`
  }

  /** Returns the error for a field of this map. */
  refuse(field: string, why: string): UserError {
    return new UserError(`${this.place(field)}: ${why}`)
  }

  /** Refuses fields that are not known. */
  only(known: readonly string[]): void {
    for (const name of this.names()) {
      if (known.includes(name)) continue
      const hint = nearest(name, known)
      throw this.refuse(name, `unknown key${hint ? `; did you mean "${hint}"` : ''}`)
    }
  }

  /** Names the fields. */
  names(): string[] {
    return this.#map.items.map(({ key }) => String(key))
  }

  /** Returns whether a field exists. */
  has(field: string): boolean {
    return this.#map.has(field)
  }

  /** Reads a text or a number, as it is written in the file. */
  text(field: string): string {
    const node = this.#map.get(field, true)
    if (!isScalar(node) || node.value === null) throw this.refuse(field, 'expected a value, got none')
    return node.source ?? String(node.value)
  }

  /** Reads a word of a closed set. */
  oneOf<const T extends string>(field: string, allowed: readonly T[], byDefault?: T): T {
    const value = this.has(field) ? this.text(field) : byDefault
    const found = allowed.find((word) => word === value)
    if (found === undefined)
      throw this.refuse(field, `expected one of ${allowed.join(', ')}, got "${value ?? ''}"`)
    return found
  }

  /** Reads a whole number within bounds, both included. */
  integer(field: string, min: bigint, max: bigint, byDefault?: bigint): bigint {
    if (byDefault !== undefined && !this.has(field)) return byDefault
    const text = this.text(field)
    const number = /^\d{1,20}$/.test(text) ? BigInt(text) : undefined
    if (number === undefined || number < min || number > max) {
      throw this.refuse(field, `expected a whole number from ${min} to ${max}, got "${text}"`)
    }
    return number
  }

  /** Reads a map. */
  map(field: string): YamlMap {
    const node = this.#map.get(field, true)
    if (!isMap(node)) throw this.refuse(field, 'expected a map')
    return new YamlMap(node, { ...this.#place, path: [this.#place.path, field].filter(Boolean).join('.') })
  }

  /** Reads a map that may be missing. */
  optionalMap(field: string): YamlMap | undefined {
    return this.has(field) ? this.map(field) : undefined
  }

  /** Reads a list of maps. */
  list(field: string): YamlMap[] {
    const node = this.#map.get(field, true)
    if (!isSeq(node)) throw this.refuse(field, 'expected a list')
    return node.items.map((item, at) => {
      if (!isMap(item)) throw this.refuse(field, 'expected a list of maps')
      const path = [this.#place.path, `${field}[${at}]`].filter(Boolean).join('.')
      return new YamlMap(item, { ...this.#place, path })
    })
  }

  /** Reads a list of texts that is not empty. */
  texts(field: string): string[] {
    const node = this.#map.get(field, true)
    if (!isSeq(node) || node.items.length === 0) throw this.refuse(field, 'expected a list of texts')
    return node.items.map((item) => {
      if (!isScalar(item)) throw this.refuse(field, 'expected a list of texts')
      return item.source ?? String(item.value)
    })
  }
}
