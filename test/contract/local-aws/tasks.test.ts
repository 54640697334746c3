import { StopTaskCommand } from '@aws-sdk/client-ecs'
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { describe, expect, it } from 'vitest'
import { makeTar } from '../../../scripts/example-image/tar.ts'
import { contractAccount, isLocal, patience, undoLater, uniqueName } from '../../contract-account.ts'
import { contractImage } from '../../fixtures/contract-image.ts'
import { pushImage } from '../../fixtures/image.ts'
import { openTasks } from '../../fixtures/task.ts'

const account = contractAccount()
const tasks = await openTasks(account)
const image = await contractImage(account)

/** A task that runs Python text instead of what the image would run. */
const runPython = async (code: string, more = {}) =>
  await tasks.run({ image, entryPoint: ['python3', '-u', '-c'], command: [code], ...more })

/** Makes an image that runs Python of its own, in a place where only the local AWS finds that program. */
async function pushProgram() {
  const bytes = makeTar([
    { name: 'srv/' },
    {
      name: 'srv/show.py',
      content: 'import os, sys; print(os.getcwd()[-4:], os.environ["FROM"], *sys.argv[1:])',
    },
  ])
  const settings = {
    Entrypoint: ['python3', 'show.py'],
    Cmd: ['by default'],
    WorkingDir: '/srv',
    Env: ['FROM=image'],
  }
  return await pushImage(account, [{ bytes }], settings)
}

async function putParameter(Name: string, Value: string, Type: 'String' | 'SecureString') {
  const ssm = new SSMClient(account.config)
  await ssm.send(new PutParameterCommand({ Name, Value, Type }))
  undoLater(async () => await ssm.send(new DeleteParameterCommand({ Name })))
}

describe('a task', () => {
  it.runIf(isLocal)('starts as its image says, but for what its definition says', async () => {
    const program = await pushProgram()
    const byImage = await tasks.run({ image: program })
    const environment = [{ name: 'FROM', value: 'definition' }]
    const byDefinition = await tasks.run({ image: program, command: ['by', 'definition'], environment })
    for (const arn of [byImage, byDefinition]) await tasks.reach(arn, 'STOPPED')
    await expect.poll(() => tasks.read(byImage), patience).toEqual(['/srv image by default'])
    await expect.poll(() => tasks.read(byDefinition), patience).toEqual(['/srv definition by definition'])
  })

  it('gets variables, and parameters as secrets by name and by ARN', async () => {
    const path = `/${uniqueName()}`
    await putParameter(`${path}/plain`, 'one', 'String')
    await putParameter(`${path}/secure`, 'two', 'SecureString')
    const parameter = `arn:aws:ssm:${account.region}:${account.account}:parameter`
    const arn = await runPython('import os; print(*map(os.environ.get, ("SET", "BY_NAME", "BY_ARN")))', {
      environment: [{ name: 'SET', value: 'set' }],
      secrets: [
        { name: 'BY_NAME', valueFrom: `${path}/plain` },
        { name: 'BY_ARN', valueFrom: `${parameter}${path}/secure` },
      ],
    })
    await tasks.reach(arn, 'STOPPED')
    await expect.poll(() => tasks.read(arn), patience).toEqual(['set one two'])
  })

  it.runIf(isLocal)('gets the credentials of its account', async () => {
    const arn = await runPython('import os; print(os.environ["AWS_ACCESS_KEY_ID"])')
    await tasks.reach(arn, 'STOPPED')
    await expect.poll(() => tasks.read(arn), patience).toEqual([account.account])
  })

  it('does not start without a parameter that it names', async () => {
    const arn = await runPython('', { secrets: [{ name: 'A', valueFrom: '/app/missing' }] })
    expect(await tasks.reach(arn, 'STOPPED')).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(
        /^ResourceInitializationError: unable to pull secrets or registry auth: .*invalid ssm parameters: \/app\/missing$/,
      ),
    })
  })

  it('does not start without its log group', async () => {
    const options = { 'awslogs-group': '/ecs/none', 'awslogs-region': account.region }
    const arn = await runPython('', { logConfiguration: { logDriver: 'awslogs', options } })
    expect(await tasks.reach(arn, 'STOPPED')).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(
        /^CannotStartContainerError: .*: The specified log group does not exist\.$/,
      ),
    })
  })

  it('does not start a program that is nowhere', async () => {
    const arn = await tasks.run({ image, entryPoint: ['no-such-program'] })
    expect(await tasks.reach(arn, 'STOPPED')).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(/^CannotStartContainerError: .*no-such-program/),
    })
  })

  it('stops with its essential container, and shows the exit code', async () => {
    const arn = await runPython('import sys; sys.exit(3)')
    expect(await tasks.reach(arn, 'STOPPED')).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 3 }],
    })
  })

  it.each([
    ['has the time to end by itself', 'sys.exit(7)', 7],
    ['is killed after its stop time-out', 'None', 137],
  ])('that is stopped by a user %s', async (_, answer, exitCode) => {
    const arn = await runPython(
      `import signal, sys, time\nsignal.signal(15, lambda *_: ${answer})\nprint("ready")\nwhile True: time.sleep(0.1)`,
      { stopTimeout: 1 },
    )
    await expect.poll(() => tasks.read(arn), patience).toEqual(['ready'])
    const { task } = await tasks.ecs.send(
      new StopTaskCommand({ cluster: tasks.cluster, task: arn, reason: 'enough' }),
    )
    expect(task?.desiredStatus).toBe('STOPPED')
    expect(await tasks.reach(arn, 'STOPPED')).toMatchObject({
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
      containers: [{ exitCode }],
    })
  })

  it('is healthy as soon as its container says so', async () => {
    const arn = await runPython('import time; time.sleep(60)', {
      healthCheck: { command: ['CMD-SHELL', 'test "$SET" = set'], interval: 5 },
      environment: [{ name: 'SET', value: 'set' }],
    })
    await expect.poll(async () => (await tasks.describe(arn)).healthStatus, patience).toBe('HEALTHY')
    await tasks.ecs.send(new StopTaskCommand({ cluster: tasks.cluster, task: arn }))
  })
})
