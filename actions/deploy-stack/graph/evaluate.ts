import { orderConditions } from './condition-order.ts'
import { functionOf } from './function-of.ts'
import { listOf, mapOf, type Tree, type TreeMap, textOf } from './template-tree.ts'

/** What the functions of a template are evaluated with. A value that only a deployment tells is absent. */
export type Scope = {
  /** Parameters, and pseudo parameters such as `AWS::Region`. */
  values: ReadonlyMap<string, string>
  /** Names of the parameters that are lists; their values are separated by commas. */
  lists?: ReadonlySet<string>
  /** The section Conditions. */
  conditions: TreeMap
  /** The section Mappings. */
  mappings?: TreeMap
}

/** Evaluates a value of a template to a text; undefined where only a deployment can tell it. */
export function evaluateText(value: Tree, scope: Scope): string | undefined {
  if (typeof value === 'string') return value
  const { name, argument } = functionOf(value)
  if (name === 'Ref') return scope.values.get(textOf(argument) ?? '')
  if (name === 'Sub') return substitute(argument, scope)
  if (name === 'FindInMap') return textOf(findInMap(argument, scope))
  const [first, second, third] = listOf(argument)
  if (name === 'If') {
    const holds = evaluateCondition({ Condition: first }, scope)
    return holds === undefined ? undefined : evaluateText(holds ? second : third, scope)
  }
  if (name === 'Join') {
    const texts = evaluateList(second, scope)
    return texts && join(texts, textOf(first) ?? '')
  }
  if (name === 'Select') return evaluateList(second, scope)?.[Number(evaluateText(first, scope))]
  return undefined
}

/** Evaluates a value of a template to a list of texts; undefined where only a deployment can tell it. */
export function evaluateList(value: Tree, scope: Scope): string[] | undefined {
  const { name, argument } = functionOf(value)
  if (isList(value, scope)) return splitItems(scope.values.get(textOf(argument) ?? ''))
  if (name === 'FindInMap') return readLiterals(findInMap(argument, scope))
  const [first, second] = listOf(argument)
  if (name === 'Split') return evaluateText(second, scope)?.split(textOf(first) ?? '')
  if (!Array.isArray(value)) return undefined
  // A list within a list is none of its texts.
  const texts = value.flatMap((each) => (isList(each, scope) ? undefined : evaluateText(each, scope)) ?? [])
  return texts.length === value.length ? texts : undefined
}

function isList(value: Tree, { lists }: Scope): boolean {
  const { name, argument } = functionOf(value)
  return name === 'Ref' && lists?.has(textOf(argument) ?? '') === true
}

// A mapping has no functions, which could name the mapping itself: CloudFormation refuses them there.
function readLiterals(value: Tree): string[] | undefined {
  const texts = listOf(value).filter((each) => typeof each === 'string')
  return Array.isArray(value) && texts.length === value.length ? texts : undefined
}

const splitItems = (text: string | undefined) => text?.split(',').map((item) => item.trim())

function findInMap(argument: Tree, scope: Scope): Tree {
  const [map, key, name] = listOf(argument).map((each) => evaluateText(each, scope) ?? '')
  return mapOf(mapOf(scope.mappings?.[map ?? ''])[key ?? ''])[name ?? '']
}

// Of each scope the conditions that are evaluated: others may refer to one many times.
const evaluated = new WeakMap<Scope, Map<string, boolean | undefined>>()

function evaluateNamed(name: string, scope: Scope): boolean | undefined {
  const known = evaluated.get(scope) ?? new Map<string, boolean | undefined>()
  evaluated.set(scope, known)
  if (known.has(name)) return known.get(name)
  const ordered = orderConditions(name, scope.conditions, known)
  // A condition of a cycle stays unknown to the others.
  for (const each of ordered) known.set(each, undefined)
  for (const each of ordered) known.set(each, evaluateCondition(scope.conditions[each], scope))
  return known.get(name)
}

/** Evaluates a condition; undefined where only a deployment can tell it. */
export function evaluateCondition(value: Tree, scope: Scope): boolean | undefined {
  const { name, argument } = functionOf(value)
  if (name === 'Condition') return evaluateNamed(textOf(argument) ?? '', scope)
  if (name === 'Equals') {
    const [one, other] = listOf(argument).map((each) => evaluateText(each, scope))
    return one === undefined || other === undefined ? undefined : one === other
  }
  const parts = listOf(argument).map((each) => evaluateCondition(each, scope))
  if (name === 'Not') return parts[0] === undefined ? undefined : !parts[0]
  const decisive = name === 'Or'
  if (name !== 'Or' && name !== 'And') return undefined
  if (parts.includes(decisive)) return decisive
  return parts.includes(undefined) ? undefined : !decisive
}

function substitute(argument: Tree, scope: Scope): string | undefined {
  const [text, own] = Array.isArray(argument) ? argument : [argument]
  const values = new Map<string, string | undefined>()
  const readVariable = (name: string) => {
    const { [name]: given } = mapOf(own)
    if (given === undefined) return scope.values.get(name)
    // Evaluated once: each may be such a text, with a variable that stands many times.
    if (!values.has(name)) values.set(name, evaluateText(given, scope))
    return values.get(name)
  }
  // What no brace closes runs to the end, and stands for itself.
  const pieces = (textOf(text) ?? '').split(/(\$\{[^}]*(?:\}|$))/)
  const known = pieces.flatMap((piece) => {
    const [, escaped, name] = /^\$\{(!?)([^}]*)\}$/.exec(piece) ?? []
    if (name === undefined) return piece
    return escaped ? `\${${name}}` : (readVariable(name) ?? [])
  })
  return known.length === pieces.length ? join(known, '') : undefined
}

// As long as a template may be: texts within texts double with each level.
const longestText = 1024 * 1024

/** Joins texts; undefined where that makes a longer one than anybody means. */
function join(texts: readonly string[], separator: string): string | undefined {
  const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0)
  return length > longestText ? undefined : texts.join(separator)
}
