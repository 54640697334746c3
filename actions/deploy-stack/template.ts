import { UserError } from '../../lib/errors.ts'
import { parseYaml } from '../../lib/yaml.ts'

/** What we read of a template: the rest is CloudFormation's. */
export type Template = {
  path: string
  body: string
  /** Parameter name to whether it has a default. */
  parameters: ReadonlyMap<string, { hasDefault: boolean }>
  /** Logical id to resource type. */
  resources: ReadonlyMap<string, string>
  /** Names of the outputs; undefined where only CloudFormation can tell. */
  outputs: readonly string[] | undefined
}

/** Parses a template in YAML or JSON. Throws UserError with line and column. */
export function parseTemplate(body: string, path: string): Template {
  // Short forms such as !Ref are tags that YAML does not know; their values are not needed here.
  const { document } = parseYaml(body, path)
  const { Parameters, Resources, Outputs, Transform } = Object(document.toJS())
  if (Object.keys(Object(Resources)).length === 0)
    throw new UserError(`${path}: expected Resources, got none`)
  const parameters = Object.entries(Object(Parameters)).map(
    ([name, parameter]) => [name, { hasDefault: Object(parameter).Default !== undefined }] as const,
  )
  const resources = Object.entries(Object(Resources)).map(
    ([id, resource]) => [id, String(Object(resource).Type)] as const,
  )
  return {
    path,
    body,
    parameters: new Map(parameters),
    resources: new Map(resources),
    // A transform may add outputs that the text does not show.
    outputs: Transform === undefined ? Object.keys(Object(Outputs)) : undefined,
  }
}
