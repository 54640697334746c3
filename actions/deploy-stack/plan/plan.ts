import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { UserError } from '../../../lib/errors.ts'
import { didYouMean } from '../../../lib/nearest.ts'
import { dependenciesOf, type Graph, sortStacks } from '../graph/graph.ts'
import type { StackEntry } from '../graph/stack-entry.ts'
import { nameStack } from '../graph/stack-name.ts'
import type { StackSettings } from '../graph/stack-settings.ts'
import { mostTags } from '../graph/tag.ts'
import type { Template } from '../graph/template.ts'
import { stacksOf, type Value } from '../graph/value.ts'
import { verifyNames } from '../graph/verify.ts'
import type { Capability, Inputs } from '../inputs.ts'
import { chooseCapabilities } from './capability.ts'

/** Where a parameter of a stack comes from. */
export type Source =
  | { kind: 'value'; value: Value }
  | { kind: 'asset'; asset: string; part: 'bucket' | 'key' }
  | { kind: 'previous-or-default'; hasDefault: boolean }

/** One stack of a plan. */
export type StackStep = {
  key: string
  stackName: string
  template: Template
  /** Asset name to folder. */
  assets: ReadonlyMap<string, string>
  parameters: ReadonlyMap<string, Source>
  settings: StackSettings
  capabilities: readonly Capability[]
  /** Stacks of this plan that come first. */
  after: readonly string[]
  /** Resources that exist, and that the stack takes in. */
  adoptions: readonly Adoption[]
}

/** A resource that exists and becomes one of the stack. */
export type Adoption = { logicalId: string; type: string; name: string }

/**
 * Plans which stacks to deploy, in what order, and with what parameters. `userSupplied` are optional stacks that
 * the user's own resources stand for: the stacks that refer to them keep the values that they have. `deployed` are the
 * stacks that are there.
 */
export function planStacks(
  graph: Graph,
  templates: ReadonlyMap<string, Template>,
  inputs: Inputs,
  userSupplied: ReadonlySet<string> = new Set(),
  deployed: ReadonlySet<string> = new Set(),
): StackStep[] {
  verifyNames(graph, templates, inputs.parameters)
  verifyTags(graph, inputs)
  verifySkipped(graph, inputs)
  const sources = (entry: StackEntry) => sourcesOf(entry, templateOf(entry, templates), inputs, userSupplied)
  const entries = selectStacks(graph, inputs, deployed, sources)
  const selected = new Set(entries.map(({ key }) => key))
  return entries.map((entry) => {
    const template = templateOf(entry, templates)
    const parameters = sources(entry)
    const needed = [...new Set([...entry.dependsOn, ...outputsOf(parameters)])]
    return {
      key: entry.key,
      stackName: nameStack(inputs.prefix, entry),
      template,
      assets: entry.assets,
      parameters,
      settings: entry.settings,
      capabilities: chooseCapabilities(template, inputs.capabilities),
      after: needed.filter((key) => selected.has(key)),
      adoptions: [],
    }
  })
}

/** Chooses the stacks that are asked for; an optional one only where a chosen one refers to it, or the user wants it. */
function selectStacks(
  graph: Graph,
  inputs: Inputs,
  deployed: ReadonlySet<string>,
  sources: (entry: StackEntry) => ReadonlyMap<string, Source>,
): StackEntry[] {
  verifyOnly(graph, inputs)
  const sorted = sortStacks(graph)
  if (inputs.only.length > 0) return sorted.filter(({ key }) => inputs.only.includes(key))
  const wanted = findWanted(graph, inputs, deployed)
  const referred = new Set<string>()
  const selected = new Set<string>()
  // What refers to a stack stands behind it.
  for (const entry of sorted.toReversed()) {
    if (entry.optional && !referred.has(entry.key) && !wanted.has(entry.key)) continue
    selected.add(entry.key)
    for (const key of outputsOf(sources(entry))) referred.add(key)
  }
  return sorted.filter(({ key }) => selected.has(key))
}

/** Finds optional stacks whose outputs nothing takes, and that are there or have a parameter `stack.Name` given. */
function findWanted(graph: Graph, inputs: Inputs, deployed: ReadonlySet<string>): Set<string> {
  const taken = new Set(
    [...graph.values()].flatMap(({ parameters }) => [...parameters.values()].flatMap(stacksOf)),
  )
  const named = new Set([...inputs.parameters.keys()].map((name) => name.split('.')[0]))
  const optional = [...graph.values()].filter((entry) => entry.optional && !taken.has(entry.key))
  return new Set(optional.map(({ key }) => key).filter((key) => deployed.has(key) || named.has(key)))
}

const outputsOf = (sources: ReadonlyMap<string, Source>) =>
  [...sources.values()].flatMap((source) => (source.kind === 'value' ? stacksOf(source.value) : []))

function verifyOnly(graph: Graph, { only }: Inputs): void {
  for (const key of only) verifyKey('only', key, graph)
}

function verifySkipped(graph: Graph, { skipResources }: Inputs): void {
  for (const name of skipResources) {
    const [key = '', resource] = name.split(/\.(.*)/)
    if (!resource) throw new UserError(`skip-resources: expected stack.LogicalId, got "${name}"`)
    verifyKey('skip-resources', key, graph)
  }
}

function verifyKey(input: string, key: string, graph: Graph): void {
  if (graph.has(key)) return
  const known = [...graph.keys()]
  throw new UserError(`${input}: no stack "${key}"${didYouMean(key, known)}; known are ${known.join(', ')}`)
}

function verifyTags(graph: Graph, { tags }: Inputs): void {
  for (const { place, settings } of graph.values()) {
    const count = new Set([...settings.tags.keys(), ...tags.keys()]).size
    if (count > mostTags) throw new UserError(`${place}: expected at most ${mostTags} tags, got ${count}`)
  }
}

function templateOf({ key }: StackEntry, templates: ReadonlyMap<string, Template>): Template {
  const template = templates.get(key)
  if (!template) throw new Error(`${key}: no template was read`)
  return template
}

function sourcesOf(
  entry: StackEntry,
  template: Template,
  inputs: Inputs,
  userSupplied: ReadonlySet<string>,
): Map<string, Source> {
  return new Map(
    [...template.parameters].map(([name, { default: byDefault }]): [string, Source] => {
      const hasDefault = byDefault !== undefined
      const given = inputs.parameters.get(`${entry.key}.${name}`) ?? inputs.parameters.get(name)
      const value =
        given === undefined ? entry.parameters.get(name) : [{ kind: 'text' as const, text: given }]
      if (value && stacksOf(value).some((key) => userSupplied.has(key))) {
        return [name, { kind: 'previous-or-default', hasDefault }]
      }
      if (value) return [name, { kind: 'value', value }]
      // A template that is deployed alone may mean something else by it.
      if (name === 'Prefix' && !inputs.single)
        return [name, { kind: 'value', value: [{ kind: 'setting', name: 'prefix' }] }]
      const [, asset, part] = /^(.+)(Bucket|Key)$/.exec(name) ?? []
      if (asset && entry.assets.has(asset))
        return [name, { kind: 'asset', asset, part: part === 'Bucket' ? 'bucket' : 'key' }]
      return [name, { kind: 'previous-or-default', hasDefault }]
    }),
  )
}

/** Finds optional stacks that are not deployed although a stack that refers to them is: something stands for them. */
export function findUserSupplied(
  graph: Graph,
  inputs: Inputs,
  deployed: ReadonlyMap<string, Pick<Stack, 'parameters'>>,
): Set<string> {
  // One that only holds what was imported has no values.
  const hasValues = (key: string) => (deployed.get(key)?.parameters.size ?? 0) > 0
  const userSupplied = [...graph.values()].filter(
    ({ key, optional }) =>
      optional &&
      !deployed.has(key) &&
      !inputs.only.includes(key) &&
      dependentsOf(graph, [key]).some(hasValues),
  )
  return new Set(userSupplied.map(({ key }) => key))
}

/** Orders stacks for a destroy: each before those that it depends on. */
export function planDestroy(graph: Graph, inputs: Inputs): StackEntry[] {
  verifyOnly(graph, inputs)
  const sorted = sortStacks(graph).reverse()
  return inputs.only.length === 0 ? sorted : sorted.filter(({ key }) => inputs.only.includes(key))
}

/** Finds the stacks of the graph that depend on one of these and would stay behind. */
export function dependentsOf(graph: Graph, keys: readonly string[]): string[] {
  return [...graph.values()]
    .filter((entry) => !keys.includes(entry.key) && dependenciesOf(entry).some((key) => keys.includes(key)))
    .map(({ key }) => key)
}
