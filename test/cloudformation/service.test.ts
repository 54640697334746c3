import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readCfnTemplate } from '../fixtures/cfn-template.ts'

const { Parameters, Resources } = readCfnTemplate('cloudformation/service.yml')
const service = Object(Resources.Service?.Properties)
const defaultOf = (name: string) => Parameters[name]?.Default

/** Starts a server whose /ping has a status, and gives its port. */
async function startPing(status: number): Promise<string> {
  const server = createServer(({ url }, answer) => answer.writeHead(url === '/ping' ? status : 404).end())
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return String(Object(server.address()).port)
}

describe('the health check of the container', () => {
  it.each([
    [200, 0],
    [404, 1],
    [503, 1],
  ])('takes an answer of %i as its exit code %i', async (status, expected) => {
    const env = { PATH: process.env.PATH, FLASK_PORT: await startPing(status) }
    const check = spawn('/bin/sh', ['-c', String(defaultOf('HealthCheckCommand'))], { env, stdio: 'ignore' })
    const [code] = await once(check, 'exit')
    expect(code).toBe(expected)
  })

  it('is a command of a shell, which may be left out', () => {
    const [container] = Object(Resources.TaskDefinition?.Properties).ContainerDefinitions
    const [condition, check, none] = container.HealthCheck['Fn::If']
    expect(condition).toBe('HasHealthCheck')
    expect(check.Command).toEqual(['CMD-SHELL', { Ref: 'HealthCheckCommand' }])
    expect(none).toEqual({ Ref: 'AWS::NoValue' })
  })
})

// https://docs.nvidia.com/deeplearning/frameworks/user-guide/index.html: --shm-size=1g --ulimit memlock=-1
// --ulimit stack=67108864
it("gives Triton what NVIDIA's containers ask for, by default", () => {
  const [container] = Object(Resources.TaskDefinition?.Properties).ContainerDefinitions
  expect(container.LinuxParameters).toEqual({ SharedMemorySize: { Ref: 'SharedMemoryMiB' } })
  expect(container.Ulimits).toEqual(
    [
      ['memlock', 'MemlockBytes'],
      ['stack', 'StackBytes'],
    ].map(([Name, parameter]) => ({ Name, SoftLimit: { Ref: parameter }, HardLimit: { Ref: parameter } })),
  )
  expect(['SharedMemoryMiB', 'MemlockBytes', 'StackBytes'].map(defaultOf)).toEqual([1024, -1, 67_108_864])
})

it('lets a model load, and ends a deployment after two tasks that failed', () => {
  expect(defaultOf('HealthCheckGraceSeconds')).toBe(900)
  expect(service.HealthCheckGracePeriodSeconds).toEqual({ Ref: 'HealthCheckGraceSeconds' })
  expect(service.DeploymentConfiguration.DeploymentCircuitBreaker).toEqual({
    Enable: true,
    Rollback: true,
    ThresholdConfiguration: { Type: 'COUNT', Value: 2 },
  })
  expect(service.AvailabilityZoneRebalancing).toBe('DISABLED')
})

it('leaves the desired counts to the scaling', () => {
  const { Resources: cluster } = readCfnTemplate('cloudformation/cluster.yml')
  expect(service).not.toHaveProperty('DesiredCount')
  expect(Object(cluster.Group)).toMatchObject({
    UpdatePolicy: { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } },
    Properties: { MinSize: '0', DesiredCapacity: { Ref: 'InitialInstances' } },
  })
})

it('hands tags on to tasks, instances and volumes', () => {
  expect(service).toMatchObject({ PropagateTags: 'SERVICE', EnableECSManagedTags: true })
  const { Resources: cluster } = readCfnTemplate('cloudformation/cluster.yml')
  const specifications = Object(cluster.LaunchTemplate?.Properties).LaunchTemplateData.TagSpecifications
  expect(specifications.map(({ ResourceType }: { ResourceType: string }) => ResourceType)).toEqual([
    'instance',
    'volume',
  ])
})
