import { quote } from '../../../lib/quote.ts'
import { testBounded } from './bounded-match.ts'
import { translatePattern } from './java-pattern.ts'
import { listOf, mapOf, type Tree, textOf } from './template-tree.ts'

/** What a template declares for a parameter: its default, and the values that it accepts. */
export type ParameterRule = {
  default: string | undefined
  type: string
  /** Hides the value in messages. */
  noEcho: boolean
  /** A value that has several spellings stands here in each: in YAML, `yes` is `true`, too. */
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
 * Reads the declaration of a parameter; `spellings` are the same in others, first with its texts as they stand in the file:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
export function readParameterRule(declaration: Tree, spellings: readonly Tree[] = []): ParameterRule {
  const rule = mapOf(declaration)
  const all = [...spellings, declaration].map(mapOf)
  const values = all.flatMap((each) => listOf(each.AllowedValues))
  return {
    default: textOf(rule.Default) ?? listDefault(rule.Default),
    type: textOf(rule.Type) ?? '',
    // In case of doubt it is hidden: tools differ about `y`.
    noEcho: /^(true|yes|on|y)$/i.test(textOf(rule.NoEcho) ?? ''),
    allowedValues: Array.isArray(rule.AllowedValues)
      ? [...new Set(values.map((value) => textOf(value) ?? ''))]
      : undefined,
    // A pattern of words alone may be no text for YAML.
    allowedPattern: textOf(all[0]?.AllowedPattern),
    constraintDescription: textOf(rule.ConstraintDescription),
    number: readBounds(rule.MinValue, rule.MaxValue),
    length: readBounds(rule.MinLength, rule.MaxLength),
  }
}

const listDefault = (value: Tree) => (Array.isArray(value) ? value.join(',') : undefined)

const readBounds = (min: Tree, max: Tree): Bounds => ({
  min: numberOf(min) ?? Number.NEGATIVE_INFINITY,
  max: numberOf(max) ?? Number.POSITIVE_INFINITY,
})

function numberOf(value: Tree): number | undefined {
  const number = Number(textOf(value) ?? Number.NaN)
  return Number.isNaN(number) ? undefined : number
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const mostBytes = 4096

/** Returns what is wrong with a value, if anything; what only the account tells is left to CloudFormation. */
export function findFault(rule: ParameterRule, value: string): string | undefined {
  const bytes = Buffer.byteLength(value)
  if (bytes > mostBytes) return `expected a value of at most ${mostBytes} bytes, got ${bytes}`
  const expected = expectedOf(rule, value)
  return expected && `expected ${expected}, got ${rule.noEcho ? 'another value' : quote(value)}`
}

function expectedOf(rule: ParameterRule, value: string): string | undefined {
  const { type, number, length } = rule
  if (type === 'String') {
    const isLong = isWithin(length, value.length)
    return (
      findUnlisted(rule, value) ??
      (isLong ? findMismatch(rule, value) : `a text of a length${renderBounds(length)}`)
    )
  }
  if (type === 'Number') {
    const isFit = isNumber(value) && isWithin(number, Number(value))
    return findUnlisted(rule, value) ?? (isFit ? undefined : `a number${renderBounds(number)}`)
  }
  const [, itemType = type === 'CommaDelimitedList' ? 'String' : undefined] = /^List<(.+)>$/.exec(type) ?? []
  if (itemType === undefined) return findOtherForm(type, value)
  // Of a list, CloudFormation looks at each item, without the spaces around it.
  const items = value.split(',').map((item) => item.trim())
  const faults = items.map((item) => {
    if (item === '') return undefined
    if (itemType === 'Number' && !item.includes('{{resolve:')) return isNumber(item) ? undefined : 'a number'
    const fault =
      type === 'CommaDelimitedList' ? (findUnlisted(rule, item) ?? findMismatch(rule, item)) : undefined
    return fault ?? findOtherForm(itemType, item)
  })
  const fault = faults.find((each) => each !== undefined)
  return fault && `${fault} in each item`
}

// As Java reads a number.
const isNumber = (value: string) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim())

function findUnlisted({ allowedValues, type }: ParameterRule, value: string): string | undefined {
  const isListed = !allowedValues || allowedValues.some((each) => isSame(each, value, type))
  return isListed ? undefined : `one of ${allowedValues.join(', ')}`
}

function findMismatch(rule: ParameterRule, value: string): string | undefined {
  const { allowedPattern, constraintDescription } = rule
  if (!allowedPattern || mayMatch(allowedPattern, value)) return undefined
  return constraintDescription || allowedPattern
}

// How the ids begin, by type: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
const idPrefixes: ReadonlyMap<string, string> = new Map([
  ['AWS::EC2::Image::Id', 'ami-'],
  ['AWS::EC2::Instance::Id', 'i-'],
  ['AWS::EC2::SecurityGroup::Id', 'sg-'],
  ['AWS::EC2::Subnet::Id', 'subnet-'],
  ['AWS::EC2::Volume::Id', 'vol-'],
  ['AWS::EC2::VPC::Id', 'vpc-'],
])

function findOtherForm(type: string, value: string): string | undefined {
  // What a dynamic reference stands for is not known.
  if (value === '' || value.includes('{{resolve:')) return undefined
  const prefix = idPrefixes.get(type)
  if (prefix !== undefined && !value.startsWith(prefix)) return `an id such as ${prefix}0123abcd`
  // A name, or its ARN, and perhaps a version or a label.
  const isStored = type.startsWith('AWS::SSM::Parameter::')
  return isStored && !/^[\w./:-]+$/.test(value) ? 'the name of a parameter of SSM' : undefined
}

const isSame = (allowed: string, value: string, type: string) =>
  allowed === value || (type === 'Number' && value.trim() !== '' && Number(allowed) === Number(value))

const isWithin = ({ min, max }: Bounds, value: number) => min <= value && value <= max

function renderBounds({ min, max }: Bounds): string {
  return (Number.isFinite(min) ? ` from ${min}` : '') + (Number.isFinite(max) ? ` up to ${max}` : '')
}

// CloudFormation reads patterns as Java does; one that JavaScript cannot read, or not soon, is left to it.
function mayMatch(pattern: string, value: string): boolean {
  const expression = translatePattern(pattern)
  return expression === undefined || testBounded(expression, value) !== false
}
