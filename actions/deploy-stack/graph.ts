import { dirname, join } from 'node:path'
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml'
import { UserError } from '../../lib/errors.ts'
import { nearest } from '../../lib/inputs.ts'
import { parseValue, stacksOf, type Value } from './value.ts'

/** One stack as stacks.yml names it; paths are relative to the working folder. */
export type StackEntry = {
  key: string
  template: string
  /** Left out where nothing that is deployed refers to it. */
  optional: boolean
  dependsOn: readonly string[]
  /** Name to folder: packed, uploaded and given as the parameters NAMEBucket and NAMEKey. */
  assets: ReadonlyMap<string, string>
  parameters: ReadonlyMap<string, Value>
}

/** The stacks in the order of the file. */
export type Graph = ReadonlyMap<string, StackEntry>

const fields = ['template', 'optional', 'depends-on', 'assets', 'parameters']

/** Parses stacks.yml. Throws UserError with line and column where it is not as expected. */
export function parseGraph(text: string, file: string): Graph {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true })
  const [error] = document.errors
  if (error) throw new UserError(`${file}:${position(lines, error.pos[0])}: ${error.message.split('\n')[0]}`)
  const reader = makeReader(document, lines, file)
  const keys = reader.keys(['stacks'])
  if (keys.length === 0) throw new UserError(`${file}: expected a map "stacks" with a stack, got none`)
  const graph = new Map(keys.map((key) => [key, readEntry(reader, key, dirname(file))]))
  verifyReferences(graph, reader)
  return graph
}

type Reader = ReturnType<typeof makeReader>

const position = (lines: LineCounter, offset: number) => {
  const { line, col } = lines.linePos(offset)
  return `${line}:${col}`
}

function makeReader(document: Document, lines: LineCounter, file: string) {
  const place = (path: readonly string[]) => {
    const node = document.getIn(path, true)
    const range = isNode(node) ? node.range : undefined
    return range
      ? `${file}:${position(lines, range[0])}: ${path.slice(1).join('.')}`
      : `${file}: ${path.slice(1).join('.')}`
  }
  const keys = (path: readonly string[]) => {
    const node = document.getIn(path, true)
    if (node === undefined || node === null) return []
    if (!isMap(node)) throw new UserError(`${place(path)}: expected a map`)
    return node.items.map(({ key }) => String(key))
  }
  const text = (path: readonly string[]) => {
    const value = document.getIn(path)
    if (value === undefined || value === null) return undefined
    if (typeof value === 'object') throw new UserError(`${place(path)}: expected a text`)
    return String(value)
  }
  const texts = (path: readonly string[]) => {
    const node = document.getIn(path, true)
    if (node === undefined || node === null) return []
    const value: unknown = isNode(node) ? node.toJS(document) : node
    if (!Array.isArray(value)) throw new UserError(`${place(path)}: expected a list of stacks`)
    return value.map(String)
  }
  return { place, keys, text, texts }
}

function readEntry(reader: Reader, key: string, folder: string): StackEntry {
  const at = ['stacks', key]
  if (!/^[a-z][a-z0-9-]*$/.test(key))
    throw new UserError(`${reader.place(at)}: expected a name in lower case`)
  for (const field of reader.keys(at)) {
    if (fields.includes(field)) continue
    const hint = nearest(field, fields)
    throw new UserError(
      `${reader.place([...at, field])}: unknown key${hint ? `; did you mean "${hint}"` : ''}`,
    )
  }
  const template = reader.text([...at, 'template'])
  if (!template) throw new UserError(`${reader.place(at)}: expected a template, got none`)
  const map = <T>(field: string, read: (text: string, place: string) => T) =>
    new Map(
      reader.keys([...at, field]).map((name) => {
        const path = [...at, field, name]
        return [name, read(reader.text(path) ?? '', reader.place(path))]
      }),
    )
  return {
    key,
    template: join(folder, template),
    optional: reader.text([...at, 'optional']) === 'true',
    dependsOn: reader.texts([...at, 'depends-on']),
    assets: map('assets', (path) => join(folder, path)),
    parameters: map('parameters', parseValue),
  }
}

/** Lists the stacks that must be there before this one. */
export function dependenciesOf({ dependsOn, parameters }: StackEntry): string[] {
  return [...new Set([...dependsOn, ...[...parameters.values()].flatMap(stacksOf)])]
}

function verifyReferences(graph: Graph, reader: Reader): void {
  for (const entry of graph.values()) {
    for (const key of dependenciesOf(entry)) {
      if (graph.has(key)) continue
      const hint = nearest(key, [...graph.keys()])
      throw new UserError(
        `${reader.place(['stacks', entry.key])}: refers to the stack "${key}", which is not there${hint ? `; did you mean "${hint}"` : ''}`,
      )
    }
  }
  sortStacks(graph)
}

/** Orders stacks so that each stands behind those it depends on. Throws UserError that names a cycle. */
export function sortStacks(graph: Graph): StackEntry[] {
  const sorted: StackEntry[] = []
  const visit = (key: string, path: readonly string[]): void => {
    const entry = graph.get(key)
    if (!entry || sorted.includes(entry)) return
    if (path.includes(key)) {
      throw new UserError(
        `stacks: ${[...path.slice(path.indexOf(key)), key].join(' → ')} is a cycle; remove one reference`,
      )
    }
    for (const dependency of dependenciesOf(entry)) visit(dependency, [...path, key])
    sorted.push(entry)
  }
  for (const key of graph.keys()) visit(key, [])
  return sorted
}
