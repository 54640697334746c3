import type { ResourceChange as AwsResourceChange } from '@aws-sdk/client-cloudformation'

/** What a change set would do to one resource. */
export type ResourceChange = {
  action: string
  logicalId: string
  type: string
  /** `True`, `False` or `Conditional`; `''` where that is no question. */
  replacement: string
  properties?: readonly PropertyChange[]
  /** What becomes of what is there: `Delete`, `Retain`, `Snapshot`, `ReplaceAndDelete` and so on. */
  policyAction?: string
}

/** What a change set would do to a property; a value that is not known, or not there, is undefined. */
export type PropertyChange = {
  /** Path of the property, such as `Properties/Tags/0`, or the name of an attribute. */
  name: string
  before: string | undefined
  after: string | undefined
  /** Whether the resource is replaced for it: `Always`, `Never`, `Conditionally` or `Unknown`. */
  replaces: string
}

// AWS's word for what is known after the deployment only.
const unknown = /^\{\{changeSet:KNOWN_AFTER_APPLY\}\}$/

/** Reads a change of a change set. */
export function toResourceChange(change: AwsResourceChange | undefined): ResourceChange {
  const properties = (change?.Details ?? []).flatMap(({ Target: target }): PropertyChange[] => {
    const name = (target?.Path ?? [target?.Attribute, target?.Name].filter(Boolean).join('/')).replace(
      /^\//,
      '',
    )
    const values = { before: known(target?.BeforeValue), after: known(target?.AfterValue) }
    return name === '' ? [] : [{ name, ...values, replaces: target?.RequiresRecreation ?? 'Never' }]
  })
  return {
    action: change?.Action ?? '',
    logicalId: change?.LogicalResourceId ?? '',
    type: change?.ResourceType ?? '',
    replacement: change?.Replacement ?? '',
    ...(change?.PolicyAction && { policyAction: change.PolicyAction }),
    ...(properties.length > 0 && { properties: unique(properties) }),
  }
}

const known = (value: string | undefined) => (value === undefined || unknown.test(value) ? undefined : value)

// A property that changes for several causes stands there once for each.
const unique = (properties: readonly PropertyChange[]) => [
  ...new Map(properties.map((property) => [`${property.name} ${property.replaces}`, property])).values(),
]
