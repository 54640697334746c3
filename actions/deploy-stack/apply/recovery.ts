// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-console-view-stack-data-resources-status-codes
const again = 'run again, which deletes the stack and makes it again'
const before = 'the stack is as it was before; correct the cause and run again'
const nextSteps: Readonly<Record<string, string>> = {
  CREATE_FAILED: 'it keeps what was created; roll it back in CloudFormation, or delete it, and run again',
  ROLLBACK_COMPLETE: `nothing of it is left; correct the cause and ${again}`,
  ROLLBACK_FAILED: `remove what could not be removed and ${again}`,
  UPDATE_FAILED: 'it keeps what was changed; correct the cause and run again',
  UPDATE_ROLLBACK_COMPLETE: before,
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: before,
  UPDATE_ROLLBACK_FAILED:
    'run again, which continues the rollback; what cannot be rolled back is left as it is with the input skip-resources',
  DELETE_COMPLETE: 'it was deleted meanwhile; run again, which makes it again',
  DELETE_FAILED: 'remove what keeps it and run again',
  IMPORT_ROLLBACK_COMPLETE: before,
  IMPORT_ROLLBACK_FAILED: 'look at it in CloudFormation: what was imported may be half in the stack',
}

/** Names a status in which a stack stays after a failure, with what a person does next. */
export function describeStatus(status: string): string {
  const next = nextSteps[status]
  return next === undefined ? status : `${status}: ${next}`
}
