import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { awsErrorDetail, awsErrorName } from '../../../lib/aws/errors.ts'
import { listFirst } from '../../../lib/quote.ts'
import type { StackContext } from '../context.ts'
import { namedTypes } from '../graph/named-type.ts'
import type { StackStep } from '../plan/plan.ts'
import { isBusy, waitForIdle, waitWhileBusy } from './busy.ts'
import { deleteStack, makeToken, runOperation } from './operation.ts'
import type { StackOutcome } from './outcome.ts'
import { describeStatus, findObstacle } from './recovery.ts'

/** A stack that can be deployed as it is; `undefined` for one that is created. */
type Ready = { stack: Stack | undefined }

/**
 * Brings a stack to where it can be deployed: waits for the operation that is under way, continues a rollback that
 * failed, and deletes what can only be deleted. Returns the outcome where that is not possible.
 */
export async function readyStack(
  step: Pick<StackStep, 'key' | 'stackName'>,
  found: Stack | undefined,
  context: StackContext,
): Promise<Ready | StackOutcome> {
  const waited = found && isBusy(found) ? await waitWhileBusy(found, context) : { stack: found }
  if ('conflict' in waited) return { kind: 'conflict', cause: waited.conflict }
  const { stack } = waited
  if (!stack) return { stack }
  const obstacle = findObstacle(stack.status)
  if (obstacle === 'stuck')
    return { kind: 'conflict', cause: `the stack is in ${describeStatus(stack.status)}` }
  if (obstacle === 'rollback') return await continueRollback(step, stack, context)
  if (obstacle === 'remains') return await removeStack(stack, context)
  return { stack }
}

async function continueRollback(
  { key, stackName }: Pick<StackStep, 'key' | 'stackName'>,
  { arn, status }: Stack,
  context: StackContext,
): Promise<Ready | StackOutcome> {
  const { cloudFormation, inputs, log } = context
  const skipped = inputs.skipResources.flatMap((name) =>
    name.startsWith(`${key}.`) ? [name.slice(key.length + 1)] : [],
  )
  const without = skipped.length > 0 ? `, without ${skipped.join(', ')}` : ''
  log.info(`${stackName}: is in ${status}; continuing its rollback first${without}`)
  const token = makeToken(context, stackName, 'continue')
  const operation = { stackName, stackArn: arn, what: `rollback of ${stackName}`, token }
  const begin = () => cloudFormation.continueRollback(arn, skipped, token)
  const ending = await runOperation(operation, begin, context).catch(explainRefusal)
  if ('kind' in ending) return ending
  const { event, failure } = ending
  if (event.status.startsWith('UPDATE_ROLLBACK_COMPLETE'))
    return { stack: await waitForIdle(arn, context, status) }
  const resource = failure.logicalId ?? 'LogicalId'
  const cause = `its rollback cannot be continued: ${failure.cause}; mend it and run again, or leave the resource as it is with skip-resources: ${key}.${resource}`
  return { kind: 'failed', ...failure, cause }
}

// Such as of a resource to skip that does not keep the rollback.
function explainRefusal(error: unknown): StackOutcome {
  if (awsErrorName(error) !== 'ValidationError') throw error
  const cause = `its rollback cannot be continued: ${awsErrorDetail(error)}; correct skip-resources, and run again`
  return { kind: 'failed', cause }
}

async function removeStack(stack: Stack, context: StackContext): Promise<Ready | StackOutcome> {
  const { name, arn, status } = stack
  const refusal = await reviewRemoval(stack, context)
  if (refusal !== undefined) return { kind: 'refused', cause: refusal }
  context.log.info(`${name}: is in ${status} and can only be deleted; deleting it first`)
  const { cause } = await deleteStack(name, arn, context)
  if (cause === undefined) return { stack: undefined }
  return { kind: 'failed', cause: `the stack is in ${status} and cannot be deleted: ${cause}` }
}

/** Says why a stack is not deleted that can only be deleted: it has data, and its name is not allowed. */
export async function reviewRemoval(
  { name, arn, status }: Stack,
  { cloudFormation, inputs }: StackContext,
): Promise<string | undefined> {
  const kept = (await cloudFormation.listResources(arn)).filter(({ type }) => namedTypes.get(type)?.adoptable)
  if (kept.length === 0 || inputs.allow.includes(name)) return undefined
  const data = listFirst(
    kept.map(({ type, physicalId }) => `the ${namedTypes.get(type)?.noun} ${physicalId}`),
  )
  return `the stack is in ${status} and can only be deleted, but still has ${data}: save what you need and give allow: ${name}`
}
