import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { TimeoutError, UserError } from '../../../lib/errors.ts'
import { endBy } from '../../../lib/wait.ts'
import { type StackContext, stackNameOf } from '../context.ts'
import { namedTypes } from '../graph/named-type.ts'
import type { StackEntry } from '../graph/stack-entry.ts'
import { describeStacks } from '../observe/stacks.ts'
import { verifyStacksAreOurs } from '../plan/ownership.ts'
import { drainCapacity } from './drain.ts'
import { deleteStack } from './operation.ts'
import { forgetServices, servicesOf, whileHeld } from './pausable.ts'

/** What became of one stack that was to go. */
export type DestroyResult = {
  key: string
  stackName: string
  kind: 'destroyed' | 'absent' | 'failed' | 'timeout'
  cause: string
}

/** Types of resources that hold data: a destroy deletes them only where that is asked for. */
export const dataTypes: readonly string[] = [...namedTypes].flatMap(([type, { adoptable }]) =>
  adoptable ? [type] : [],
)

/** Throws UserError where a stack may not be deleted, or is deployed and depends on them: one of `dependents`. */
export async function verifyDeletable(
  entries: readonly StackEntry[],
  dependents: readonly string[],
  context: StackContext,
): Promise<void> {
  const stacks = await describeStacks(entries, context)
  verifyStacksAreOurs(entries, stacks, context.inputs)
  const kept = [...stacks.values()].find(({ isProtected }) => isProtected)
  if (kept)
    throw new UserError(
      `${kept.name}: its termination protection is on, so that nothing was deleted; turn it off in CloudFormation, or leave the stack out with the input only`,
    )
  for (const key of dependents) {
    if (!(await context.cloudFormation.describe(stackNameOf(key, context)))) continue
    throw new UserError(
      `only: the stack "${key}" is deployed and depends on what would go; add it to the list`,
    )
  }
}

/** Deletes stacks one after the other, in the order given, and stops at the first that stays; adds to the results. */
export async function destroyStacks(
  entries: readonly StackEntry[],
  context: StackContext,
  results: DestroyResult[] = [],
): Promise<DestroyResult[]> {
  for (const { key } of entries) {
    context.signal.throwIfAborted()
    const result = await destroyStack(key, context)
    context.log.info(`${result.stackName}: ${result.kind}${result.cause ? `: ${result.cause}` : ''}`)
    results.push(result)
    if (result.kind === 'failed' || result.kind === 'timeout') break
  }
  return results
}

function findConflict({ status }: Stack): string | undefined {
  if (!/^(UPDATE|ROLLBACK|IMPORT)_.*IN_PROGRESS$/.test(status)) return undefined
  return `the stack is in ${status}; a deployment is at work: run again when it is done`
}

async function destroyStack(key: string, context: StackContext): Promise<DestroyResult> {
  const stackName = stackNameOf(key, context)
  const stack = await context.cloudFormation.describe(stackName)
  if (!stack) return { key, stackName, kind: 'absent', cause: '' }
  // What is emptied cannot be filled again where CloudFormation then refuses the deletion.
  const conflict = findConflict(stack)
  if (conflict !== undefined) return { key, stackName, kind: 'failed', cause: conflict }
  const resources = await context.cloudFormation.listResources(stack.arn)
  const stored = resources.filter(({ type }) => dataTypes.includes(type))
  const { deleteData } = context.inputs
  const services = servicesOf(resources)
  try {
    const work = async (context: StackContext) => {
      // CloudFormation deletes no bucket that holds something. Who writes there is gone: it comes later in the graph.
      if (deleteData) await deleteObjects(stored, context)
      await drainCapacity(resources, context)
      const cause = await deleteStack(stackName, stack.arn, context)
      if (cause !== undefined) throw new UserError(cause)
      await forgetServices(services, context)
      // Who writes here may be of this stack, so that a log group goes last.
      if (deleteData) await deleteLogs(stored, context)
    }
    const hold = async () => await whileHeld(services, context, work)
    await endBy(hold, { ...context, what: `deletion of ${stackName}` })
  } catch (error) {
    if (error instanceof TimeoutError) return { key, stackName, kind: 'timeout', cause: error.message }
    if (error instanceof UserError) return { key, stackName, kind: 'failed', cause: error.message }
    throw error
  }
  return { key, stackName, kind: 'destroyed', cause: renderKept(stored, context) }
}

type Stored = readonly { physicalId: string; type: string }[]

async function deleteObjects(stored: Stored, context: StackContext): Promise<void> {
  const { dataDeletion } = context.connections
  for (const { physicalId, type } of stored) {
    if (type === 'AWS::Logs::LogGroup') continue
    context.log.info(`delete ${physicalId} with all that it holds`)
    if (type === 'AWS::S3::Bucket') await dataDeletion.deleteBucket(physicalId)
    else await dataDeletion.deleteRepository(physicalId)
  }
}

async function deleteLogs(stored: Stored, context: StackContext): Promise<void> {
  for (const { physicalId, type } of stored) {
    if (type === 'AWS::Logs::LogGroup') await context.connections.dataDeletion.deleteLogGroup(physicalId)
  }
}

function renderKept(stored: Stored, context: StackContext): string {
  if (context.inputs.deleteData || stored.length === 0) return ''
  return `what its template retains stays, of: ${stored.map(({ physicalId }) => physicalId).join(', ')}`
}
