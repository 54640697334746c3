import { StopTaskCommand } from '@aws-sdk/client-ecs'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeTar } from '../../../scripts/example-image/tar.ts'
import { pushImage } from '../../fixtures/image.ts'
import { openTasks, patience } from '../../fixtures/task.ts'
import { localAws } from '../../local-aws.ts'

const account = localAws()
const tasks = await openTasks(account)
let image = ''

/** A task that runs Python text instead of what the image would run. */
const runPython = async (code: string, more = {}) =>
  await tasks.run({ image, entryPoint: ['python3', '-u', '-c'], command: [code], ...more })

beforeAll(async () => {
  const bytes = makeTar([
    { name: 'srv/' },
    { name: 'srv/show.py', content: 'import os, sys; print(os.getcwd()[-4:], *sys.argv[1:])' },
  ])
  const settings = {
    Entrypoint: ['python3', 'show.py'],
    Cmd: ['by default'],
    WorkingDir: '/srv',
    Env: ['FROM=image'],
  }
  image = await pushImage(account, [{ bytes }], settings)
})

describe('a task', () => {
  it('starts as its image says', async () => {
    const arn = await tasks.run({ image })
    await tasks.reach(arn, 'STOPPED')
    await expect.poll(() => tasks.read(arn), patience).toEqual(['/srv by default'])
  })

  it('starts as its definition says, which comes before the image', async () => {
    const arn = await tasks.run({ image, command: ['by', 'definition'] })
    await tasks.reach(arn, 'STOPPED')
    await expect.poll(() => tasks.read(arn), patience).toEqual(['/srv by definition'])
  })

  it('gets variables, parameters as secrets by name and by ARN, and the credentials of its account', async () => {
    const ssm = new SSMClient(account.config)
    await ssm.send(new PutParameterCommand({ Name: '/app/plain', Value: 'one', Type: 'String' }))
    await ssm.send(new PutParameterCommand({ Name: '/app/secure', Value: 'two', Type: 'SecureString' }))
    const parameter = `arn:aws:ssm:${account.region}:${account.account}:parameter`
    const arn = await runPython(
      'import os; print(*map(os.environ.get, ("FROM", "SET", "BY_NAME", "BY_ARN", "AWS_ACCESS_KEY_ID")))',
      {
        environment: [{ name: 'SET', value: 'set' }],
        secrets: [
          { name: 'BY_NAME', valueFrom: '/app/plain' },
          { name: 'BY_ARN', valueFrom: `${parameter}/app/secure` },
        ],
      },
    )
    await tasks.reach(arn, 'STOPPED')
    await expect.poll(() => tasks.read(arn), patience).toEqual([`image set one two ${account.account}`])
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
    const { task } = await tasks.ecs.send(new StopTaskCommand({ cluster: 'c', task: arn, reason: 'enough' }))
    expect(task?.desiredStatus).toBe('STOPPED')
    expect(await tasks.reach(arn, 'STOPPED')).toMatchObject({
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
      containers: [{ exitCode }],
    })
  })

  it('is healthy as soon as its container says so', async () => {
    const arn = await runPython('import time; time.sleep(60)', {
      healthCheck: { command: ['CMD-SHELL', 'test "$FROM" = image'], interval: 5 },
    })
    await expect.poll(async () => (await tasks.describe(arn)).healthStatus, patience).toBe('HEALTHY')
    await tasks.ecs.send(new StopTaskCommand({ cluster: 'c', task: arn }))
  })
})
