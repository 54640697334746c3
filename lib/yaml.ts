import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml'
import { UserError } from './errors.ts'
import { nearest } from './nearest.ts'
import { composeYaml, type ParsedYaml, refuseAt } from './yaml-document.ts'

/**
 * Parses a YAML text. Throws UserError with file, line and column, also for a key that stands twice, and for a text that
 * is too large. Tags that are not known are let through; of several documents the first counts.
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  const parsed = composeYaml(text, file)
  const double = findDoubleKey(parsed.document)
  if (double) throw refuseAt(parsed, file, double.range?.[0] ?? 0, 'Map keys must be unique')
  return parsed
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

type YamlSource = { text: string; file: string }

/** Opens a YAML text whose root is a map; what `over` has stands above it: maps are merged, all else is replaced. */
export function openYaml(text: string, file: string, over?: YamlSource): YamlMap {
  const base = openRoot({ text, file })
  const origins: Origins = new WeakMap()
  if (over) mergeOver(base.map, openRoot(over), origins)
  return new YamlMap(base.map, { ...base.origin, path: '', origins })
}

function openRoot({ text, file }: YamlSource): { map: YAMLMap; origin: Origin } {
  const { document, lines } = parseYaml(text, file)
  if (!isMap(document.contents)) throw new UserError(`${file}: expected a map, got something else`)
  return { map: document.contents, origin: { file, lines } }
}

function mergeOver(base: YAMLMap, over: { map: YAMLMap; origin: Origin }, origins: Origins): void {
  for (const { key, value } of over.map.items) {
    const below = base.get(String(key), true)
    if (isMap(below) && isMap(value)) {
      mergeOver(below, { ...over, map: value }, origins)
      continue
    }
    if (isNode(value)) origins.set(value, over.origin)
    base.set(String(key), value)
  }
}

/** Where a node stands that is not of the file that its map is of. */
type Origins = WeakMap<object, Origin>
type Origin = { file: string; lines: LineCounter }
type YamlPosition = Origin & { path: string; origins: Origins }

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

  #position(node: unknown): { file: string; line: number; col: number } {
    const range = isNode(node) ? node.range : undefined
    const { file, lines } = this.#originOf(node)
    return { file, ...lines.linePos(range?.[0] ?? 0) }
  }

  #originOf(node: unknown): Origin {
    return (isNode(node) ? this.#place.origins.get(node) : undefined) ?? this.#place
  }

  #below(node: YAMLMap, name: string): YamlMap {
    const path = joinPath(this.#place.path, name)
    return new YamlMap(node, { ...this.#place, ...this.#originOf(node), path })
  }

  /** Names where a field of this map is: file, line, column and path. */
  place(field: string): string {
    const { file, line, col } = this.#position(this.#map.get(field, true) ?? this.#map)
    const path = joinPath(this.#place.path, field)
    return `${file}:${line}:${col}: ${path}`
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

  /** Returns whether a field is a list, a map or, as everything else, a text. */
  kindOf(field: string): 'text' | 'list' | 'map' {
    const node = this.#map.get(field, true)
    return isMap(node) ? 'map' : isSeq(node) ? 'list' : 'text'
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
    return this.#below(node, field)
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
      return this.#below(item, `${field}[${at}]`)
    })
  }

  /** Reads a list of texts that is not empty. */
  texts(field: string): string[] {
    return this.textItems(field).map(({ text }) => text)
  }

  /** Reads a list of texts that is not empty, each with its place in the file. */
  textItems(field: string): YamlText[] {
    const node = this.#map.get(field, true)
    if (!isSeq(node) || node.items.length === 0) throw this.refuse(field, 'expected a list of texts')
    return node.items.map((item, at) => {
      if (!isScalar(item)) throw this.refuse(field, 'expected a list of texts')
      const { file, line, col } = this.#position(item)
      const place = `${file}:${line}:${col}: ${joinPath(this.#place.path, `${field}[${at}]`)}`
      return {
        text: item.source ?? String(item.value),
        line,
        refuse: (why) => new UserError(`${place}: ${why}`),
      }
    })
  }
}

/** A text of a list, and how to refuse it. */
export type YamlText = { text: string; line: number; refuse(why: string): UserError }

const joinPath = (...parts: readonly string[]) => parts.filter((part) => part !== '').join('.')
