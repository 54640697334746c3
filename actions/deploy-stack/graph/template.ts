import { UserError } from '../../../lib/errors.ts'
import { parseYaml, toPlain, toTagged } from '../../../lib/yaml.ts'
import { type Constraint, readConstraints } from './constraint.ts'
import { namedTypes } from './named-type.ts'
import { type ParameterRule, readParameterRule } from './parameter-rule.ts'

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
  /** Logical id to resource type. */
  resources: ReadonlyMap<string, string>
  /** Resources whose names are their own. */
  named: readonly NamedResource[]
  /** The section Conditions, with functions as tags or in the long form. */
  conditions: Readonly<Record<string, unknown>>
  /** Names of the outputs; undefined when only CloudFormation can resolve them. */
  outputs: readonly string[] | undefined
}

/** A resource whose name the template gives. */
type NamedResource = {
  logicalId: string
  type: string
  /** A text or a function. */
  name: unknown
  /** Name of the condition under which it is made. */
  condition: string | undefined
  /** Whether it stays when its stack is deleted. */
  isRetained: boolean
}

/** A value of a parameter that every deployment and preview warns about. */
type Warning = { parameter: string; value: string; text: string }

/** Parses a template in YAML or JSON. Throws UserError with line and column. */
export function parseTemplate(body: string, path: string): Template {
  // Short forms such as !Ref are unknown tags for YAML; their values are not needed here.
  const parsed = parseYaml(body, path)
  const { Parameters, Resources, Outputs, Transform, Metadata } = Object(toPlain(parsed, path))
  if (Object.keys(Object(Resources)).length === 0)
    throw new UserError(`${path}: expected Resources, got none`)
  const parameters = Object.entries(Object(Parameters)).map(
    ([name, declaration]) => [name, readParameterRule(declaration)] as const,
  )
  const resources = Object.entries(Object(Resources)).map(
    ([id, resource]) => [id, String(Object(resource).Type)] as const,
  )
  return {
    path,
    body,
    parameters: new Map(parameters),
    warnings: readWarnings(Object(Metadata).Warnings, path),
    constraints: readConstraints(Object(Metadata).Constraints, path),
    resources: new Map(resources),
    ...readNamed(Object(toTagged(parsed))),
    // A transform may add outputs that the text does not show.
    outputs: Transform === undefined ? Object.keys(Object(Outputs)) : undefined,
  }
}

function readNamed({ Resources, Conditions }: { Resources?: unknown; Conditions?: unknown }) {
  const named = Object.entries(Object(Resources)).flatMap(([logicalId, resource]): NamedResource[] => {
    const { Type, Properties, Condition, DeletionPolicy } = Object(resource)
    const name = namedTypes
      .get(Type)
      ?.property.reduce((within: unknown, key) => Object(within)[key], Properties)
    if (name === undefined) return []
    const isRetained = /^Retain(ExceptOnCreate)?$/.test(String(DeletionPolicy))
    const condition = Condition === undefined ? undefined : String(Condition)
    return [{ logicalId, type: String(Type), name, condition, isRetained }]
  })
  return { named, conditions: Object(Conditions) }
}

function readWarnings(warnings: unknown, path: string): Warning[] {
  if (warnings === undefined) return []
  if (!Array.isArray(warnings)) throw new UserError(`${path}: Metadata.Warnings: expected a list`)
  return warnings.map((warning) => {
    const { Parameter, Value, Text } = Object(warning)
    if (Parameter === undefined || Value === undefined || Text === undefined) {
      throw new UserError(`${path}: Metadata.Warnings: expected Parameter, Value and Text in each`)
    }
    return { parameter: String(Parameter), value: String(Value), text: String(Text) }
  })
}
