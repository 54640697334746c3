import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { GetBucketCorsCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { makeServiceArchive, pushServiceImage, runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

it('creates all stacks, finds nothing to change, and deletes them without a rest', async () => {
  const account = localAws()
  const deploy = (inputs: Record<string, string>) =>
    runIn(account, 'deploy-stack', { stacks: 'cloudformation/stacks.yml', ...inputs })
  const choices = 'TagMutability=IMMUTABLE\nCorsOrigins=https://a.example.com,https://b.example.com'
  const storage = await deploy({ only: 'storage', parameters: choices })
  expect(storage.outputs.result).toBe('created')
  const s3 = new S3Client({ ...account.config, forcePathStyle: true })
  const { OutputBucketName } = JSON.parse(storage.outputs.outputs ?? '').storage
  const { CORSRules } = await s3.send(new GetBucketCorsCommand({ Bucket: OutputBucketName }))
  expect(CORSRules).toMatchObject([
    { AllowedOrigins: ['https://a.example.com', 'https://b.example.com'], AllowedMethods: ['GET', 'HEAD'] },
  ])
  const repository = 'deepdenoising-triton'
  const first = await pushServiceImage(account, repository)
  const wanted = 'network.Egress=endpoints\nendpoints.InterfaceEndpoints=true\nmonitoring.MonthlyBudget=900'
  const parameters = `ImageUri=${first}\n${wanted}`
  const created = await deploy({ parameters })
  // Also no warning that a network without a NAT gateway needs the endpoints, which are there.
  expect(created.lines.filter((line) => /^::(error|warning)::/.test(line))).toEqual([])
  expect(created.outputs.result).toBe('created')
  expect(Object.keys(JSON.parse(created.outputs.outputs ?? ''))).toEqual([
    ...[
      'network',
      'endpoints',
      'storage',
      'load-balancer',
      'cluster',
      'service',
      'api',
      'billing',
      'monitoring',
    ],
  ])
  expect((await deploy({ parameters })).outputs).toMatchObject({ result: 'no-changes', changes: '0' })
  const second = await pushServiceImage(account, repository, makeServiceArchive('v2'))
  const updated = await deploy({ only: 'service', parameters: `ImageUri=${second}` })
  expect(updated.outputs.result).toBe('changed')
  const { imageDetails = [] } = await new ECRClient(account.config).send(
    new DescribeImagesCommand({ repositoryName: repository }),
  )
  const tags = imageDetails.map(({ imageDigest, imageTags = [] }) => [imageDigest, imageTags.toSorted()])
  expect(Object.fromEntries(tags)).toEqual({
    [first.split('@')[1] ?? '']: ['ddn-previous', 'v1'],
    [second.split('@')[1] ?? '']: ['ddn-running', 'v2'],
  })
  const destroyed = await deploy({ mode: 'destroy', confirm: 'ddn', 'delete-data': 'true' })
  expect(destroyed.outputs.result).toBe('destroyed')
  const { Stacks } = await new CloudFormationClient(account.config).send(new DescribeStacksCommand({}))
  expect(Stacks).toEqual([])
  const { logGroups } = await new CloudWatchLogsClient(account.config).send(new DescribeLogGroupsCommand({}))
  expect(logGroups).toEqual([])
  expect((await deploy({ only: 'storage' })).outputs.result).toBe('created')
})
