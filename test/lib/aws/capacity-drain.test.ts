import { expect, it } from 'vitest'
import { makeCapacityDrain } from '../../../lib/aws/capacity-drain.ts'
import { type ServedCall, sendJson, startAws } from '../../fixtures/aws-server.ts'

const writes = /^(UpdateService|UpdateAutoScalingGroup|SetInstanceProtection|CompleteLifecycleAction)$/

/** Serves one cluster `c` and one group `g`, and lists the writes with what they are about. */
async function serve({
  services = [],
  members = '',
  size = 0,
  least = 0,
  more = {},
}: {
  services?: object[]
  /** Instances of the group, as XML. */
  members?: string
  /** Maximum and desired capacity of the group, and its minimum. */
  size?: number
  least?: number
  /** Other answers, by operation. */
  more?: Record<string, object>
}) {
  const answers: Record<string, object | string> = {
    ListServices: { serviceArns: services.map((_, at) => `arn:s/${at}`) },
    ...more,
    DescribeServices: { services },
    UpdateService: {},
    ListContainerInstances: { containerInstanceArns: ['arn:1', 'arn:2'] },
    DescribeContainerInstances: {
      containerInstances: [
        { ec2InstanceId: 'i-busy', runningTasksCount: 1, pendingTasksCount: 0 },
        { ec2InstanceId: 'i-idle', runningTasksCount: 0, pendingTasksCount: 0 },
      ],
    },
    DescribeAutoScalingGroups: `<AutoScalingGroups><member><AutoScalingGroupName>g</AutoScalingGroupName><MinSize>${least}</MinSize><MaxSize>${size}</MaxSize><DesiredCapacity>${size}</DesiredCapacity><Instances>${members}</Instances></member></AutoScalingGroups>`,
    DescribeLifecycleHooks:
      '<LifecycleHooks><member><LifecycleHookName>drain</LifecycleHookName><LifecycleTransition>autoscaling:EC2_INSTANCE_TERMINATING</LifecycleTransition></member><member><LifecycleHookName>start</LifecycleHookName><LifecycleTransition>autoscaling:EC2_INSTANCE_LAUNCHING</LifecycleTransition></member></LifecycleHooks>',
  }
  const { config, calls } = await startAws(({ operation }, response) => {
    const answer = answers[operation] ?? ''
    if (typeof answer === 'object') sendJson(response, '__type' in answer ? 400 : 200, answer)
    else
      response
        .writeHead(200, { 'content-type': 'text/xml' })
        .end(
          `<${operation}Response><${operation}Result>${answer}</${operation}Result></${operation}Response>`,
        )
  })
  const render = ({ operation, body }: ServedCall) => [operation, body] as const
  return {
    drain: makeCapacityDrain(config),
    asked: (operation: string) =>
      calls.flatMap((call) => (call.operation === operation ? [JSON.parse(call.body)] : [])),
    written: () => calls.filter(({ operation }) => writes.test(operation)).map(render),
  }
}

const instance = (id: string, state: string, isProtected = false) =>
  `<member><InstanceId>${id}</InstanceId><LifecycleState>${state}</LifecycleState><ProtectedFromScaleIn>${isProtected}</ProtectedFromScaleIn></member>`

it('asks services for no tasks, daemons and those that have been asked apart, and counts tasks', async () => {
  const { drain, written, asked } = await serve({
    services: [
      { serviceName: 'one', status: 'ACTIVE', desiredCount: 2, runningCount: 2, pendingCount: 1 },
      { serviceName: 'asked', status: 'ACTIVE', desiredCount: 0, runningCount: 1 },
      { serviceName: 'going', status: 'DRAINING', desiredCount: 1, runningCount: 1 },
      {
        serviceName: 'daemon',
        status: 'ACTIVE',
        desiredCount: 1,
        runningCount: 1,
        schedulingStrategy: 'DAEMON',
      },
    ],
  })
  expect(await drain.stopServices('c')).toBe(5)
  expect(written()).toHaveLength(1)
  expect(JSON.parse(written()[0]?.[1] ?? '')).toEqual({ cluster: 'c', service: 'one', desiredCount: 0 })
  expect(asked('ListServices')).toEqual([{ cluster: 'c', maxResults: 100 }])
  const services = ['arn:s/0', 'arn:s/1', 'arn:s/2', 'arn:s/3']
  expect(asked('DescribeServices')).toEqual([{ cluster: 'c', services }])
})

it('takes a cluster that is gone for empty, and hides no other failure', async () => {
  const gone = await serve({ more: { ListServices: { __type: 'ClusterNotFoundException' } } })
  expect(await gone.drain.stopServices('c')).toBe(0)
  const { drain } = await serve({ more: { ListServices: { __type: 'ClusterNotFoundExceptionally' } } })
  await expect(drain.stopServices('c')).rejects.toThrow('ClusterNotFoundExceptionally')
})

it('empties a group once, also of protected instances', async () => {
  const members = instance('i-1', 'InService', true) + instance('i-2', 'InService')
  const { drain, written } = await serve({ members, size: 2 })
  expect(await drain.stopInstances('g', ['c'])).toBe(2)
  const [unprotect, resize, ...more] = written()
  for (const part of ['InstanceIds.member.1=i-1', 'ProtectedFromScaleIn=false'])
    expect(unprotect?.[1]).toContain(part)
  expect(unprotect?.[1]).not.toContain('i-2')
  for (const part of ['MinSize=0', 'DesiredCapacity=0']) expect(resize?.[1]).toContain(part)
  expect(resize?.[1]).not.toContain('MaxSize')
  expect(more).toEqual([])
})

it('takes the minimum of a group away, too, so that it does not grow again', async () => {
  const { drain, written } = await serve({ least: 1 })
  expect(await drain.stopInstances('g', [])).toBe(0)
  expect(written().map(([operation]) => operation)).toEqual(['UpdateAutoScalingGroup'])
})

it('lets only instances go on that wait without a task, and leaves an empty group alone', async () => {
  const members = ['i-busy', 'i-idle'].map((id) => instance(id, 'Terminating:Wait')).join('')
  const { drain, written, asked } = await serve({ members: members + instance('i-new', 'Terminating') })
  expect(await drain.stopInstances('g', ['c'])).toBe(3)
  expect(written()).toHaveLength(1)
  expect(written()[0]?.[1]).toContain('LifecycleHookName=drain')
  expect(written()[0]?.[1]).toContain('InstanceId=i-idle')
  expect(asked('ListContainerInstances')).toEqual([{ cluster: 'c' }])
  const containerInstances = ['arn:1', 'arn:2']
  expect(asked('DescribeContainerInstances')).toEqual([{ cluster: 'c', containerInstances }])
  // Without a cluster nobody knows what runs there.
  await drain.stopInstances('g', [])
  expect(written()).toHaveLength(1)
})
