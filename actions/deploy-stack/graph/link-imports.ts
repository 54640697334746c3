import { evaluateText, type Scope } from './evaluate.ts'
import { functionOf } from './function-of.ts'
import type { Graph } from './graph.ts'
import { scopeOf } from './scope.ts'
import type { StackEntry } from './stack-entry.ts'
import { nameStack } from './stack-name.ts'
import type { Template } from './template.ts'
import { mapOf, type Tree } from './template-tree.ts'

/** Orders stacks by what they export and import as well: an importer depends on the stack that exports the name. */
export function linkImports(
  graph: Graph,
  templates: ReadonlyMap<string, Template>,
  { prefix, parameters: given }: { prefix: string; parameters: ReadonlyMap<string, string> },
): Graph {
  const scopes = new Map(
    [...graph.values()].flatMap((entry) => {
      const template = templates.get(entry.key)
      return template ? [[entry.key, assumeScope(entry, template, prefix, given)] as const] : []
    }),
  )
  const namesIn = (key: string, values: readonly Tree[]) => {
    const scope = scopes.get(key)
    return scope ? values.flatMap((value) => evaluateText(value, scope) ?? []) : []
  }
  const exporters = new Map(
    [...templates].flatMap(([key, template]) =>
      namesIn(key, listExports(template)).map((name) => [name, key] as const),
    ),
  )
  return new Map(
    [...graph].map(([key, entry]) => {
      const imports = namesIn(key, findImports(templates.get(key)?.sections ?? {}))
      const needed = imports.flatMap((name) => exporters.get(name) ?? []).filter((other) => other !== key)
      return [key, { ...entry, dependsOn: [...new Set([...entry.dependsOn, ...needed])] }]
    }),
  )
}

const listExports = ({ sections }: Template) =>
  Object.values(mapOf(sections.Outputs)).map((output) => mapOf(mapOf(output).Export).Name)

function findImports(value: Tree): Tree[] {
  if (Array.isArray(value)) return value.flatMap(findImports)
  if (typeof value !== 'object') return []
  const { name, argument } = functionOf(value)
  return name === 'ImportValue' ? [argument] : Object.values(value).flatMap(findImports)
}

/** Assumes defaults for what is not given: an order that is not needed does no harm. */
function assumeScope(
  entry: StackEntry,
  template: Template,
  prefix: string,
  given: ReadonlyMap<string, string>,
): Scope {
  const values = new Map([
    // The same for all stacks of the graph.
    ['AWS::Region', '{region}'],
    ['AWS::AccountId', '{account}'],
    ['AWS::StackName', nameStack(prefix, entry)],
  ])
  for (const [name, { default: byDefault }] of template.parameters) {
    const written = entry.parameters.get(name)
    const pieces = written?.map((piece) =>
      piece.kind === 'text'
        ? piece.text
        : piece.kind === 'setting' && piece.name === 'prefix'
          ? prefix
          : undefined,
    )
    const own = pieces && !pieces.includes(undefined) ? pieces.join('') : undefined
    const usual = written === undefined ? (name === 'Prefix' ? prefix : byDefault) : undefined
    const value = given.get(`${entry.key}.${name}`) ?? given.get(name) ?? own ?? usual
    if (value !== undefined) values.set(name, value)
  }
  return scopeOf(template, values)
}
