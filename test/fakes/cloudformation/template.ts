import { parse } from 'yaml'
import type { ChangeSetRequest } from '../../../lib/aws/change-set.ts'
import type { ResourceChange } from '../../../lib/aws/resource-change.ts'

/** A template with the values of its parameters put in: of functions, it knows `Ref` to parameters only. */
export type Resolved = {
  body: string
  /** Logical id to type and properties, and whether the resource stays when the stack is deleted. */
  resources: Map<string, { type: string; properties: string; isRetained: boolean }>
  outputs: Map<string, string>
  parameters: Map<string, string>
}

/** Puts the values of a request into its template; `previous` are those that the stack has. */
export function resolveTemplate(
  body: string,
  given: ChangeSetRequest['parameters'],
  previous: ReadonlyMap<string, string>,
): Resolved | { refusal: string } {
  const { Parameters = {}, Resources = {}, Outputs = {} } = parse(body)
  const unknown = [...given.keys()].filter((name) => !(name in Parameters))
  if (unknown.length > 0) return { refusal: `Parameters: [${unknown}] do not exist in the template` }
  const parameters = new Map<string, string>()
  const missing: string[] = []
  for (const [name, { Default }] of Object.entries<{ Default?: unknown }>(Parameters)) {
    const value = given.has(name) ? (given.get(name) ?? previous.get(name)) : Default
    if (value === undefined) missing.push(name)
    else parameters.set(name, String(value))
  }
  if (missing.length > 0) return { refusal: `Parameters: [${missing}] must have values` }
  const put = (value: unknown) =>
    JSON.stringify(value ?? {}, (_, each) => parameters.get(Object(each).Ref) ?? each)
  return {
    body,
    resources: new Map(
      Object.entries<{ Type: string; Properties?: unknown; DeletionPolicy?: string }>(Resources).map(
        ([id, { Type, Properties, DeletionPolicy }]) => [
          id,
          { type: Type, properties: put(Properties), isRetained: DeletionPolicy === 'Retain' },
        ],
      ),
    ),
    outputs: new Map(
      Object.entries<{ Value: unknown }>(Outputs).map(([name, { Value }]) => [name, JSON.parse(put(Value))]),
    ),
    parameters,
  }
}

/** Lists what has to be done to resources to get from one template to another. */
export function compareTemplates(before: Resolved | undefined, after: Resolved): ResourceChange[] {
  const old = before?.resources ?? new Map()
  const added = [...after.resources].flatMap(([logicalId, { type, properties }]): ResourceChange[] => {
    if (!old.has(logicalId)) return [{ action: 'Add', logicalId, type, replacement: '' }]
    if (old.get(logicalId)?.properties === properties) return []
    return [{ action: 'Modify', logicalId, type, replacement: 'False' }]
  })
  const removed = [...old].flatMap(([logicalId, { type }]): ResourceChange[] =>
    after.resources.has(logicalId) ? [] : [{ action: 'Remove', logicalId, type, replacement: '' }],
  )
  return [...added, ...removed]
}
