import { LineCounter, parseDocument } from 'yaml'
import { UserError } from '../../lib/errors.ts'

/** What we read of a template: the rest is CloudFormation's. */
export type Template = {
  path: string
  body: string
  /** Parameter name to whether it has a default. */
  parameters: ReadonlyMap<string, { hasDefault: boolean }>
  /** Logical id to resource type. */
  resources: ReadonlyMap<string, string>
}

/** Parses a template in YAML or JSON. Throws UserError with line and column. */
export function parseTemplate(body: string, path: string): Template {
  const lines = new LineCounter()
  // Short forms such as !Ref are tags that YAML does not know; their values are not needed here.
  const document = parseDocument(body, { lineCounter: lines, logLevel: 'silent' })
  const [error] = document.errors
  if (error) {
    const { line, col } = lines.linePos(error.pos[0])
    throw new UserError(`${path}:${line}:${col}: ${error.message.split('\n')[0]}`)
  }
  const { Parameters, Resources } = Object(document.toJS())
  if (Object.keys(Object(Resources)).length === 0)
    throw new UserError(`${path}: expected Resources, got none`)
  const parameters = Object.entries(Object(Parameters)).map(
    ([name, parameter]) => [name, { hasDefault: Object(parameter).Default !== undefined }] as const,
  )
  const resources = Object.entries(Object(Resources)).map(
    ([id, resource]) => [id, String(Object(resource).Type)] as const,
  )
  return { path, body, parameters: new Map(parameters), resources: new Map(resources) }
}
