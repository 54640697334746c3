import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml'

/** Values of parameters by name; the others have their default. */
export type Given = Readonly<Record<string, string>>

/** A template of CloudFormation, its functions as objects with the tag as key, such as `{ '!Ref': 'Zones' }`. */
export type CfnTemplate = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Reads a template in YAML, in which functions have their short form. */
export function readCfnTemplate(text: string): CfnTemplate {
  return Object(toPlain(parseDocument(text, { logLevel: 'silent' }).contents))
}

function toPlain(node: unknown): unknown {
  if (isAlias(node)) throw new Error('template: aliases are not expected')
  const value = isMap(node)
    ? Object.fromEntries(node.items.map((pair) => [String(pair.key), toPlain(pair.value)]))
    : isSeq(node)
      ? node.items.map(toPlain)
      : isScalar(node)
        ? node.value
        : node
  const tag = isMap(node) || isSeq(node) || isScalar(node) ? node.tag : undefined
  return tag && /^![A-Z]/.test(tag) ? { [tag]: value } : value
}

/** Reads a value that is a text or a reference to a parameter. */
export function readValue(template: CfnTemplate, value: unknown, given: Given): string {
  const name = Object(value)['!Ref']
  if (name === undefined) return String(value)
  return given[name] ?? String(Object(template.Parameters?.[name]).Default ?? '')
}

/** Lists the properties of the resources of a type that a template creates with these parameters. */
export function listResources(
  template: CfnTemplate,
  type: string,
  given: Given = {},
): Readonly<Record<string, unknown>>[] {
  return Object.values(template.Resources ?? {})
    .map((resource) => Object(resource))
    .filter(({ Type, Condition }) => Type === type && (!Condition || holds(template, Condition, given)))
    .map(({ Properties }) => Object(Properties))
}

const holds = (template: CfnTemplate, name: string, given: Given): boolean =>
  isTrue(template, template.Conditions?.[name], given)

function isTrue(template: CfnTemplate, condition: unknown, given: Given): boolean {
  const [[name, argument] = ['', undefined]] = Object.entries(Object(condition))
  if (name === '!Condition') return holds(template, String(argument), given)
  const parts: readonly unknown[] = Array.isArray(argument) ? argument : []
  if (name === '!Equals') return new Set(parts.map((part) => readValue(template, part, given))).size === 1
  if (name === '!Not') return !isTrue(template, parts[0], given)
  if (name === '!And') return parts.every((part) => isTrue(template, part, given))
  if (name === '!Or') return parts.some((part) => isTrue(template, part, given))
  throw new Error(
    `conditions: expected !Equals, !Not, !And, !Or or !Condition, got ${JSON.stringify(condition)}`,
  )
}
