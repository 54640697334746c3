import { UserError } from '../../../lib/errors.ts'
import { evaluateCondition, evaluateList, type Scope } from './evaluate.ts'
import type { Template } from './template.ts'
import { listOf, mapOf, type Tree, type TreeMap, textOf } from './template-tree.ts'

/** A resource that a template makes. */
export type TemplateResource = {
  /** Of a loop whose items only a deployment tells, with its variable: `Topic${Name}`. */
  logicalId: string
  type: string
  properties: TreeMap
  deletionPolicy: string | undefined
  /** The condition under which it is made, where only a deployment tells whether that holds. */
  condition: string | undefined
}

/** Lists the resources that a template makes: with loops unrolled, and without those whose condition does not hold. */
export function listResources(template: Template, scope: Scope): TemplateResource[] {
  return unroll(template.sections.Resources, scope, template.path).flatMap(({ name, value }) => {
    const { Type, Properties, Condition, DeletionPolicy } = mapOf(value)
    const condition = textOf(Condition)
    const holds = condition === undefined ? true : evaluateCondition({ Condition: condition }, scope)
    if (holds === false) return []
    return {
      logicalId: name,
      type: textOf(Type) ?? '',
      properties: mapOf(Properties),
      deletionPolicy: textOf(DeletionPolicy),
      condition: holds ? undefined : condition,
    }
  })
}

/** Names the outputs of a template, those of conditions that do not hold as well; undefined where only CloudFormation knows them. */
export function listOutputs(template: Template, scope: Scope): string[] | undefined {
  if (template.isTransformed) return undefined
  const outputs = unroll(template.sections.Outputs, scope, template.path)
  return outputs.every(({ isWhole }) => isWhole) ? outputs.map(({ name }) => name) : undefined
}

/** An entry of a section; it is not whole where it stands for all that a loop makes. */
type Entry = { name: string; value: Tree; isWhole: boolean }

const loop = 'Fn::ForEach::'
// A stack has 500 resources and 200 outputs at most.
const mostEntries = 5000

/**
 * Unrolls the loops of a section:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
 */
function unroll(section: Tree, scope: Scope, path: string): Entry[] {
  let count = 0
  const visit = (entries: TreeMap, isWhole: boolean): Entry[] =>
    Object.entries(entries).flatMap(([name, value]) => {
      count += 1
      if (count > mostEntries)
        throw new UserError(`${path}: expected loops of at most ${mostEntries} entries, got more`)
      // What a macro makes has no name of its own.
      if (name === 'Fn::Transform') return []
      if (!name.startsWith(loop)) return [{ name, value, isWhole }]
      const [variable, collection, body] = listOf(value)
      const items = evaluateList(collection, scope)
      if (!items) return visit(mapOf(body), false)
      return items.flatMap((item) =>
        visit(mapOf(replaceVariable(body, textOf(variable) ?? '', item)), isWhole),
      )
    })
  return visit(mapOf(section), true)
}

function replaceVariable(value: Tree, variable: string, item: string): Tree {
  const inText = (text: string) =>
    text
      .replaceAll(`\${${variable}}`, item)
      .replaceAll(`&{${variable}}`, item.replaceAll(/[^A-Za-z0-9]/g, ''))
  if (typeof value === 'string') return inText(value)
  if (Array.isArray(value)) return value.map((each) => replaceVariable(each, variable, item))
  if (value === undefined) return undefined
  if (value.Ref === variable) return item
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [inText(key), replaceVariable(each, variable, item)]),
  )
}
