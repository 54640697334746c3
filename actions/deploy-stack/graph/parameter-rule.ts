/** What a template declares for a parameter: its default, and the values that it accepts. */
export type ParameterRule = {
  default: string | undefined
  type: string
  /** Hides the value in messages. */
  noEcho: boolean
  allowedValues: readonly string[] | undefined
  allowedPattern: string | undefined
  /** What the pattern means, in words. */
  constraintDescription: string | undefined
  /** Bounds of the number, both included. */
  number: Bounds
  /** Bounds of the length in characters, both included. */
  length: Bounds
}

type Bounds = { min: number; max: number }

/**
 * Reads the declaration of a parameter:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
export function readParameterRule(declaration: unknown): ParameterRule {
  const { Default, Type, NoEcho, AllowedValues, AllowedPattern, ConstraintDescription, ...bounds } =
    Object(declaration)
  return {
    default: Default === undefined ? undefined : String(Default),
    type: String(Type),
    // CloudFormation reads YAML 1.1, in which all of these are true.
    noEcho: /^(true|yes|on|y)$/i.test(String(NoEcho)),
    allowedValues: Array.isArray(AllowedValues) ? AllowedValues.map(String) : undefined,
    allowedPattern: AllowedPattern === undefined ? undefined : String(AllowedPattern),
    constraintDescription: ConstraintDescription === undefined ? undefined : String(ConstraintDescription),
    number: readBounds(bounds.MinValue, bounds.MaxValue),
    length: readBounds(bounds.MinLength, bounds.MaxLength),
  }
}

const readBounds = (min: unknown, max: unknown): Bounds => ({
  min: min === undefined ? Number.NEGATIVE_INFINITY : Number(min),
  max: max === undefined ? Number.POSITIVE_INFINITY : Number(max),
})

/** Returns what is wrong with a value, if anything. Lists and AWS-specific types are checked by CloudFormation. */
export function findFault(rule: ParameterRule, value: string): string | undefined {
  const expected = expectedOf(rule, value)
  return expected && `expected ${expected}, got ${rule.noEcho ? 'another value' : `"${value}"`}`
}

function expectedOf(rule: ParameterRule, value: string): string | undefined {
  const { type, allowedValues, allowedPattern, number, length } = rule
  if (type !== 'String' && type !== 'Number') return undefined
  if (allowedValues && !allowedValues.includes(value)) return `one of ${allowedValues.join(', ')}`
  if (type === 'Number') {
    const isNumber = /^[+-]?\d+(\.\d+)?$/.test(value)
    return isNumber && isWithin(number, Number(value)) ? undefined : `a number${renderBounds(number)}`
  }
  if (!isWithin(length, value.length)) return `a text of a length${renderBounds(length)}`
  if (allowedPattern === undefined || matches(allowedPattern, value)) return undefined
  return rule.constraintDescription ?? allowedPattern
}

const isWithin = ({ min, max }: Bounds, value: number) => min <= value && value <= max

function renderBounds({ min, max }: Bounds): string {
  return (Number.isFinite(min) ? ` from ${min}` : '') + (Number.isFinite(max) ? ` up to ${max}` : '')
}

// CloudFormation reads patterns as Java does; one that JavaScript cannot read is left to it.
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value)
  } catch {
    return true
  }
}
