import { expect, it } from 'vitest'
import type { ServiceEvidence } from '../../lib/service/diagnosis/evidence.ts'
import { emptyStacks } from '../fakes/cloudformation.ts'
import { deploy, deployed, trouble } from '../fixtures/three-stacks.ts'

const breaker = "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."
const container = { name: 'app', image: 'r/app:1', exitCode: 1, reason: '', isUnhealthy: false }
const evidence: ServiceEvidence = {
  ...{ cluster: 'c', service: 'ddn-app-server', desired: 1, running: 0, pending: 1, events: [] },
  ...{ deployment: undefined, targets: [], groups: [], needsGpu: false, gpuQuota: undefined, unread: [] },
  stoppedTasks: [
    {
      ...{ id: 't', code: 'EssentialContainerExited', reason: 'Essential container in task exited' },
      containers: [{ ...container, logLines: ['no model'] }],
    },
  ],
}

it('tells by the container why a service failed, not by the circuit breaker', async () => {
  const account = emptyStacks()
  trouble(account, 'Server', { at: 'create', reason: breaker })
  const ended = await deploy(account, { evidence })
  expect(ended.failure).toContain(
    'rolled-back: ddn-app: Server (AWS::ECS::Service): container app: ended with exit code 1; its last log line is "no model"; correct what its log tells [ROLLBACK_COMPLETE',
  )
})

it('reads once what AWS tells of a service, as soon as it fails, and of no other resource', async () => {
  const account = emptyStacks()
  trouble(account, 'Server', { at: 'create', reason: breaker })
  trouble(account, 'Logs', { at: 'create', reason: 'no' })
  const asked: unknown[] = []
  const read = async (...of: unknown[]) => {
    asked.push(of.slice(0, 2))
    return evidence
  }
  await deploy(account, { capacity: { serviceEvidence: { read } } })
  expect(asked).toEqual([['c', 'ddn-app-server']])
})

it('tells it by the reason of AWS where nothing more is known', async () => {
  const account = emptyStacks()
  trouble(account, 'Server', { at: 'create', reason: breaker })
  expect((await deploy(account)).failure).toContain(`Server (AWS::ECS::Service): ${breaker} [ROLLBACK`)
})

it('says every 30 s what a stack waits for, and at its time-out, with what its service is at', async () => {
  const account = emptyStacks()
  trouble(account, 'Server', { at: 'create', reason: '', hangs: true })
  const ended = await deploy(account, { evidence, inputs: { 'timeout-minutes': '2' } })
  const service =
    'service ddn-app-server: 0 of 1 tasks run, 1 pending; container app: ended with exit code 1; its last log line is "no model"; correct what its log tells'
  const waits = `waits for Server (AWS::ECS::Service) CREATE_IN_PROGRESS; ${service}`
  expect(ended.failure).toContain(`timeout: ddn-app: stack ddn-app, which ${waits}: not settled after`)
  const told = ended.lines.filter((line) => line.includes(waits))
  expect([3, 4]).toContain(told.length)
  expect(told[0]).toMatch(/^ddn-app: 3\d\.\d s: waits for/)
})

it('hands on the outputs of this deployment, also where reads show the stack as it was before', async () => {
  const account = await deployed()
  const lag = { stale: 12 }
  const { outputs, report } = await deploy(account, { lag, inputs: { parameters: 'base.Value=two' } })
  expect(JSON.parse(outputs.outputs ?? '')).toMatchObject({ base: { Out: 'two' } })
  expect(report).toMatchObject({ stacks: [{ result: 'changed' }, { result: 'changed' }, {}] })
})
