import type { ResourceChange } from '../../../lib/aws/resource-change.ts'
import type { FakeStack, FakeStacks, Step, Trouble } from './state.ts'
import type { Resolved } from './template.ts'

type Troubles = ReadonlyMap<string, readonly Trouble[]>
const troubleOf = (troubles: Troubles, logicalId: string, at: Trouble['at']) =>
  troubles.get(logicalId)?.find((each) => each.at === at)

/** Plans the creation or the update of a stack, with its rollback where a resource fails. */
export function planDeployment(
  stack: FakeStack,
  after: Resolved,
  changes: readonly ResourceChange[],
  troubles: Troubles,
): Step[] {
  const isNew = stack.template === undefined
  const isImport = changes.some(({ action }) => action === 'Import')
  const verb = isImport ? 'IMPORT' : isNew ? 'CREATE' : 'UPDATE'
  const steps: Step[] = [{ status: `${verb}_IN_PROGRESS`, reason: 'User Initiated' }]
  const done: ResourceChange[] = []
  for (const change of changes.filter(({ action }) => action !== 'Remove')) {
    const action = isImport ? 'IMPORT' : change.action === 'Add' ? 'CREATE' : 'UPDATE'
    steps.push({ resource: change, status: `${action}_IN_PROGRESS` })
    const at = change.action === 'Add' ? 'create' : 'update'
    const trouble = troubleOf(troubles, change.logicalId, at)
    if (trouble?.hangs) return steps
    if (trouble) {
      steps.push({ resource: change, status: `${action}_FAILED`, reason: trouble.reason })
      const failed = `The following resource(s) failed to ${at}: [${change.logicalId}]. `
      return [...steps, ...planRollback(stack, failed, done, troubles)]
    }
    const apply = () => stack.existing.set(change.logicalId, change.type)
    steps.push({ resource: change, status: `${action}_COMPLETE`, apply })
    done.push(change)
  }
  const arrive = () => {
    stack.template = after
    for (const { action, logicalId } of changes) if (action === 'Remove') stack.existing.delete(logicalId)
  }
  if (isNew || isImport) return [...steps, { status: `${verb}_COMPLETE`, apply: arrive }]
  return [
    ...steps,
    { status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', apply: arrive },
    { status: 'UPDATE_COMPLETE' },
  ]
}

function planRollback(
  stack: FakeStack,
  failed: string,
  done: readonly ResourceChange[],
  troubles: Troubles,
): Step[] {
  const isNew = stack.template === undefined
  const prefix = isNew ? 'ROLLBACK' : 'UPDATE_ROLLBACK'
  const reason = isNew ? `${failed}Rollback requested by user.` : failed
  const steps: Step[] = [{ status: `${prefix}_IN_PROGRESS`, reason }]
  for (const change of done.toReversed()) {
    const action = change.action === 'Add' ? 'DELETE' : 'UPDATE'
    const trouble = troubleOf(troubles, change.logicalId, 'rollback')
    if (trouble) {
      steps.push({ resource: change, status: `${action}_FAILED`, reason: trouble.reason })
      const failedToo = `The following resource(s) failed to delete: [${change.logicalId}]. `
      return [...steps, { status: `${prefix}_FAILED`, reason: failedToo }]
    }
    const apply = () => change.action === 'Add' && stack.existing.delete(change.logicalId)
    steps.push({ resource: change, status: `${action}_COMPLETE`, apply })
  }
  return [...steps, { status: `${prefix}_COMPLETE` }]
}

/** Plans how a rollback goes on that failed: what could not be rolled back is tried again, or skipped. */
export function planContinuation(stack: FakeStack, skipped: readonly string[], troubles: Troubles): Step[] {
  const stuck = [...troubles.keys()].find(
    (logicalId) => troubleOf(troubles, logicalId, 'rollback') && !skipped.includes(logicalId),
  )
  const start = { status: 'UPDATE_ROLLBACK_IN_PROGRESS', reason: 'User Initiated' }
  if (stuck === undefined) return [start, { status: 'UPDATE_ROLLBACK_COMPLETE' }]
  const resource = { logicalId: stuck, type: stack.existing.get(stuck) ?? '' }
  const { reason = '' } = troubleOf(troubles, stuck, 'rollback') ?? {}
  return [start, { resource, status: 'UPDATE_FAILED', reason }, { status: 'UPDATE_ROLLBACK_FAILED' }]
}

/** Plans the deletion of a stack. */
export function planDeletion(
  stack: FakeStack,
  { troubles, refusedDeletions }: Pick<FakeStacks, 'troubles' | 'refusedDeletions'>,
): Step[] {
  const steps: Step[] = [{ status: 'DELETE_IN_PROGRESS', reason: 'User Initiated' }]
  const reason = refusedDeletions.get(stack.name)
  if (reason !== undefined) return [...steps, { status: stack.status, reason }]
  for (const [logicalId, type] of [...stack.existing].toReversed()) {
    const resource = { logicalId, type }
    const retain = () => stack.existing.delete(logicalId)
    if (stack.template?.resources.get(logicalId)?.isRetained) {
      steps.push({ resource, status: 'DELETE_SKIPPED', apply: retain })
      continue
    }
    steps.push({ resource, status: 'DELETE_IN_PROGRESS' })
    const trouble = troubleOf(troubles, logicalId, 'delete')
    if (trouble?.hangs) return steps
    if (trouble) {
      steps.push({ resource, status: 'DELETE_FAILED', reason: trouble.reason })
      const reason = `The following resource(s) failed to delete: [${logicalId}]. `
      return [...steps, { status: 'DELETE_FAILED', reason }]
    }
    steps.push({ resource, status: 'DELETE_COMPLETE', apply: () => stack.existing.delete(logicalId) })
  }
  return [...steps, { status: 'DELETE_COMPLETE' }]
}
