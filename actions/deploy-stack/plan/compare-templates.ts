import type { PropertyChange, ResourceChange } from '../../../lib/aws/resource-change.ts'
import { listFirst } from '../../../lib/quote.ts'
import { evaluateCondition, evaluateList, evaluateText, type Scope } from '../graph/evaluate.ts'
import { listResources, type TemplateResource } from '../graph/expand.ts'
import { functionOf } from '../graph/function-of.ts'
import { beyondAscii, mangle } from '../graph/mangled.ts'
import type { Template } from '../graph/template.ts'
import { listOf, type Tree, type TreeMap } from '../graph/template-tree.ts'

/** A template, and what its functions are evaluated with. */
export type Evaluated = { template: Template; scope: Scope }

/**
 * Lists what changes from one template to another, by their texts: whether a change replaces its resource is not known.
 * `adopted` are the logical ids of what exists and is taken in.
 */
export function compareTemplates(
  before: Evaluated,
  after: Evaluated,
  adopted: readonly string[] = [],
): ResourceChange[] {
  const [old, next] = [indexResources(before), indexResources(after)]
  const known = (each: TemplateResource) => ({ logicalId: each.logicalId, type: each.type, replacement: '' })
  const changed = [...next].flatMap(([id, resource]): ResourceChange[] => {
    const was = old.get(id)
    if (!was) return [{ action: adopted.includes(id) ? 'Import' : 'Add', ...known(resource) }]
    if (was.type !== resource.type) return [{ action: 'Modify', ...known(resource), replacement: 'True' }]
    const properties = compareResources(was, resource)
    return properties.length > 0 ? [{ action: 'Modify', ...known(resource), properties }] : []
  })
  const removed = [...old].flatMap(([id, was]): ResourceChange[] =>
    next.has(id) ? [] : [{ action: 'Remove', ...known(was), policyAction: was.deletionPolicy ?? 'Delete' }],
  )
  return [...changed, ...removed]
}

/** Says why CloudFormation refuses a template beside the one that is deployed; undefined where that is not sure. */
export function explainRefusal(before: Evaluated, after: Evaluated): string | undefined {
  const old = indexResources(before)
  const changed = [...indexResources(after)].flatMap(([id, { type, condition }]) => {
    const was = old.get(id)
    const isSure = was && was.type !== type && was.condition === undefined && condition === undefined
    return isSure ? [`${id} from ${was.type} to ${type}`] : []
  })
  return changed.length === 0
    ? undefined
    : `CloudFormation changes no type of a resource that exists: ${listFirst(changed)}; give what is new another logical id`
}

type Resource = TemplateResource & { scope: Scope }

const indexResources = ({ template, scope }: Evaluated): Map<string, Resource> =>
  new Map(listResources(template, scope).map((each) => [each.logicalId, { ...each, scope }]))

function compareResources(was: Resource, is: Resource): PropertyChange[] {
  const compare = (before: TreeMap, after: TreeMap) =>
    [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
      const texts = { before: show(before[name], was.scope), after: show(after[name], is.scope) }
      return isSame(texts.before, texts.after) ? [] : [{ name, ...texts }]
    })
  const properties = compare(was.properties, is.properties)
  return [
    ...properties.map((each) => ({ ...each, name: `Properties/${each.name}`, replaces: 'Unknown' })),
    ...compare(was.attributes, is.attributes).map((each) => ({ ...each, replaces: 'Never' })),
  ]
}

// CloudFormation gives each character beyond ASCII of a template as `?`.
function isSame(before: string | undefined, after: string | undefined): boolean {
  if (before === undefined || after === undefined || !beyondAscii.test(after)) return before === after
  return mangle(before) === mangle(after)
}

function show(value: Tree, scope: Scope): string | undefined {
  const known = fill(value, scope)
  return typeof known === 'string' ? known : JSON.stringify(known)
}

// Puts what is known in the place of functions; the others stay as they are written.
function fill(value: Tree, scope: Scope): Tree {
  if (typeof value === 'string' || value === undefined) return value
  if (Array.isArray(value)) return value.map((each) => fill(each, scope))
  const { name, argument } = functionOf(value)
  if (name === 'If') {
    const [condition, yes, no] = listOf(argument)
    const holds = evaluateCondition({ Condition: condition }, scope)
    if (holds !== undefined) return fill(holds ? yes : no, scope)
  }
  const known = evaluateText(value, scope) ?? evaluateList(value, scope)
  if (known !== undefined) return known
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, scope)]))
}
