import { longestPrefix } from '../../lib/service/prefix.ts'
import { globToPattern } from './glob.ts'
import type { Condition, Line } from './table.ts'

/** A statement that allows actions on resources; texts have `${Names}` of parameters. */
export type Statement = {
  Effect: 'Allow' | 'Deny'
  Action: readonly string[]
  Resource: readonly string[]
  Condition?: Condition
}

type Grant = Pick<Line, 'actions' | 'resources' | 'condition'>

/** Makes the fewest statements that allow what lines allow. */
export function toStatements(lines: readonly Grant[]): Statement[] {
  const isCovered = findCovered(lines)
  const groups = Map.groupBy(lines, ({ resources, condition }) =>
    JSON.stringify([resources, condition ?? null]),
  )
  return [...groups.values()].flatMap((group) => {
    const { resources = [], condition } = group[0] ?? {}
    const actions = [...new Set(group.flatMap((line) => line.actions))]
    const needed = actions.filter(
      (action) => !resources.every((resource) => isCovered(action, resource, resources.length)),
    )
    if (needed.length === 0) return []
    const statement = { Effect: 'Allow' as const, Action: needed.sort(), Resource: resources }
    return [condition ? { ...statement, Condition: condition } : statement]
  })
}

// What a wider line allows anyway: ec2:Describe* allows ec2:DescribeVpcs, and a list of resources a part of it.
function findCovered(
  lines: readonly Grant[],
): (action: string, resource: string, resources: number) => boolean {
  const pairs = lines
    .filter(({ condition }) => condition === undefined)
    .flatMap(({ actions, resources: { length: among }, resources }) =>
      actions.flatMap((action) => resources.map((resource) => ({ action, resource, among }))),
    )
    .map((pair) => ({
      ...pair,
      actions: globToPattern(pair.action),
      resources: globToPattern(pair.resource),
    }))
  return (action, resource, resources) =>
    pairs.some(
      (wide) =>
        (wide.action !== action || wide.resource !== resource || wide.among > resources) &&
        (wide.action === action || wide.actions.test(action)) &&
        (wide.resource === resource || wide.resources.test(resource)),
    )
}

/** How many characters of a managed policy AWS takes, without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const policyLimit = 6_144

/** Counts the characters of a policy as AWS does, with the longest values that its names can have. */
export function measure(statements: readonly Statement[]): number {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  return text.replaceAll(/\$\{([\w:]+)\}/g, (_, name) => 'x'.repeat(longest[name] ?? 64)).length
}

const longest: Readonly<Record<string, number>> = {
  'AWS::Partition': 10,
  'AWS::Region': 14,
  'AWS::AccountId': 12,
  Prefix: longestPrefix,
  PrefixWithUnderscores: longestPrefix,
  BoundaryArn: 90,
}

/** Divides statements among policies that AWS takes. */
export function divide(statements: readonly Statement[]): Statement[][] {
  const parts: Statement[][] = []
  for (const statement of statements.flatMap(halve)) {
    const last = parts.at(-1)
    if (last && measure([...last, statement]) <= policyLimit) last.push(statement)
    else parts.push([statement])
  }
  return parts
}

// A statement that is too long by itself.
function halve(statement: Statement): Statement[] {
  if (measure([statement]) <= policyLimit || statement.Action.length < 2) return [statement]
  const middle = Math.ceil(statement.Action.length / 2)
  const half = (Action: readonly string[]) => halve({ ...statement, Action })
  return [...half(statement.Action.slice(0, middle)), ...half(statement.Action.slice(middle))]
}
