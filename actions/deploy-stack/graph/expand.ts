import { UserError } from '../../../lib/errors.ts'
import { evaluateCondition, evaluateList, evaluateText, type Scope } from './evaluate.ts'
import { replaceVariable } from './replace-variable.ts'
import type { Template } from './template.ts'
import { isLoop, listOf, mapOf, type Tree, type TreeMap, textOf } from './template-tree.ts'

/** A resource that a template makes. */
export type TemplateResource = {
  /** Of a loop whose items only a deployment tells, with its variable: `Topic${Name}`. */
  logicalId: string
  type: string
  properties: TreeMap
  /** Its other attributes, such as `UpdateReplacePolicy` and `DependsOn`. */
  attributes: TreeMap
  deletionPolicy: string | undefined
  /** The condition under which it is made, where only a deployment tells whether that holds. */
  condition: string | undefined
}

/** Lists the resources that a template makes: with loops unrolled, and without those whose condition does not hold. */
export function listResources(template: Template, scope: Scope): TemplateResource[] {
  return unroll(template.sections.Resources, scope, template.path).flatMap(({ name, value }) => {
    const { Type, Properties, Condition, ...attributes } = mapOf(value)
    const condition = textOf(Condition)
    const holds = condition === undefined ? true : evaluateCondition({ Condition: condition }, scope)
    if (holds === false) return []
    return {
      logicalId: name,
      type: textOf(Type) ?? '',
      properties: mapOf(Properties),
      attributes,
      deletionPolicy: evaluateText(attributes.DeletionPolicy, scope),
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

/** An export of a template: its output, its name, and its value, which is undefined where only a deployment tells it. */
type Export = { output: string; name: string; value: string | undefined }

/**
 * Lists the exports of a template, with those that a condition may leave out; undefined where only CloudFormation knows
 * their names.
 */
export function listExports(template: Template, scope: Scope): Export[] | undefined {
  if (listOutputs(template, scope) === undefined) return undefined
  const exports = unroll(template.sections.Outputs, scope, template.path).flatMap(
    ({ name: output, value }) => {
      const { Condition, Value, Export } = mapOf(value)
      const holds = Condition === undefined ? true : evaluateCondition({ Condition }, scope)
      if (holds === false || Export === undefined) return []
      const known = holds ? evaluateText(Value, scope) : undefined
      return [{ output, name: evaluateText(mapOf(Export).Name, scope), value: known }]
    },
  )
  const named = exports.flatMap(({ name, ...rest }) => (name === undefined ? [] : [{ name, ...rest }]))
  return named.length === exports.length ? named : undefined
}

/** An entry of a section; it is not whole where it stands for all that a loop makes. */
type Entry = { name: string; value: Tree; isWhole: boolean }

// A stack has 500 resources and 200 outputs at most, of a template of 1 MiB.
const mostEntries = 5000
const mostMiB = 16

/**
 * Unrolls the loops of a section:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
 */
export function unroll(section: Tree, scope: Scope, path: string): Entry[] {
  const countEntry = makeCount(mostEntries, `${path}: expected loops of at most ${mostEntries} entries`)
  const countText = makeCount(mostMiB * 1024 ** 2, `${path}: expected loops that make at most ${mostMiB} MiB`)
  const visit = (entries: TreeMap, isWhole: boolean): Entry[] =>
    Object.entries(entries).flatMap(([name, value]) => {
      countEntry(1)
      // What a macro makes has no name of its own.
      if (name === 'Fn::Transform') return []
      if (!isLoop(name)) return [{ name, value, isWhole }]
      const [variable, collection, body] = listOf(value)
      const items = evaluateList(collection, scope)
      if (!items) return visit(mapOf(body), false)
      return items.flatMap((item) =>
        visit(mapOf(replaceVariable(body, { name: textOf(variable) ?? '', item }, countText)), isWhole),
      )
    })
  return visit(mapOf(section), true)
}

/** Makes a function that counts, and throws UserError where it comes to more than `most`. */
function makeCount(most: number, expected: string): (more: number) => void {
  let count = 0
  return (more) => {
    count += more
    if (count > most) throw new UserError(`${expected}, got more`)
  }
}
