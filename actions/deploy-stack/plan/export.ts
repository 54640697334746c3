import { UserError } from '../../../lib/errors.ts'
import { listFirst } from '../../../lib/quote.ts'
import { listExports } from '../graph/expand.ts'
import type { AccountState } from '../observe/account.ts'
import { type Deployed, listKnownScope, type Place } from './known-values.ts'
import type { StackStep } from './plan.ts'

/** An export of a deployed stack that would go or get another value. */
export type ExportCheck = {
  stackName: string
  name: string
  change: 'removed' | 'changed'
  /** Names of stacks of the plan that are deployed before. */
  before: readonly string[]
}

/** Lists the exports that a plan removes or changes, as far as the templates tell. */
export function listExportChecks(
  steps: readonly StackStep[],
  place: Place,
  deployed: Deployed,
): ExportCheck[] {
  return steps.flatMap((step) => {
    const stack = deployed.get(step.key)
    if (!stack?.exports?.length) return []
    const scope = listKnownScope(step, place, deployed)
    // Of a hidden parameter that is kept, only a mask is known.
    const values = [...scope.values].filter(([name]) => !step.template.parameters.get(name)?.noEcho)
    const planned = listExports(step.template, { ...scope, values: new Map(values) })
    if (!planned) return []
    const before = listBefore(step, steps)
    return stack.exports.flatMap((name): ExportCheck[] => {
      const change = changeOf(
        planned.filter((each) => each.name === name),
        stack.outputs,
      )
      return change === undefined ? [] : [{ stackName: step.stackName, name, change, before }]
    })
  })
}

function changeOf(
  planned: NonNullable<ReturnType<typeof listExports>>,
  outputs: ReadonlyMap<string, string>,
): ExportCheck['change'] | undefined {
  const [one, ...more] = planned
  if (!one) return 'removed'
  const value = outputs.get(one.output)
  const isSame = one.value === undefined || value === undefined || one.value === value
  return more.length > 0 || isSame ? undefined : 'changed'
}

// Of a plan, each stack stands behind those that come before it.
function listBefore({ after }: StackStep, steps: readonly StackStep[]): string[] {
  const before = new Set(after)
  for (const { key, after: earlier } of steps.toReversed())
    if (before.has(key)) for (const each of earlier) before.add(each)
  return steps.flatMap(({ key, stackName }) => (before.has(key) ? [stackName] : []))
}

/**
 * Verifies that no other stack imports what would go or change: CloudFormation would roll back. A stack that is deployed
 * before may give its import up. Throws UserError.
 */
export function verifyExports(
  checks: readonly ExportCheck[],
  { imports }: Pick<AccountState, 'imports'>,
): void {
  for (const { stackName, name, change, before } of checks) {
    const users = (imports.get(name) ?? []).filter((user) => !before.includes(user))
    if (users.length === 0) continue
    throw new UserError(
      `${stackName}: its export ${name} would be ${change}, and is imported by ${listFirst(users)}; keep it, or deploy what imports it without the import first`,
    )
  }
}
