import { dirname, join } from 'node:path'
import { UserError } from '../../../lib/errors.ts'
import { nearest } from '../../../lib/nearest.ts'
import { openYaml, type YamlMap } from '../../../lib/yaml.ts'
import { parseValue, stacksOf, type Value } from './value.ts'

/** One stack as stacks.yml names it; paths are relative to the working folder. */
export type StackEntry = {
  key: string
  /** Where it stands, for messages. */
  place: string
  template: string
  /** Left out where nothing that is deployed takes an output of it, and the user does not ask for it. */
  optional: boolean
  dependsOn: readonly string[]
  /** Name to folder: packed, uploaded and given as the parameters NAMEBucket and NAMEKey. */
  assets: ReadonlyMap<string, string>
  parameters: ReadonlyMap<string, Value>
  /** `parameters.NAME` and `assets.NAME` to where they stand, for messages. */
  places: ReadonlyMap<string, string>
}

/** The stacks in the order of the file. */
export type Graph = ReadonlyMap<string, StackEntry>

/** Parses stacks.yml. Throws UserError with line and column where it is not as expected. */
export function parseGraph(text: string, file: string): Graph {
  const root = openYaml(text, file)
  root.only(['stacks'])
  const stacks = root.optionalMap('stacks')
  if (!stacks || stacks.names().length === 0) {
    throw new UserError(`${file}: expected a map "stacks" with a stack, got none`)
  }
  const graph = new Map(stacks.names().map((key) => [key, readEntry(stacks, key, dirname(file))]))
  for (const entry of graph.values()) verifyStacks(entry, graph)
  sortStacks(graph)
  return graph
}

function readEntry(stacks: YamlMap, key: string, folder: string): StackEntry {
  if (!/^[a-z][a-z0-9-]{0,99}$/.test(key))
    throw stacks.refuse(key, 'expected a name in lower case of up to 100 letters, digits and dashes')
  const entry = stacks.map(key)
  entry.only(['template', 'optional', 'depends-on', 'assets', 'parameters'])
  const assets = entry.optionalMap('assets')
  const parameters = entry.optionalMap('parameters')
  return {
    key,
    place: stacks.place(key),
    template: join(folder, entry.text('template')),
    optional: entry.oneOf('optional', ['true', 'false'], 'false') === 'true',
    dependsOn: entry.has('depends-on') ? entry.texts('depends-on') : [],
    assets: mapOf(assets, (name, map) => join(folder, map.text(verifyAsset(name, map)))),
    parameters: mapOf(parameters, (name, map) => parseValue(map.text(name), map.place(name))),
    places: new Map([...placesOf('assets', assets), ...placesOf('parameters', parameters)]),
  }
}

// Its name is the beginning of two names of parameters.
function verifyAsset(name: string, map: YamlMap): string {
  if (/^[A-Za-z][A-Za-z0-9]{0,99}$/.test(name)) return name
  throw map.refuse(name, 'expected a name of letters and digits')
}

const mapOf = <T>(map: YamlMap | undefined, read: (name: string, map: YamlMap) => T) =>
  new Map(map ? map.names().map((name) => [name, read(name, map)]) : [])

const placesOf = (field: string, map: YamlMap | undefined) =>
  (map?.names() ?? []).map((name) => [`${field}.${name}`, map?.place(name) ?? ''] as const)

/** Lists the stacks that must be there before this one. */
export function dependenciesOf({ dependsOn, parameters }: StackEntry): string[] {
  return [...new Set([...dependsOn, ...[...parameters.values()].flatMap(stacksOf)])]
}

function verifyStacks(entry: StackEntry, graph: Graph): void {
  for (const key of dependenciesOf(entry)) {
    if (graph.has(key)) continue
    const hint = nearest(key, [...graph.keys()])
    throw new UserError(
      `${entry.place}: refers to the stack "${key}", which is not there${hint ? `; did you mean "${hint}"` : ''}`,
    )
  }
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
