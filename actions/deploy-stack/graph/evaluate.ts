/** What the functions of a template are evaluated with. A value that only a deployment tells is absent. */
export type Scope = {
  /** Parameters, and pseudo parameters such as `AWS::Region`. */
  values: ReadonlyMap<string, string>
  /** The section Conditions. */
  conditions: Readonly<Record<string, unknown>>
}

/**
 * Evaluates a value of a template to a text, where functions stand in the long form (`Ref`, `Fn::Sub`) or as tags
 * (`!Ref`); undefined where only a deployment can tell it.
 */
export function evaluateText(value: unknown, scope: Scope): string | undefined {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  const { name, argument } = functionOf(value)
  if (name === 'Ref') return scope.values.get(String(argument))
  if (name === 'Sub') return substitute(argument, scope)
  if (name === 'If' && Array.isArray(argument)) {
    const holds = evaluateCondition({ Condition: argument[0] }, scope)
    return holds === undefined ? undefined : evaluateText(argument[holds ? 1 : 2], scope)
  }
  if (name === 'Join' && Array.isArray(argument))
    return evaluateList(argument[1], scope)?.join(String(argument[0]))
  if (name === 'Select' && Array.isArray(argument))
    return evaluateList(argument[1], scope)?.[Number(argument[0])]
  return undefined
}

function evaluateList(value: unknown, scope: Scope): string[] | undefined {
  const { name, argument } = functionOf(value)
  if (name === 'Split' && Array.isArray(argument))
    return evaluateText(argument[1], scope)?.split(String(argument[0]))
  if (!Array.isArray(value)) return undefined
  const texts = value.flatMap((each) => evaluateText(each, scope) ?? [])
  return texts.length === value.length ? texts : undefined
}

/** Evaluates a condition; undefined where only a deployment can tell it. */
export function evaluateCondition(value: unknown, scope: Scope): boolean | undefined {
  const { name, argument } = functionOf(value)
  if (name === 'Condition') {
    const { [String(argument)]: condition, ...others } = scope.conditions
    // Without itself: a condition that refers to itself ends.
    return condition === undefined
      ? undefined
      : evaluateCondition(condition, { ...scope, conditions: others })
  }
  if (!Array.isArray(argument)) return undefined
  if (name === 'Equals') {
    const [one, other] = argument.map((each) => evaluateText(each, scope))
    return one === undefined || other === undefined ? undefined : one === other
  }
  const parts = argument.map((each) => evaluateCondition(each, scope))
  if (name === 'Not') return parts[0] === undefined ? undefined : !parts[0]
  const decisive = name === 'Or'
  if (name !== 'Or' && name !== 'And') return undefined
  if (parts.includes(decisive)) return decisive
  return parts.includes(undefined) ? undefined : !decisive
}

/** Reads `{ Ref: x }`, `{ Fn::Sub: x }` or `{ !Sub: x }`; the name is '' where the value is no function. */
function functionOf(value: unknown): { name: string; argument: unknown } {
  const [entry, ...more] = Object.entries(Object(value))
  if (!entry || more.length > 0 || Array.isArray(value)) return { name: '', argument: undefined }
  return { name: entry[0].replace(/^(Fn::|!)/, ''), argument: entry[1] }
}

function substitute(argument: unknown, scope: Scope): string | undefined {
  const [text, own = {}] = Array.isArray(argument) ? argument : [argument]
  let isKnown = true
  const whole = String(text).replaceAll(/\$\{(!?)([^}]*)\}/g, (_, escaped: string, name: string) => {
    if (escaped) return `\${${name}}`
    const { [name]: given } = Object(own)
    const value = given === undefined ? scope.values.get(name) : evaluateText(given, scope)
    if (value === undefined) isKnown = false
    return value ?? ''
  })
  return isKnown ? whole : undefined
}
