import { changeSetDescription } from '../../../lib/aws/change-set.ts'
import type { ListedChangeSet } from '../../../lib/aws/change-set-list.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { StackContext } from '../context.ts'

/** Deletes the change sets that interrupted runs of this action left on a stack; a failure is a line of the log. */
export async function deleteAbandonedChangeSets(stackName: string, context: StackContext): Promise<void> {
  const { cloudFormation, clock, inputs, log, signal } = context
  const endedBefore = clock.now() - inputs.timeoutSeconds * 1000
  try {
    for (const changeSet of await cloudFormation.listChangeSets(stackName)) {
      signal.throwIfAborted()
      if (!isAbandoned(changeSet, inputs.mode, endedBefore)) continue
      log.info(`${stackName}: delete the change set ${changeSet.name} of an interrupted run`)
      await cloudFormation.deleteChangeSet(changeSet.arn)
    }
  } catch (error) {
    signal.throwIfAborted()
    log.info(`${stackName}: cannot delete the change sets of interrupted runs: ${messageOf(error)}`)
  }
}

// Of several deployments of a stack, only one can succeed. But previews run beside each other and beside a deployment:
// their change sets are abandoned only when their run must have ended.
function isAbandoned(
  { name, description, executionStatus, createdAt }: ListedChangeSet,
  mode: string,
  endedBefore: number,
): boolean {
  const [, madeBy] = /^(deploy|execute|import|preview)-[0-9a-f]{32}(?:-\d)?$/.exec(name) ?? []
  const isOurs = madeBy !== undefined && description === changeSetDescription
  if (!isOurs || /^EXECUTE_(IN_PROGRESS|COMPLETE)$/.test(executionStatus)) return false
  return madeBy !== 'preview' ? mode === 'deploy' : createdAt.getTime() < endedBefore
}
