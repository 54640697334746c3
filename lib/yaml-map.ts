import { isMap, isNode, isScalar, isSeq } from 'yaml'
import { UserError } from './errors.ts'
import { didYouMean } from './nearest.ts'
import { mostMerges, mostValues } from './yaml-bounds.ts'
import { type Layer, type Origin, openRoot, resolve, type Value, type YamlSource } from './yaml-layer.ts'

/**
 * Opens a YAML text whose root is a map; aliases and merge keys (`<<`) stand for what they name. What `over` has stands
 * above it: maps are merged, all else is replaced.
 */
export function openYaml(text: string, file: string, over?: YamlSource): YamlMap {
  const layers = [{ text, file }, ...(over ? [over] : [])].map(openRoot)
  return new YamlMap(layers, { left: { values: mostValues }, path: '' })
}

type YamlPosition = {
  /** Values that may still be read: with aliases, a small file can have very many. */
  left: { values: number }
  path: string
}

/** A map of a YAML file, or of several that stand above each other; each refusal names file, line, column and field. */
export class YamlMap {
  readonly #own: Value
  /** More than one value where maps stand above each other, the lowest first. */
  readonly #entries = new Map<string, readonly Value[]>()
  readonly #place: YamlPosition

  constructor(layers: readonly Layer[], place: YamlPosition) {
    const [lowest] = layers
    if (!lowest) throw new Error('a YAML map: expected a layer, got none')
    this.#own = { node: lowest.map, origin: lowest.origin }
    this.#place = place
    for (const layer of layers) {
      for (const [name, value] of new Map(this.#listEntries(layer, 0))) {
        const below = this.#entries.get(name) ?? []
        const isMerged = isMap(resolve(value)) && below.every((each) => isMap(resolve(each)))
        this.#entries.set(name, isMerged ? [...below, value] : [value])
      }
    }
  }

  // What stands in the map itself comes last, and holds.
  #listEntries({ map, origin }: Layer, depth: number): [string, Value][] {
    this.#count(map.items.length, origin)
    const merged = map.items
      .filter(({ key }) => String(key) === '<<')
      .flatMap(({ value }) => {
        const node = resolve({ node: value, origin })
        const maps = isSeq(node) ? node.items.toReversed() : [node]
        return maps.flatMap((item) => {
          const each = resolve({ node: item, origin })
          if (!isMap(each) || depth > mostMerges)
            throw new UserError(
              `${this.#placeAt({ node: value, origin }, '<<')}: expected the alias of a map`,
            )
          return this.#listEntries({ map: each, origin }, depth + 1)
        })
      })
    const own = map.items.filter(({ key }) => String(key) !== '<<')
    return [
      ...merged,
      ...own.map(({ key, value }): [string, Value] => [String(key), { node: value ?? key, origin }]),
    ]
  }

  #count(values: number, { file }: Origin): void {
    this.#place.left.values -= values
    if (this.#place.left.values < 0)
      throw new UserError(`${file}: expected at most ${mostValues} values, aliases followed, got more`)
  }

  /** Line in the file. */
  get line(): number {
    return this.#position(this.#own).line
  }

  #position({ node, origin }: Value): { line: number; col: number } {
    const range = isNode(node) ? node.range : undefined
    return origin.lines.linePos(range?.[0] ?? 0)
  }

  #placeAt(value: Value, field: string): string {
    const { line, col } = this.#position(value)
    return `${value.origin.file}:${line}:${col}: ${this.#pathOf(field)}`
  }

  #pathOf(field: string): string {
    return [this.#place.path, field].filter((part) => part !== '').join('.')
  }

  #valueOf(field: string): Value {
    return this.#entries.get(field)?.at(-1) ?? { node: undefined, origin: this.#own.origin }
  }

  #get(field: string): unknown {
    return resolve(this.#valueOf(field))
  }

  #below(values: readonly Value[], name: string, expected: string): YamlMap {
    const layers = values.map((value) => {
      const map = resolve(value)
      if (!isMap(map)) throw this.refuse(name.replace(/\[\d+\]$/, ''), expected)
      return { map, origin: value.origin }
    })
    return new YamlMap(layers, { ...this.#place, path: this.#pathOf(name) })
  }

  /** Names where a field of this map is: file, line, column and path. */
  place(field: string): string {
    return this.#placeAt(this.#entries.get(field)?.[0] ?? this.#own, field)
  }

  /** Returns the error for a field of this map, or for the item of its list at a place. */
  refuse(field: string, why: string, at?: number): UserError {
    const list = this.#get(field)
    const node = at === undefined || !isSeq(list) ? undefined : list.items[at]
    const place = node ? this.#placeAt({ ...this.#valueOf(field), node }, field) : this.place(field)
    return new UserError(`${place}: ${why}`)
  }

  /** Refuses fields that are not known. */
  only(known: readonly string[]): void {
    for (const name of this.names()) {
      if (known.includes(name)) continue
      throw this.refuse(name, `unknown key${didYouMean(name, known)}`)
    }
  }

  /** Names the fields. */
  names(): string[] {
    return [...this.#entries.keys()]
  }

  /** Returns whether a field exists. */
  has(field: string): boolean {
    return this.#entries.has(field)
  }

  /** Returns whether a field is a list, a map or, as everything else, a text. */
  kindOf(field: string): 'text' | 'list' | 'map' {
    const node = this.#get(field)
    return isMap(node) ? 'map' : isSeq(node) ? 'list' : 'text'
  }

  /** Reads a text or a number, as it is written in the file. */
  text(field: string): string {
    const node = this.#get(field)
    const kind = this.kindOf(field)
    if (kind !== 'text') throw this.refuse(field, `expected a text, got a ${kind}`)
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
    return this.#below(this.#entries.get(field) ?? [this.#valueOf(field)], field, 'expected a map')
  }

  /** Reads a map that may be missing. */
  optionalMap(field: string): YamlMap | undefined {
    return this.has(field) ? this.map(field) : undefined
  }

  /** Reads a list of maps. */
  list(field: string): YamlMap[] {
    const { origin } = this.#valueOf(field)
    const list = this.#get(field)
    if (!isSeq(list)) throw this.refuse(field, 'expected a list')
    return list.items.map((node, at) =>
      this.#below([{ node, origin }], `${field}[${at}]`, 'expected a list of maps'),
    )
  }

  /** Reads a list of texts that is not empty. */
  texts(field: string): string[] {
    return this.textItems(field).map(({ text }) => text)
  }

  /** Reads a list of texts that is not empty, each with its place in the file. */
  textItems(field: string): YamlText[] {
    const { origin } = this.#valueOf(field)
    const list = this.#get(field)
    if (!isSeq(list) || list.items.length === 0) throw this.refuse(field, 'expected a list of texts')
    this.#count(list.items.length, origin)
    return list.items.map((node, at) => {
      const text = resolve({ node, origin })
      if (!isScalar(text)) throw this.refuse(field, 'expected a list of texts')
      return {
        text: text.source ?? String(text.value),
        line: this.#position({ node, origin }).line,
        refuse: (why) => new UserError(`${this.#placeAt({ node, origin }, `${field}[${at}]`)}: ${why}`),
      }
    })
  }
}

/** A text of a list, and how to refuse it. */
export type YamlText = { text: string; line: number; refuse(why: string): UserError }
