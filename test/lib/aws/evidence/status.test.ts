import { expect, it } from 'vitest'
import { makeServiceStatus } from '../../../../lib/aws/evidence/status.ts'
import { sendJson, sendXml, startAws } from '../../../fixtures/aws-server.ts'

const service = {
  ...{ desiredCount: 3, runningCount: 2, pendingCount: 1 },
  loadBalancers: [{ targetGroupArn: 'arn:targets' }],
}
const task = (id: string, startedAt?: number) => ({
  ...{ taskArn: `arn:task/c/${id}`, lastStatus: 'RUNNING', healthStatus: 'HEALTHY', startedAt },
  taskDefinitionArn: 'arn:task-definition/app:7',
  containers: [{ name: 'app' }, { name: 'quiet' }],
})
const options = { 'awslogs-group': 'group', 'awslogs-stream-prefix': 'ecs' }
const answers: Record<string, object> = {
  DescribeServices: { services: [service] },
  ListTasks: { taskArns: ['a', 'b', 'c'] },
  DescribeTasks: { tasks: [task('waits'), task('old', 100), task('new', 200)] },
  DescribeTaskDefinition: {
    taskDefinition: {
      containerDefinitions: [{ name: 'app', logConfiguration: { options } }, { name: 'quiet' }],
    },
  },
  GetLogEvents: { events: [{ message: 'one' }, { message: 'two' }] },
  DescribeScalingActivities: {
    ScalingActivities: [{ StartTime: 50, StatusCode: 'Successful', Description: 'more', Cause: 'load' }],
  },
}
const targets =
  '<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions><member><Target><Id>10.0.0.1</Id><Port>80</Port></Target><TargetHealth><State>healthy</State></TargetHealth></member></TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>'

async function serve(changed: Record<string, object> = {}) {
  const { config, calls } = await startAws(({ operation }, response) => {
    if (operation === 'DescribeTargetHealth') return sendXml(response, 200, targets)
    const answer = { ...answers, ...changed }[operation] ?? {}
    sendJson(response, '__type' in answer ? 400 : 200, answer)
  })
  const asked = (operation: string) =>
    JSON.parse(calls.find((call) => call.operation === operation)?.body ?? 'null')
  return { read: () => makeServiceStatus(config).read('c', 'app'), asked, calls }
}

it('a service is told with its newest tasks first, and the log of the newest', async () => {
  const { read, asked } = await serve()
  const { tasks, ...status } = await read()
  expect(status).toEqual({
    ...{ desired: 3, running: 2, pending: 1, unread: [] },
    targets: [{ target: '10.0.0.1:80', state: 'healthy', reason: '', description: '' }],
    activities: [{ at: 50_000, status: 'Successful', description: 'more', cause: 'load' }],
    logs: [{ container: 'app', lines: ['one', 'two'] }],
  })
  expect(tasks.map(({ id, startedAt }) => [id, startedAt])).toEqual([
    ['new', 200_000],
    ['old', 100_000],
    ['waits', undefined],
  ])
  expect(tasks[0]).toMatchObject({ status: 'RUNNING', health: 'HEALTHY', revision: 'app:7' })
  expect(asked('ListTasks')).toEqual({ cluster: 'c', serviceName: 'app', maxResults: 20 })
  expect(asked('DescribeTasks')).toEqual({ cluster: 'c', tasks: ['a', 'b', 'c'] })
  expect(asked('GetLogEvents')).toMatchObject({ logGroupName: 'group', logStreamName: 'ecs/app/new' })
  expect(asked('DescribeScalingActivities')).toMatchObject({ ResourceId: 'service/c/app', MaxResults: 5 })
})

it('a service without tasks needs no more calls, and one that is not there is named', async () => {
  const idle = await serve({ ListTasks: {} })
  expect(await idle.read()).toMatchObject({ tasks: [], logs: [], unread: [] })
  expect(idle.calls.map(({ operation }) => operation)).not.toContain('DescribeTasks')
  const gone = await serve({ DescribeServices: { services: [] }, ListTasks: { taskArns: [] } })
  expect(await gone.read()).toMatchObject({
    ...{ desired: 0, running: 0, pending: 0, targets: [] },
    unread: ['service: there is no app in the cluster c'],
  })
})

it('what is denied is named, and hides nothing else', async () => {
  const denied = { __type: 'AccessDeniedException', message: 'no' }
  const { read } = await serve({ DescribeServices: denied, DescribeScalingActivities: denied })
  const { unread, logs, activities, targets } = await read()
  expect([activities, targets]).toEqual([[], []])
  expect(unread.map((line) => line.replace(/:.*/, '')).sort()).toEqual(['scaling activities', 'service'])
  expect(logs).toHaveLength(1)
})
