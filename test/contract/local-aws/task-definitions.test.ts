import {
  CreateServiceCommand,
  DeregisterTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type RunTaskCommandInput,
} from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { contractAccount, undoLater, uniqueName } from '../../contract-account.ts'
import { openTasks } from '../../fixtures/task.ts'

const account = contractAccount()
const ecs = new ECSClient(account.config)
const { cluster } = await openTasks(account)

const container = { name: 'app', image: 'nowhere/none:v1' }

async function register(more: Partial<RegisterTaskDefinitionCommandInput>): Promise<string> {
  const input = { family: uniqueName(), containerDefinitions: [container], ...more }
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(input))
  const arn = taskDefinition?.taskDefinitionArn ?? expect.fail('no task definition')
  undoLater(async () => await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn })))
  return arn
}

describe('a task definition', () => {
  it.each([
    [{}, /^Invalid setting for container 'app'\. At least one of 'memory' or 'memoryReservation' must be/],
  ] satisfies [Partial<RegisterTaskDefinitionCommandInput>, RegExp][])(
    'is refused: %j',
    async (more, text) => {
      await expect(register(more)).rejects.toMatchObject({
        name: 'ClientException',
        message: expect.stringMatching(text),
      })
    },
  )
})

const awsvpcConfiguration = { subnets: ['subnet-0a1b2c3d'] }

describe.each([
  ['awsvpc', {}, "Network Configuration must be provided when networkMode 'awsvpc' is specified."],
  [
    'bridge',
    { networkConfiguration: { awsvpcConfiguration } },
    'Network Configuration is not valid for the given networkMode of this task definition.',
  ],
] satisfies ['awsvpc' | 'bridge', Partial<RunTaskCommandInput>, string][])(
  'with the network mode %s and %j',
  (networkMode, more, message) => {
    const refusal = { name: 'InvalidParameterException', message }

    it('no task starts', async () => {
      const taskDefinition = await register({ networkMode, memory: '512' })
      const start = ecs.send(new RunTaskCommand({ cluster, taskDefinition, ...more }))
      await expect(start).rejects.toMatchObject(refusal)
    })

    it('no service is made', async () => {
      const taskDefinition = await register({ networkMode, memory: '512' })
      const input = { cluster, serviceName: uniqueName(), taskDefinition, desiredCount: 0, ...more }
      await expect(ecs.send(new CreateServiceCommand(input))).rejects.toMatchObject(refusal)
    })
  },
)
