import {
  type CloudFormationClient,
  DescribeEventsCommand,
  DescribeStackEventsCommand,
} from '@aws-sdk/client-cloudformation'
import { awsErrorName } from './errors.ts'

/** One event of a stack. */
export type StackEvent = {
  id: string
  time: Date
  logicalId: string
  type: string
  status: string
  reason: string
}

/** Lists what validation of a change set found wrong, as sentences; empty also where the role may not read it. */
export async function listValidationErrors(client: CloudFormationClient, arn: string): Promise<string[]> {
  const errors: string[] = []
  let token: string | undefined
  try {
    do {
      const command = { ChangeSetName: arn, Filters: { FailedEvents: true }, NextToken: token }
      const page = await client.send(new DescribeEventsCommand(command))
      for (const event of page.OperationEvents ?? []) {
        const {
          EventType,
          ValidationPath: path,
          LogicalResourceId: id,
          ValidationStatusReason: reason,
        } = event
        if (EventType === 'VALIDATION_ERROR' && reason) errors.push(`${path || id || 'template'}: ${reason}`)
      }
      token = page.NextToken
    } while (token)
  } catch (error) {
    // The permission is new, and many roles lack it: the reason of the change set has to do then.
    if (!/^AccessDenied/.test(awsErrorName(error))) throw error
  }
  return errors
}

/** Lists events of a stack that are newer than the given one, oldest first. */
export async function listEvents(
  client: CloudFormationClient,
  arn: string,
  after: string | undefined,
): Promise<StackEvent[]> {
  const events: StackEvent[] = []
  let token: string | undefined
  do {
    const page = await client.send(new DescribeStackEventsCommand({ StackName: arn, NextToken: token }))
    for (const event of page.StackEvents ?? []) {
      if (event.EventId === after) return events.reverse()
      events.push({
        id: event.EventId ?? '',
        time: event.Timestamp ?? new Date(0),
        logicalId: event.LogicalResourceId ?? '',
        type: event.ResourceType ?? '',
        status: event.ResourceStatus ?? '',
        reason: event.ResourceStatusReason ?? '',
      })
    }
    token = page.NextToken
  } while (token)
  return events.reverse()
}
