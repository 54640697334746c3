import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs'
import { lastPart } from '../arn.ts'
import { type AwsConfig, makeClient } from '../client.ts'
import { makeScalingActivities, type ScalingActivity } from '../scaling-activities.ts'
import { makeTargetHealthReader, type TargetHealth } from '../target-health.ts'
import { makeAttempt } from './attempt.ts'
import { countsOf, describeService, targetGroupsOf } from './service.ts'
import { describeDefinition, readLog } from './task-log.ts'

/** How a service stands, also a healthy one; every list is short. */
export type ServiceStatus = {
  desired: number
  running: number
  pending: number
  /** Those that are to run, newest first. */
  tasks: readonly TaskStatus[]
  targets: readonly TargetHealth[]
  /** What scaled its number of tasks, newest first. */
  activities: readonly ScalingActivity[]
  /** The last lines of each container of the newest task that has a log. */
  logs: readonly { container: string; lines: readonly string[] }[]
  /** What could not be read, and why. */
  unread: readonly string[]
}

/** A task: its status and health as ECS says them, and the family and revision that it runs. */
type TaskStatus = {
  id: string
  status: string
  health: string
  revision: string
  /** Epoch milliseconds; undefined where it has not started. */
  startedAt: number | undefined
}

/** The calls to AWS that tell how a service stands. */
export type ServiceStatusReader = {
  /** Reads it in about eight calls. What is denied or fails is listed as unread. */
  read(cluster: string, service: string): Promise<ServiceStatus>
}

const tasksKept = 20
const activitiesKept = 5

/** Creates the adapter that reads how a service stands. */
export function makeServiceStatus(config: AwsConfig): ServiceStatusReader {
  const ecs = makeClient(ECSClient, config)
  const logs = makeClient(CloudWatchLogsClient, config)
  const targetHealth = makeTargetHealthReader(config)
  const scaling = makeScalingActivities(config)
  return {
    read: async (cluster, name) => {
      const unread: string[] = []
      const attempt = makeAttempt(unread)
      const service = await attempt('service', () => describeService(ecs, cluster, name), undefined)
      const health = (arn: string) => attempt('target health', () => targetHealth.describe(arn), [])
      const [tasks, targets, activities] = await Promise.all([
        attempt('tasks', () => listTasks(ecs, cluster, name), []),
        Promise.all(targetGroupsOf(service).map(health)),
        attempt('scaling activities', () => scaling.list(cluster, name, activitiesKept), []),
      ])
      if (!service && unread.length === 0)
        unread.push(`service: there is no ${name} in the cluster ${cluster}`)
      return {
        ...countsOf(service),
        tasks: tasks.map(toStatus),
        targets: targets.flat(),
        activities,
        logs: await attempt('log', () => readLogs(ecs, logs, tasks[0]), []),
        unread,
      }
    },
  }
}

async function listTasks(ecs: ECSClient, cluster: string, serviceName: string): Promise<Task[]> {
  const input = { cluster, serviceName, maxResults: tasksKept }
  const { taskArns = [] } = await ecs.send(new ListTasksCommand(input))
  if (taskArns.length === 0) return []
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
  return tasks.toSorted((one, other) => timeOf(other) - timeOf(one))
}

const timeOf = ({ startedAt }: Task) => startedAt?.getTime() ?? 0

const toStatus = (task: Task): TaskStatus => ({
  id: lastPart(task.taskArn ?? ''),
  status: task.lastStatus ?? '',
  health: task.healthStatus ?? '',
  revision: lastPart(task.taskDefinitionArn ?? ''),
  startedAt: task.startedAt?.getTime(),
})

async function readLogs(
  ecs: ECSClient,
  logs: CloudWatchLogsClient,
  task: Task | undefined,
): Promise<ServiceStatus['logs']> {
  if (!task) return []
  const definition = await describeDefinition(ecs, task.taskDefinitionArn)
  const found = (task.containers ?? []).map(async (container) => ({
    container: container.name ?? '',
    lines: await readLog(logs, task, container, definition),
  }))
  return (await Promise.all(found)).filter(({ lines }) => lines.length > 0)
}
