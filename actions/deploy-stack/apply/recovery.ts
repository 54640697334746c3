import { undeployableStatuses } from '../../../lib/aws/cloudformation.ts'

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-console-view-stack-data-resources-status-codes
const again = 'run again, which deletes the stack and makes it again'
const before = 'the stack is as it was before; correct the cause and run again'
const nextSteps: Readonly<Record<string, string>> = {
  CREATE_FAILED: 'it keeps what was created; roll it back in CloudFormation, or delete it, and run again',
  ROLLBACK_COMPLETE: `nothing of it is left; correct the cause and ${again}`,
  ROLLBACK_FAILED: `remove what could not be removed and ${again}`,
  UPDATE_FAILED: 'it keeps what was changed; roll it back in CloudFormation, and run again',
  UPDATE_ROLLBACK_COMPLETE: before,
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: before,
  UPDATE_ROLLBACK_FAILED:
    'run again, which continues the rollback; what cannot be rolled back is left as it is with the input skip-resources',
  DELETE_COMPLETE: 'it was deleted meanwhile; run again, which makes it again',
  DELETE_FAILED: 'remove what keeps it and run again',
  IMPORT_ROLLBACK_COMPLETE: before,
  IMPORT_ROLLBACK_FAILED:
    'what was imported may be half in the stack; mend it in CloudFormation, and run again',
}

/** Names a status in which a stack stays after a failure, with what a person does next. */
export function describeStatus(status: string): string {
  const next = nextSteps[status]
  return next === undefined ? status : `${status}: ${next}`
}

/**
 * Why CloudFormation takes no change of a stack: an operation is under way, its rollback has to be continued, it can only
 * be deleted, or a person has to look at it. One whose rollback was turned off takes only changes without a rollback:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
 */
type Obstacle = 'operation' | 'rollback' | 'remains' | 'stuck'

const stuckStatuses = ['CREATE_FAILED', 'UPDATE_FAILED', 'IMPORT_ROLLBACK_FAILED']

/** Finds why CloudFormation takes no change of a stack in a status; one that was only reviewed is free. */
export function findObstacle(status: string): Obstacle | undefined {
  if (status.endsWith('_IN_PROGRESS')) return status === 'REVIEW_IN_PROGRESS' ? undefined : 'operation'
  if (status === 'UPDATE_ROLLBACK_FAILED') return 'rollback'
  if (undeployableStatuses.includes(status)) return 'remains'
  return stuckStatuses.includes(status) ? 'stuck' : undefined
}

const firstSteps = {
  operation: 'a run with mode deploy waits for its end first',
  rollback: 'a run with mode deploy continues its rollback first',
  remains: 'a run with mode deploy deletes it first, and creates it again',
}

/** Says what a deployment does first about a stack in a status, or what a person does; `undefined` where nothing has to be done. */
export function describeFirst(status: string): string | undefined {
  const obstacle = findObstacle(status)
  if (obstacle === undefined) return undefined
  const what = obstacle === 'stuck' ? describeStatus(status) : `${status}: ${firstSteps[obstacle]}`
  return `the stack is in ${what}`
}
