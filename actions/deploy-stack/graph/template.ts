import { UserError } from '../../../lib/errors.ts'
import { type Constraint, listOurs, readConstraints } from './constraint.ts'
import { type ParameterRule, readParameterRule } from './parameter-rule.ts'
import { isLoop, listOf, mapOf, readTemplateTree, type Tree, type TreeMap } from './template-tree.ts'

/** What we read of a template: the rest is CloudFormation's. */
export type Template = {
  path: string
  body: string
  /** Parameter name to its declaration. */
  parameters: ReadonlyMap<string, ParameterRule>
  /** The warnings about values of parameters in its `Metadata.Warnings`. */
  warnings: readonly Warning[]
  /** What its `Metadata.Constraints` asks of values of parameters. */
  constraints: readonly Constraint[]
  /** Its sections as they stand, with loops and conditions; `Resources`, `Outputs`, `Conditions` and so on. */
  sections: TreeMap
  /** Whether a macro or an include may change resources and outputs. */
  isTransformed: boolean
  /** The templates that its nested stacks name by a path. */
  nested: readonly (Artifact & { template: Template })[]
  /** The folders of code that properties of its resources name by a path. */
  folders: readonly Artifact[]
}

/** A file or folder that a property of a resource names by a path. */
export type Artifact = {
  /** Of a loop, with its variable: `Handler${Name}`. */
  logicalId: string
  property: string
  /** Where the property stands in the template: keys and, in a loop, positions. */
  at: readonly string[]
  file: string
}

/** A value of a parameter that every deployment and preview warns about, unless a stack of the graph has another. */
type Warning = ParameterValue & { text: string; unless?: ParameterValue }

type ParameterValue = { parameter: string; value: string }

/** Parses a template in YAML or JSON. Throws UserError with line and column. */
export function parseTemplate(body: string, path: string): Template {
  const { sections, spellings } = readTemplateTree(body, path)
  const { Parameters, Resources, Metadata } = sections
  const isTransformed = hasMacro(sections)
  if (Object.keys(mapOf(Resources)).length === 0 && !isTransformed)
    throw new UserError(`${path}: expected Resources, got none`)
  const spelled = spellings('Parameters')
  const readRule = (name: string, declaration: Tree) =>
    readParameterRule(
      declaration,
      spelled.map((each) => each[name]),
    )
  const parameters = Object.entries(mapOf(Parameters)).map(
    ([name, declaration]) => [name, readRule(name, declaration)] as const,
  )
  const { Warnings, Constraints } = mapOf(Metadata)
  return {
    path,
    body,
    parameters: new Map(parameters),
    warnings: readWarnings(Warnings, path),
    constraints: readConstraints(Constraints, path),
    sections,
    isTransformed,
    nested: [],
    folders: [],
  }
}

// These add neither resources nor outputs that the text does not show by name, or are read here.
const readableTransforms = new Set([
  'AWS::LanguageExtensions',
  'AWS::SecretsManager-2020-07-23',
  'AWS::SecretsManager-2024-09-16',
])

function hasMacro({ Transform, Resources, Outputs, ...others }: TreeMap): boolean {
  const transforms = [Transform].flat().filter((each) => each !== undefined)
  return (
    'Fn::Transform' in others ||
    [Resources, Outputs].some((section) => 'Fn::Transform' in mapOf(section)) ||
    transforms.some((each) => typeof each !== 'string' || !readableTransforms.has(each))
  )
}

/** Lists a template and all that are nested in it, each once: many may nest the same one. */
export function listTemplates(template: Template): Template[] {
  const all = new Set([template])
  // What is added on the way comes up as well.
  for (const { nested } of all) for (const each of nested) all.add(each.template)
  return [...all]
}

/** Lists the types of all resources that a template may make, with those of nested templates. */
export function listTypes(template: Template): string[] {
  const typesIn = (entries: TreeMap): Tree[] =>
    Object.entries(entries).flatMap(([name, value]) =>
      isLoop(name) ? typesIn(mapOf(listOf(value)[2])) : [mapOf(value).Type],
    )
  const types = listTemplates(template).flatMap(({ sections }) => typesIn(mapOf(sections.Resources)))
  return types.filter((type) => typeof type === 'string')
}

function readWarnings(warnings: Tree, path: string): Warning[] {
  return listOurs(warnings).map((entry) => {
    const { Text, Unless } = entry
    const [of, unless] = [readParameterValue(entry), readParameterValue(Unless)]
    if (!of || typeof Text !== 'string' || (Unless !== undefined && !unless)) {
      throw new UserError(
        `${path}: Metadata.Warnings: expected Parameter, Value and Text in each, and Parameter and Value in Unless`,
      )
    }
    return { ...of, text: Text, ...(unless && { unless }) }
  })
}

function readParameterValue(entry: Tree): ParameterValue | undefined {
  const { Parameter, Value } = mapOf(entry)
  if (typeof Parameter !== 'string' || typeof Value !== 'string') return undefined
  return { parameter: Parameter, value: Value }
}
