import type { ResourceChange } from '../../../lib/aws/resource-change.ts'
import type { StackContext } from '../context.ts'
import { listResources } from '../graph/expand.ts'
import { listKnownScope } from '../plan/known-values.ts'
import type { StackStep } from '../plan/plan.ts'

/** Lists what the template of a step makes, with the condition of each that only a deployment tells. */
export function listNew(step: StackStep, { connections, inputs }: StackContext): ResourceChange[] {
  const scope = listKnownScope(step, { ...connections, prefix: inputs.prefix }, new Map())
  return listResources(step.template, scope).map(({ logicalId, type, condition }) => ({
    action: step.adoptions.some((each) => each.logicalId === logicalId) ? 'Import' : 'Add',
    logicalId: condition === undefined ? logicalId : `${logicalId}, if ${condition}`,
    type,
    replacement: '',
  }))
}
