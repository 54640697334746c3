import { dirname } from 'node:path'
import { UserError } from '../../../lib/errors.ts'
import { didYouMean } from '../../../lib/nearest.ts'
import { openYaml } from '../../../lib/yaml-map.ts'
import { readEntry, type StackEntry } from './stack-entry.ts'
import { settingFields } from './stack-settings.ts'
import { stacksOf } from './value.ts'

/** The stacks in the order of the file. */
export type Graph = ReadonlyMap<string, StackEntry>

/** A file of stacks: its text, and its path. */
export type StacksText = { text: string; file: string }

/**
 * Parses stacks.yml; what an overlay has stands above it. Throws UserError with line and column where it is not as
 * expected.
 */
export function parseGraph(text: string, file: string, overlay?: StacksText): Graph {
  const root = openYaml(text, file, overlay)
  root.only(['stacks', 'defaults', '$schema'])
  const stacks = root.optionalMap('stacks')
  if (!stacks || stacks.names().length === 0) {
    throw new UserError(`${file}: expected a map "stacks" with a stack, got none`)
  }
  const defaults = root.optionalMap('defaults')
  defaults?.only(settingFields)
  const context = { folder: dirname(file), defaults }
  const graph = new Map(stacks.names().map((key) => [key, readEntry(stacks, key, context)]))
  for (const entry of graph.values()) verifyStacks(entry, graph)
  sortStacks(graph)
  return graph
}

/** Lists the stacks that must be there before this one. */
export function dependenciesOf({ dependsOn, parameters }: StackEntry): string[] {
  return [...new Set([...dependsOn, ...[...parameters.values()].flatMap(stacksOf)])]
}

function verifyStacks(entry: StackEntry, graph: Graph): void {
  for (const key of dependenciesOf(entry)) {
    if (graph.has(key)) continue
    throw new UserError(
      `${entry.place}: refers to the stack "${key}", which is not there${didYouMean(key, [...graph.keys()])}`,
    )
  }
}

/** Orders stacks so that each stands behind those it depends on. Throws UserError that names a cycle. */
export function sortStacks(graph: Graph): StackEntry[] {
  const sorted = new Set<StackEntry>()
  const visit = (key: string, path: readonly string[]): void => {
    const entry = graph.get(key)
    if (!entry || sorted.has(entry)) return
    if (path.includes(key)) {
      throw new UserError(
        `stacks: ${[...path.slice(path.indexOf(key)), key].join(' → ')} is a cycle; remove one reference`,
      )
    }
    for (const dependency of dependenciesOf(entry)) visit(dependency, [...path, key])
    sorted.add(entry)
  }
  for (const key of graph.keys()) visit(key, [])
  return [...sorted]
}
