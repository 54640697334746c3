import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { expect, it } from 'vitest'
import { pushServiceImage, runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

it('creates all stacks, finds nothing to change, and deletes them without a rest', async () => {
  const account = localAws()
  const deploy = (inputs: Record<string, string>) =>
    runIn(account, 'deploy-stack', { stacks: 'cloudformation/stacks.yml', ...inputs })
  expect((await deploy({ only: 'storage' })).outputs.result).toBe('created')
  const parameters = `ImageUri=${await pushServiceImage(account, 'deepdenoising-triton')}`
  const created = await deploy({ parameters })
  expect(created.lines.filter((line) => line.startsWith('::error::'))).toEqual([])
  expect(created.outputs.result).toBe('created')
  expect((await deploy({ parameters })).outputs).toMatchObject({ result: 'no-changes', changes: '0' })
  const destroyed = await deploy({ mode: 'destroy', confirm: 'ddn', 'delete-data': 'true' })
  expect(destroyed.outputs.result).toBe('destroyed')
  const { Stacks } = await new CloudFormationClient(account.config).send(new DescribeStacksCommand({}))
  expect(Stacks).toEqual([])
  const { logGroups } = await new CloudWatchLogsClient(account.config).send(new DescribeLogGroupsCommand({}))
  expect(logGroups).toEqual([])
  expect((await deploy({ only: 'storage' })).outputs.result).toBe('created')
})
