import { expect, it } from 'vitest'
import { contractAccount, isLocal, patience } from '../../contract-account.ts'
import { openService, summarize } from '../../fixtures/balanced-service.ts'

// Meanwhile no request may fail.
const often = { ...patience, interval: isLocal ? 10 : 1000 }
const breaker = { enable: true, rollback: true, thresholdConfiguration: { type: 'COUNT', value: 2 } } as const
const crash = { entryPoint: ['python3', '-c', 'raise SystemExit(1)'] }

it('brings a new definition without a failed request, and tells each step', async () => {
  const service = await openService(contractAccount())
  await service.create(await service.define({ MESSAGE: 'one' }), { desiredCount: 2 })
  expect(await service.settle()).toBe('SUCCESSFUL')
  await service.update({ taskDefinition: await service.define({ MESSAGE: 'two' }) })
  const answers = new Set<string>()
  const ask = async () => {
    const response = await service.get()
    answers.add(`${response.status} ${await response.text()}`)
    return (await service.listDeployments())[0]?.status
  }
  await expect.poll(ask, often).toBe('SUCCESSFUL')
  await ask()
  expect(answers).toEqual(new Set(['200 one', '200 two']))
  const events = await service.listEvents()
  const start = events.findLastIndex((event) => event.startsWith('has started'))
  expect(events.slice(start)).toEqual(
    expect.arrayContaining([
      'has started 2 tasks: (task) (task).',
      expect.stringMatching(/^registered \d targets in \(target-group arn:/),
      expect.stringMatching(/^has begun draining connections on \d tasks\.$/),
      expect.stringMatching(/^deregistered \d targets in \(target-group arn:/),
      expect.stringMatching(/^has stopped \d running tasks: \(task\)/),
    ]),
  )
  expect(events.slice(-2)).toEqual([
    expect.stringMatching(/^\(deployment ecs-svc\/\w+\) deployment completed\.$/),
    'has reached a steady state.',
  ])
  const [deployment] = (await service.describe()).deployments ?? []
  expect(deployment && summarize(deployment)).toEqual({
    status: 'PRIMARY',
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${deployment?.id} completed.`,
  })
})

it('keeps the minimum of healthy tasks where the maximum leaves no room for more', async () => {
  const service = await openService(contractAccount())
  const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 100 }
  await service.create(await service.define({ MESSAGE: 'one' }), { desiredCount: 2, deploymentConfiguration })
  await service.settle()
  await service.update({ taskDefinition: await service.define({ MESSAGE: 'two' }) })
  const statuses = new Set<number>()
  const ask = async () => {
    statuses.add((await service.get()).status)
    return (await service.listDeployments())[0]?.status
  }
  await expect.poll(ask, often).toBe('SUCCESSFUL')
  expect(statuses).toEqual(new Set([200]))
  expect((await service.listEvents()).filter((event) => event.startsWith('has stopped'))).toEqual([
    'has stopped 1 running tasks: (task).',
    'has stopped 1 running tasks: (task).',
  ])
})

it('stops the old task first where the minimum is 0 and the maximum 100 per cent', async () => {
  const service = await openService(contractAccount())
  const deploymentConfiguration = { minimumHealthyPercent: 0, maximumPercent: 100 }
  await service.create(await service.define({ MESSAGE: 'one' }), { deploymentConfiguration })
  await service.settle()
  await service.update({ taskDefinition: await service.define({ MESSAGE: 'two' }) })
  expect(await service.settle()).toBe('SUCCESSFUL')
  expect(await (await service.get()).text()).toBe('two')
  const events = await service.listEvents()
  const started = events.flatMap((event, at) => (event.startsWith('has started') ? [at] : []))
  expect(events.findIndex((event) => event.startsWith('has stopped'))).toBeLessThan(started.at(-1) ?? 0)
})

it('is stuck where the percentages allow neither a stop nor a start, and goes on once they do', async () => {
  const service = await openService(contractAccount())
  const deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent: 100 }
  await service.create(await service.define({ MESSAGE: 'one' }), { deploymentConfiguration })
  await service.settle()
  await service.update({ taskDefinition: await service.define({ MESSAGE: 'two' }) })
  await expect
    .poll(service.listEvents, patience)
    .toContain(
      'was unable to stop or start tasks during a deployment because of the service deployment configuration. ' +
        'Update the minimumHealthyPercent or maximumPercent value and try again.',
    )
  expect(await (await service.get()).text()).toBe('one')
  await service.update({ deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 } })
  expect(await service.settle()).toBe('SUCCESSFUL')
  expect(await (await service.get()).text()).toBe('two')
})

it('rolls back after as many failures as the circuit breaker allows', async () => {
  const service = await openService(contractAccount())
  const first = await service.define({ MESSAGE: 'one' })
  await service.create(first, { deploymentConfiguration: { deploymentCircuitBreaker: breaker } })
  await service.settle()
  await service.update({ taskDefinition: await service.define({}, crash) })
  expect(await service.settle()).toBe('ROLLBACK_SUCCESSFUL')
  const [failed, before] = await service.listDeployments()
  const statusReason = 'Service deployment rolled back because the circuit breaker threshold was exceeded.'
  expect(failed).toMatchObject({
    statusReason,
    deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 2, threshold: 2 },
    rollback: { reason: statusReason },
  })
  expect(before).toMatchObject({
    status: 'SUCCESSFUL',
    deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE' },
  })
  const { taskDefinition, deployments } = await service.describe()
  expect([taskDefinition, deployments?.length]).toEqual([first, 1])
  expect(await (await service.get()).text()).toBe('one')
  expect(await service.listEvents()).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^\(deployment ecs-svc\/\w+\) deployment failed: tasks failed to start\.$/),
      expect.stringMatching(/^rolling back to deployment ecs-svc\/\w+\.$/),
    ]),
  )
})

it('has nothing to roll back to at first, and starts no more tasks', async () => {
  const service = await openService(contractAccount())
  await service.create(await service.define({}, crash), {
    deploymentConfiguration: { deploymentCircuitBreaker: breaker },
  })
  expect(await service.settle()).toBe('ROLLBACK_FAILED')
  const [deployment] = (await service.describe()).deployments ?? []
  expect(deployment && summarize(deployment)).toEqual({
    status: 'PRIMARY',
    rolloutState: 'FAILED',
    rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
  })
  expect(await service.listTasks('STOPPED')).toHaveLength(2)
})

it.each([
  [1, undefined, 3],
  [10, undefined, 5],
  [1000, undefined, 200],
  [4, { type: 'UNBOUNDED_PERCENT', value: 25 }, 1],
] as const)(
  'with %i tasks and the threshold %j breaks after %i failures',
  async (desiredCount, threshold, most) => {
    const service = await openService(contractAccount())
    const thresholdConfiguration = threshold
    await service.create(await service.define({}), {
      desiredCount,
      // Without instances nothing starts.
      launchType: 'EC2',
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: true, rollback: false, thresholdConfiguration },
      },
    })
    const [deployment] = await service.listDeployments()
    expect(deployment?.deploymentCircuitBreaker).toMatchObject({ status: 'MONITORING', threshold: most })
  },
)

it('pauses between starts of tasks that crash, and says so', async () => {
  const service = await openService(contractAccount())
  await service.create(await service.define({}, crash))
  await expect
    .poll(service.listEvents, patience)
    .toContain('is unable to consistently start tasks successfully.')
  expect(await service.listTasks('STOPPED')).toHaveLength(3)
  // A change starts afresh.
  await service.update({ taskDefinition: await service.define({}) })
  expect(await service.settle()).toBe('SUCCESSFUL')
  const statuses = (await service.listDeployments()).map(({ status }) => status)
  expect(statuses).toEqual(['SUCCESSFUL', 'STOPPED'])
})
