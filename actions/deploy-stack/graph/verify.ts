import { UserError } from '../../../lib/errors.ts'
import { didYouMean } from '../../../lib/nearest.ts'
import type { Scope } from './evaluate.ts'
import { listOutputs, listResources } from './expand.ts'
import type { Graph } from './graph.ts'
import { verifyLimits } from './limits.ts'
import { findFault } from './parameter-rule.ts'
import { scopeOf } from './scope.ts'
import type { StackEntry } from './stack-entry.ts'
import type { Template } from './template.ts'

/**
 * Verifies that stacks.yml and the input `parameters` name only parameters and outputs that the templates have,
 * and give only values that they take. Throws UserError with the place.
 */
export function verifyNames(
  graph: Graph,
  templates: ReadonlyMap<string, Template>,
  given: ReadonlyMap<string, string>,
): void {
  for (const entry of graph.values()) {
    const template = templates.get(entry.key)
    if (template) verifyParameters(entry, template)
  }
  verifyOutputs(graph, templates, given)
  verifyGiven(given, templates)
}

function verifyParameters(
  { assets, parameters, places }: StackEntry,
  { path, parameters: declared }: Template,
): void {
  const given = [
    ...[...parameters.keys()].map((name) => [name, `parameters.${name}`] as const),
    ...[...assets.keys()].map((name) => [`${name}Key`, `assets.${name}`] as const),
  ]
  for (const [name, field] of given) {
    const rule = declared.get(name)
    if (!rule) {
      const hint = didYouMean(name, [...declared.keys()])
      throw new UserError(`${places.get(field)}: ${path} declares no parameter "${name}"${hint}`)
    }
    const [piece, ...more] = parameters.get(name) ?? []
    const fault = piece?.kind === 'text' && more.length === 0 ? findFault(rule, piece.text) : undefined
    if (fault) throw new UserError(`${places.get(field)}: ${fault}`)
  }
}

function verifyOutputs(
  graph: Graph,
  templates: ReadonlyMap<string, Template>,
  given: ReadonlyMap<string, string>,
): void {
  const known = new Map(
    [...templates].map(([key, template]) => [key, listOutputs(template, givenScope(key, template, given))]),
  )
  for (const { parameters, places } of graph.values()) {
    for (const [name, value] of parameters) {
      for (const piece of value) {
        if (piece.kind !== 'output') continue
        const outputs = known.get(piece.stack)
        if (!outputs || outputs.includes(piece.output)) continue
        throw new UserError(
          `${places.get(`parameters.${name}`)}: ${templates.get(piece.stack)?.path} declares no output "${piece.output}"${didYouMean(piece.output, outputs)}`,
        )
      }
    }
  }
}

/**
 * Verifies that CloudFormation takes the templates of a graph, as far as that is known before the first call. Throws
 * UserError.
 */
export function verifyTemplates(
  templates: ReadonlyMap<string, Template>,
  given: ReadonlyMap<string, string>,
): void {
  const found = new Set<Template>()
  const all = [...templates].map(([key, each]) => [each, givenScope(key, each, given)] as const)
  // What is added on the way comes up as well.
  for (const [template, scope] of all) {
    verifyLimits(template, scope)
    for (const nested of listNested(template, scope).filter((each) => !found.has(each))) {
      found.add(nested)
      all.push([nested, scopeOf(nested, new Map())])
    }
  }
}

/** Lists the templates of the nested stacks that a template makes in any case. */
function listNested(template: Template, scope: Scope): Template[] {
  if (template.isTransformed || template.nested.length === 0) return []
  const certain = listResources(template, scope).filter(({ condition }) => condition === undefined)
  const made = new Set(certain.map(({ logicalId }) => logicalId))
  return template.nested.flatMap(({ logicalId, template }) => (made.has(logicalId) ? template : []))
}

// What nobody gives keeps its value in an update: its default tells nothing.
function givenScope(key: string, template: Template, given: ReadonlyMap<string, string>): Scope {
  const values = [...template.parameters.keys()].flatMap((name) => {
    const value = given.get(`${key}.${name}`) ?? given.get(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return scopeOf(template, new Map(values))
}

function verifyGiven(given: ReadonlyMap<string, string>, templates: ReadonlyMap<string, Template>): void {
  const known = [...templates].flatMap(([key, { parameters }]) =>
    [...parameters.keys()].flatMap((name) => [name, `${key}.${name}`]),
  )
  for (const [at, name] of [...given.keys()].entries()) {
    if (known.includes(name)) continue
    // What looks like no name of ours may be a line of a secret.
    const hint = didYouMean(name, known)
    const isOurs = hint !== '' || templates.has(name.split('.')[0] ?? '')
    const shown = isOurs ? `"${name}"` : `the name before the "=" of entry ${at + 1}`
    throw new UserError(`parameters: no template declares ${shown}${hint}`)
  }
  for (const [key, { parameters }] of templates) {
    for (const [name, rule] of parameters) {
      const value = given.get(`${key}.${name}`) ?? given.get(name)
      const fault = value === undefined ? undefined : findFault(rule, value)
      if (fault) throw new UserError(`parameters: ${key}.${name}: ${fault}`)
    }
  }
}
