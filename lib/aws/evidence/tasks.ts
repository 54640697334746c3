import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import {
  type Container,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  type Task,
  type TaskDefinition,
} from '@aws-sdk/client-ecs'
import type { ServiceEvidence, StoppedContainer, StoppedTask } from '../../service/diagnosis/evidence.ts'
import { lastPart } from '../arn.ts'
import { type AwsConfig, makeClient } from '../client.ts'
import type { Attempt } from './attempt.ts'
import { describeDefinition, readLog } from './task-log.ts'

type Wanted = {
  cluster: string
  name: string
  since: Date
  /** ARN of the task definition that the service has. */
  current: string | undefined
}

// Of those that failed one after the other, the newest explain as much as all.
const tasksListed = 100
const tasksKept = 5
const tasksWithLog = 2

/** Creates the reader of the tasks of a service that stopped by a failure, with the last lines of their logs. */
export function makeTaskReader(config: AwsConfig) {
  const ecs = makeClient(ECSClient, config)
  const logs = makeClient(CloudWatchLogsClient, config)
  return async (
    wanted: Wanted,
    attempt: Attempt,
  ): Promise<Pick<ServiceEvidence, 'stoppedTasks' | 'needsGpu'>> => {
    const tasks = await attempt('stopped tasks', () => listFailed(ecs, wanted), [])
    const arn = tasks[0]?.taskDefinitionArn ?? wanted.current
    const definition = await attempt('task definition', () => describeDefinition(ecs, arn), undefined)
    const stoppedTasks: StoppedTask[] = []
    for (const [at, task] of tasks.entries()) {
      const isLogged = at < tasksWithLog && task.taskDefinitionArn === arn
      const read = async (container: Container) =>
        isLogged ? await attempt('log', () => readLog(logs, task, container, definition), []) : []
      stoppedTasks.push(await toStopped(task, read))
    }
    return { stoppedTasks, needsGpu: needsGpu(definition) }
  }
}

async function listFailed(ecs: ECSClient, { cluster, name, since }: Wanted): Promise<Task[]> {
  // By the name of the service, the list may be empty where that of the cluster is not.
  const input = { cluster, desiredStatus: 'STOPPED', maxResults: tasksListed } as const
  const own = await ecs.send(new ListTasksCommand({ ...input, serviceName: name }))
  const { taskArns = [] } = own.taskArns?.length ? own : await ecs.send(new ListTasksCommand(input))
  if (taskArns.length === 0) return []
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
  return tasks
    .filter((task) => task.group === `service:${name}` && timeOf(task) >= since.getTime() && hasFailed(task))
    .sort((a, b) => timeOf(b) - timeOf(a))
    .slice(0, tasksKept)
}

const timeOf = ({ stoppedAt, stoppingAt }: Task) =>
  (stoppedAt ?? stoppingAt)?.getTime() ?? Number.MAX_SAFE_INTEGER

// The scheduler stops tasks of an old deployment too, and those that a load balancer finds unhealthy.
const hasFailed = ({ stopCode, stoppedReason = '' }: Task) =>
  !/^(UserInitiated|ServiceSchedulerInitiated)$/.test(stopCode ?? '') || /health checks/.test(stoppedReason)

const needsGpu = (definition: TaskDefinition | undefined) =>
  (definition?.containerDefinitions ?? []).some(({ resourceRequirements = [] }) =>
    resourceRequirements.some(({ type }) => type === 'GPU'),
  )

async function toStopped(
  task: Task,
  read: (container: Container) => Promise<string[]>,
): Promise<StoppedTask> {
  const containers: StoppedContainer[] = []
  for (const container of task.containers ?? []) {
    const { name = '', image = '', exitCode, reason = '', healthStatus } = container
    const ran = exitCode !== undefined
    const logLines = ran ? await read(container) : []
    containers.push({ name, image, exitCode, reason, isUnhealthy: healthStatus === 'UNHEALTHY', logLines })
  }
  const { taskArn, stopCode: code = '', stoppedReason: reason = '' } = task
  return { id: lastPart(taskArn ?? ''), code, reason, containers }
}
