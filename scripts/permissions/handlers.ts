import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from '../local-aws-process.ts'

// cfn-lint ships AWS's resource schemas and its service authorization reference.
const folder = () => {
  const [found] = globSync('.venv/lib/python3.*/site-packages/cfnlint/data', { cwd: root })
  if (!found) throw new Error('.venv: expected cfn-lint, found none; run node scripts/setup.mjs')
  return join(root, found)
}
const readJson = (...path: string[]) => JSON.parse(readFileSync(join(folder(), ...path), 'utf8'))

type Schema = { handlers?: Record<string, { permissions: string[] }> }

// What a deployment does; `list` is for those who look for resources.
const deployment = ['create', 'read', 'update', 'delete']

/** Lists the IAM actions of the handlers of each resource type in our templates, and the types that need each. */
export function listHandlerActions(templates: readonly string[]): Map<string, string[]> {
  const schemas: Record<string, string> = readJson('schemas', 'providers', 'us-east-1.json')
  const found = new Map<string, Set<string>>()
  for (const type of listTypes(templates)) {
    const schema: Schema = readJson('schemas', 'resources', `${schemas[type]?.replace(/\.json$/, '')}.json`)
    const handlers = Object.entries(schema.handlers ?? {}).filter(([name]) => deployment.includes(name))
    for (const action of handlers.flatMap(([, { permissions }]) => permissions))
      found.set(action, (found.get(action) ?? new Set()).add(type))
  }
  return new Map(
    [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([action, types]) => [action, [...types]]),
  )
}

function listTypes(templates: readonly string[]): string[] {
  const types = templates.flatMap((path) => {
    const template: { Resources: Record<string, { Type: string }> } = parse(
      readFileSync(join(root, path), 'utf8'),
      { logLevel: 'error' },
    )
    return Object.values(template.Resources).map(({ Type }) => Type)
  })
  return [...new Set(types)].sort()
}

type Services = Record<string, { Actions: Record<string, { Resources?: string[] }> }>

let reference: Services | undefined

/** Returns whether an action knows resources; one that does not has to be allowed on all. A pattern counts as none. */
export function knowsResources(action: string): boolean {
  reference ??= readJson('AdditionalSpecs', 'Policies.json') as Services
  const [service = '', name = ''] = action.split(':')
  return (reference[service]?.Actions[name.toLowerCase()]?.Resources ?? []).length > 0
}
