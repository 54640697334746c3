import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  type Container,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  type Task,
  type TaskDefinition,
} from '@aws-sdk/client-ecs'
import { lastPart } from '../arn.ts'

const linesKept = 10

/** Describes a task definition by its ARN; undefined where there is none. */
export async function describeDefinition(
  ecs: ECSClient,
  arn: string | undefined,
): Promise<TaskDefinition | undefined> {
  if (arn === undefined) return undefined
  return (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }))).taskDefinition
}

/** Reads the last lines of the log of a container, the newest last; empty where it has none. */
export async function readLog(
  logs: CloudWatchLogsClient,
  task: Task,
  { name = '' }: Container,
  definition: TaskDefinition | undefined,
): Promise<string[]> {
  const found = definition?.containerDefinitions?.find((each) => each.name === name)
  const options = found?.logConfiguration?.options ?? {}
  const [logGroupName, prefix] = [options['awslogs-group'], options['awslogs-stream-prefix']]
  if (logGroupName === undefined || prefix === undefined) return []
  const logStreamName = `${prefix}/${name}/${lastPart(task.taskArn ?? '')}`
  const input = { logGroupName, logStreamName, limit: linesKept, startFromHead: false }
  const { events = [] } = await logs.send(new GetLogEventsCommand(input))
  return events.flatMap(({ message }) => message ?? [])
}
