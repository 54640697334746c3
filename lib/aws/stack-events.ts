import {
  type CloudFormationClient,
  DescribeEventsCommand,
  DescribeStackEventsCommand,
  type StackEvent as SdkStackEvent,
} from '@aws-sdk/client-cloudformation'
import { awsErrorName } from './errors.ts'
import { listPages, readPages } from './pages.ts'

/** One event of a stack; `physicalId` is '' until the resource has one. */
export type StackEvent = {
  id: string
  time: Date
  logicalId: string
  physicalId: string
  type: string
  status: string
  reason: string
  /** The token of the call that began the operation; '' where the caller gave none. */
  token: string
  operationId: string
}

/** Lists what validation of a change set found wrong, as sentences; empty also where the role may not read it. */
export async function listValidationErrors(client: CloudFormationClient, arn: string): Promise<string[]> {
  try {
    const events = await listPages(async (NextToken) => {
      const input = { ChangeSetName: arn, Filters: { FailedEvents: true }, NextToken }
      const page = await client.send(new DescribeEventsCommand(input))
      return { items: page.OperationEvents ?? [], next: page.NextToken }
    })
    return events.flatMap(
      ({ EventType, ValidationPath: path, LogicalResourceId: id, ValidationStatusReason: reason }) =>
        EventType === 'VALIDATION_ERROR' && reason ? [`${path || id || 'template'}: ${reason}`] : [],
    )
  } catch (error) {
    // The permission is new, and many roles lack it: the reason of the change set has to do then.
    if (!/^AccessDenied/.test(awsErrorName(error))) throw error
    return []
  }
}

/** Finds a stack's newest event; `undefined` where it has none. */
export async function findNewestEvent(
  client: CloudFormationClient,
  arn: string,
): Promise<StackEvent | undefined> {
  const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName: arn }))
  const [newest] = StackEvents ?? []
  return newest && toEvent(newest)
}

/** Lists events of a stack that are newer than the given one, oldest first. */
export async function listEvents(
  client: CloudFormationClient,
  arn: string,
  after: string | undefined,
): Promise<StackEvent[]> {
  const pages = readPages(async (NextToken) => {
    const page = await client.send(new DescribeStackEventsCommand({ StackName: arn, NextToken }))
    return { items: page.StackEvents ?? [], next: page.NextToken }
  })
  const events: StackEvent[] = []
  for await (const page of pages) {
    for (const event of page) {
      if (event.EventId === after) return events.reverse()
      events.push(toEvent(event))
    }
  }
  return events.reverse()
}

const toEvent = (event: SdkStackEvent): StackEvent => ({
  id: event.EventId ?? '',
  time: event.Timestamp ?? new Date(0),
  logicalId: event.LogicalResourceId ?? '',
  physicalId: event.PhysicalResourceId ?? '',
  type: event.ResourceType ?? '',
  status: event.ResourceStatus ?? '',
  reason: event.ResourceStatusReason ?? '',
  token: event.ClientRequestToken ?? '',
  operationId: event.OperationId ?? '',
})
