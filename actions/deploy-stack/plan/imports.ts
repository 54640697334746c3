import { UserError } from '../../../lib/errors.ts'
import { didYouMean } from '../../../lib/nearest.ts'
import { quote } from '../../../lib/quote.ts'
import { evaluateText, type Scope } from '../graph/evaluate.ts'
import { listResources, type TemplateResource } from '../graph/expand.ts'
import type { Graph } from '../graph/graph.ts'
import { type NamedType, namedTypes } from '../graph/named-type.ts'
import { mapOf, type Tree } from '../graph/template-tree.ts'
import type { PathText } from '../graph/write-texts.ts'
import type { SeenResource } from '../observe/imports.ts'
import type { StackStep } from './plan.ts'

/** A resource that exists and becomes one of a stack: by which identifier, and what the template of the import says of it. */
type ImportedResource = {
  logicalId: string
  type: string
  identifier: { name: string; value: string }
  texts: readonly PathText[]
}

/** What is imported into one stack. */
export type ImportStep = Pick<StackStep, 'key' | 'stackName' | 'template' | 'settings' | 'after'> & {
  resources: readonly ImportedResource[]
}

/** `stack.LogicalId` to identifier, as the input gives it. */
type Given = ReadonlyMap<string, string>

const input = 'resources-to-import'

/** Lists the keys of the stacks that resources are imported into. Throws UserError for one that is not in the graph. */
export function listImportingStacks(given: Given, graph: Graph): string[] {
  const keys = [...new Set([...given.keys()].map((name) => name.split('.')[0] ?? ''))]
  const strange = keys.find((key) => !graph.has(key))
  if (strange === undefined) return keys
  throw new UserError(
    `${input}: no stack "${strange}"${didYouMean(strange, [...graph.keys()])}; expected lines stack.LogicalId=identifier`,
  )
}

/** Plans what to import into the stacks of some steps. Throws UserError for what no import takes. */
export function planImports(
  given: Given,
  steps: readonly StackStep[],
  scopeOf: (step: StackStep) => Scope,
): ImportStep[] {
  return steps.map((step) => {
    const { key, stackName, settings, template } = step
    const scope = scopeOf(step)
    const known = listResources(template, scope)
    const resources = [...given].flatMap(([name, identifier]) => {
      if (!name.startsWith(`${key}.`)) return []
      const refuse = (what: string) => new UserError(`${input}: ${name}: ${what}`)
      const logicalId = name.slice(key.length + 1)
      const resource = known.find((each) => each.logicalId === logicalId)
      if (resource) return planImport(resource, identifier, scope, refuse)
      const hint = didYouMean(
        logicalId,
        known.map((each) => each.logicalId),
      )
      throw refuse(`${template.path} makes no such resource with these parameters${hint}`)
    })
    return { key, stackName, template, settings, after: [], resources }
  })
}

function planImport(
  { logicalId, type, properties, deletionPolicy }: TemplateResource,
  value: string,
  scope: Scope,
  refuse: (what: string) => UserError,
): ImportedResource {
  const named = namedTypes.get(type)
  if (!named?.adoptable) throw refuse(`a ${type} cannot be imported; expected one of ${listImportable()}`)
  if (deletionPolicy === undefined)
    throw refuse('its template gives it no DeletionPolicy, which an import needs; add DeletionPolicy: Retain')
  const { property, fixed = [] } = named
  const texts = [property, ...fixed].flatMap((path) => {
    const written = find(properties, path)
    const text = evaluateText(written, scope)
    if (path === property) verifyName(named, value, { isNamed: written !== undefined, text }, refuse)
    return text === undefined ? [] : [{ path: ['Properties', ...path], value: text }]
  })
  const described = [
    { path: ['Type'], value: type },
    { path: ['DeletionPolicy'], value: deletionPolicy },
  ]
  return {
    logicalId,
    type,
    identifier: { name: property.at(-1) ?? '', value },
    texts: [...described, ...texts].map(({ path, value }) => ({
      path: ['Resources', logicalId, ...path],
      value,
    })),
  }
}

// With another name, the next deployment would make an empty one in its place.
function verifyName(
  { noun }: NamedType,
  value: string,
  { isNamed, text }: { isNamed: boolean; text: string | undefined },
  refuse: (what: string) => UserError,
): void {
  if (!isNamed || text === value) return
  const names = text === undefined ? 'a name that only a deployment tells' : quote(text)
  throw refuse(
    `with these parameters, its template names the ${noun} ${names}, and not ${quote(value)}; give the parameter with its name`,
  )
}

const find = (properties: Tree, path: readonly string[]): Tree =>
  path.reduce((within: Tree, name) => mapOf(within)[name], properties)

const listImportable = () =>
  [...namedTypes].flatMap(([type, { adoptable }]) => (adoptable ? [type] : [])).join(', ')

/**
 * Leaves out what a stack has already. `owned` has the physical ids of what the stacks have, and `seen` what is known
 * of the resources, by `key.logicalId`. Throws UserError for what is not there, and for what another stack has.
 */
export function chooseImports(
  steps: readonly ImportStep[],
  owned: ReadonlyMap<string, string>,
  seen: ReadonlyMap<string, SeenResource>,
): ImportStep[] {
  return steps.map((step) => ({
    ...step,
    resources: step.resources.filter(({ logicalId, type, identifier: { value } }) => {
      const name = `${step.key}.${logicalId}`
      const what = `the ${namedTypes.get(type)?.noun} ${quote(value)}`
      const refuse = (why: string) => new UserError(`${input}: ${name}: ${why}`)
      const before = owned.get(name)
      if (before === value) return false
      if (before !== undefined) throw refuse(`${step.stackName} has it already, as ${quote(before)}`)
      const { exists = true, owner } = seen.get(name) ?? {}
      if (!exists) throw refuse(`${what} is not there in this account and region`)
      if (owner === undefined) return true
      throw refuse(
        `${what} belongs to the stack ${owner}; remove it there first, with DeletionPolicy: Retain in that template`,
      )
    }),
  }))
}

/** Describes imports as lines of the plan. */
export const describeImports = (steps: readonly ImportStep[]): string[] =>
  steps.flatMap(({ stackName, resources }) =>
    resources.length === 0
      ? [`nothing is left to import into ${stackName}`]
      : resources.map(
          ({ logicalId, type, identifier: { name, value } }) =>
            `import the ${namedTypes.get(type)?.noun} ${value} into ${stackName} as ${logicalId}, by its ${name}`,
        ),
  )
