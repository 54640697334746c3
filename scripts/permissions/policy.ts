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

/** Makes the fewest statements that allow what lines allow, and none of it twice. */
export function toStatements(lines: readonly Grant[]): Statement[] {
  const pairs = toPairs(lines)
  const isCovered = findCovered(pairs)
  const needed = pairs.filter((pair) => !isCovered(pair))
  const actions = Map.groupBy(needed, ({ action, condition }) => JSON.stringify([action, condition ?? null]))
  const grants = [...actions.values()].map((group) => ({
    ...group[0],
    resources: [...new Set(group.map(({ resource }) => resource))],
  }))
  const groups = Map.groupBy(grants, ({ resources, condition }) =>
    JSON.stringify([resources.toSorted(), condition ?? null]),
  )
  return [...groups.values()].map((group) => {
    const { resources = [], condition } = group[0] ?? {}
    const Action = group.flatMap(({ action = [] }) => action).sort()
    const statement = { Effect: 'Allow' as const, Action, Resource: resources }
    return condition ? { ...statement, Condition: condition } : statement
  })
}

type Pair = { action: string; resource: string; condition: Condition | undefined }

const toPairs = (lines: readonly Grant[]): Pair[] =>
  lines.flatMap(({ actions, resources, condition }) =>
    actions.flatMap((action) => resources.map((resource) => ({ action, resource, condition }))),
  )

// What is allowed anyway: ec2:Describe* allows ec2:DescribeVpcs, and no condition what a condition allows.
function findCovered(pairs: readonly Pair[]): (pair: Pair) => boolean {
  const wide = pairs
    .filter(({ condition }) => condition === undefined)
    .map((pair) => ({
      ...pair,
      actions: globToPattern(pair.action),
      resources: globToPattern(pair.resource),
    }))
  return ({ action, resource, condition }) =>
    wide.some(
      (each) =>
        (each.action !== action || each.resource !== resource || condition !== undefined) &&
        (each.action === action || each.actions.test(action)) &&
        (each.resource === resource || each.resources.test(resource)),
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
