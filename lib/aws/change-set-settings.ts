/** What a change set says of its stack besides template, parameters and tags; what is undefined stays as it is. */
export type ChangeSetSettings = {
  notificationArns: readonly string[] | undefined
  /** Alarms that roll the update back, and for how many minutes they are watched after it. */
  rollback: { alarms: readonly string[]; minutes: number } | undefined
  /** Role of CloudFormation, where the run has none. */
  roleArn: string | undefined
}

/** Makes the part of CreateChangeSet's input that says so; the role of the run stands above that of the stack. */
export function toSettingsInput(settings: ChangeSetSettings | undefined, role: string | undefined) {
  const { notificationArns, rollback, roleArn } = settings ?? {}
  const triggers = rollback?.alarms.map((Arn) => ({ Arn, Type: 'AWS::CloudWatch::Alarm' }))
  const configuration = { RollbackTriggers: triggers, MonitoringTimeInMinutes: rollback?.minutes }
  return {
    RoleARN: role ?? roleArn,
    ...(notificationArns && { NotificationARNs: [...notificationArns] }),
    ...(rollback && { RollbackConfiguration: configuration }),
  }
}
