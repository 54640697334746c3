import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listResources, readCfnTemplate } from '../../scripts/generate/cfn-template.ts'
import { root } from '../../scripts/local-aws-process.ts'
import { runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

const read = (stack: string) => readFileSync(join(root, 'cloudformation', `${stack}.yml`), 'utf8')
const given = { PausedWindow: 'HOUR(hosts) >= 11', MonthlyBudget: '900', AlarmEmail: 'ops@example.com' }
const alarms = listResources(readCfnTemplate(read('monitoring')), 'AWS::CloudWatch::Alarm', given)

it.each([
  ['cluster', 'AWS::ECS::Cluster', 'ClusterName'],
  ['service', 'AWS::ECS::Service', 'ServiceName'],
  ['billing', 'AWS::KinesisFirehose::DeliveryStream', 'DeliveryStreamName'],
])('watches the %s by the name that its template gives it', (stack, type, property) => {
  const [resource] = listResources(readCfnTemplate(read(stack)), type)
  const { '!Sub': name } = Object(resource?.[property])
  const watched = alarms.flatMap((alarm) =>
    [
      ...JSON.stringify(alarm).matchAll(new RegExp(`"Name":"${property}","Value":{"!Sub":"([^"]+)"}`, 'g')),
    ].map(([, text]) => text),
  )
  expect([...new Set(watched)]).toEqual([name])
})

it('sends each alarm to the topic, and none for want of data', () => {
  expect(alarms).toHaveLength(6)
  for (const alarm of alarms) {
    expect(alarm).toMatchObject({ AlarmActions: [{ '!Ref': 'Topic' }], TreatMissingData: 'notBreaching' })
  }
})

it('counts neither the answer of a paused service nor a missing route as a failed request', () => {
  const failed = alarms.find(({ Metrics }) => JSON.stringify(Metrics ?? '').includes('5XX'))
  const metrics = [...JSON.stringify(failed).matchAll(/"MetricName":"(\w+)"/g)].map(([, name]) => name)
  expect(metrics).toEqual([
    ...['RequestCount', 'HTTPCode_Target_5XX_Count', 'HTTPCode_ELB_502_Count', 'HTTPCode_ELB_504_Count'],
  ])
})

it('has a dashboard that shows tasks, targets and what each of them is asked', () => {
  const [dashboard] = listResources(readCfnTemplate(read('monitoring')), 'AWS::CloudWatch::Dashboard')
  const { '!Sub': body } = Object(dashboard?.DashboardBody)
  const { widgets } = JSON.parse(body)
  expect(widgets).toHaveLength(6)
  const shown = JSON.stringify(widgets)
  for (const metric of ['RunningTaskCount', 'HealthyHostCount', 'RequestCountPerTarget'])
    expect(shown).toContain(`"${metric}"`)
})

it('is created with all that it can hold', async () => {
  const others = [
    'LoadBalancerFullName=app/a/1',
    'TargetGroupFullName=targetgroup/t/1',
    'GroupName=g',
    'ApiId=a',
  ]
  const wanted = Object.entries(given).map(([name, value]) => `${name}=${value}`)
  const { outputs, lines } = await runIn(localAws(), 'deploy-stack', {
    stacks: 'cloudformation/stacks.yml',
    only: 'monitoring',
    parameters: [...others, ...wanted].join('\n'),
  })
  expect(lines.filter((line) => line.startsWith('::error'))).toEqual([])
  expect(outputs.result).toBe('created')
})
