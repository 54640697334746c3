import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr'
import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs'
import {
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { beforeAll, expect, it } from 'vitest'
import { makeZip } from '../../actions/deploy-stack/apply/zip.ts'
import { runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

const account = localAws()
const { config } = account
const s3 = new S3Client({ ...config, forcePathStyle: true })
const old = (name: string) => `${account.account}-${name}`
const buckets = {
  Input: old('ddn-in-bucket'),
  Output: old('ddn-out-bucket'),
  Log: old('ddn-apigw-accesslog-bucket'),
}
const logGroups = ['/ecs/ddn-triton-task', '/aws/lambda/ddn-presign-lambda', '/aws/apigw/ddn-access-logs']

/** Makes an account as the scripts left it. */
beforeAll(async () => {
  for (const Bucket of Object.values(buckets)) await s3.send(new CreateBucketCommand({ Bucket }))
  await new ECRClient(config).send(new CreateRepositoryCommand({ repositoryName: 'deepdenoising-triton' }))
  await new ECSClient(config).send(new CreateClusterCommand({ clusterName: 'ddn-ecs-cluster' }))
  const balancer = { Name: 'ddn-alb', Subnets: ['subnet-00000001', 'subnet-00000002'] }
  await new ElasticLoadBalancingV2Client(config).send(new CreateLoadBalancerCommand(balancer))
  const ZipFile = makeZip([{ name: 'index.js', content: Buffer.from(''), executable: false }])
  await new LambdaClient(config).send(
    new CreateFunctionCommand({
      ...{ FunctionName: 'ddn-presign-lambda', Runtime: 'nodejs22.x', Handler: 'index.handler' },
      ...{ Role: `arn:aws:iam::${account.account}:role/ddn-presign`, Code: { ZipFile } },
    }),
  )
  await new GlueClient(config).send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'ddn_billing_db' } }))
  await new AthenaClient(config).send(new CreateWorkGroupCommand({ Name: 'ddn-billing' }))
  const logs = new CloudWatchLogsClient(config)
  for (const logGroupName of logGroups) await logs.send(new CreateLogGroupCommand({ logGroupName }))
})

const image = `${account.account}.dkr.ecr.ap-northeast-2.amazonaws.com/app@sha256:${'0'.repeat(64)}`
const parameters = [
  ...[
    `ImageUri=${image}`,
    'VpcId=vpc-00000001',
    'AlbSubnetIds=subnet-00000001,subnet-00000002',
    'TaskSubnetIds=subnet-00000002,subnet-00000003',
  ],
  ...Object.entries(buckets).map(([name, bucket]) => `storage.${name}BucketName=${bucket}`),
  'api.AccessLogGroupName=/aws/apigw/ddn-access-logs',
].join('\n')
const deploy = (inputs: Record<string, string>) =>
  runIn(account, 'deploy-stack', {
    ...{ stacks: 'cloudformation/stacks.yml', parameters, checks: 'image=off' },
    ...inputs,
  })
const errorOf = (lines: readonly string[]) => lines.find((line) => line.startsWith('::error::')) ?? ''

const data = [
  ...Object.values(buckets).map((name) => `storage: the bucket "${name}"`),
  'storage: the image repository "deepdenoising-triton"',
  'service: the log group "/ecs/ddn-triton-task"',
  'api: the log group "/aws/lambda/ddn-presign-lambda"',
  'api: the log group "/aws/apigw/ddn-access-logs"',
]
const others = [
  'cluster: the ECS cluster "ddn-ecs-cluster"',
  'load-balancer: the load balancer "ddn-alb"',
  'api: the function "ddn-presign-lambda"',
  'billing: the Glue database "ddn_billing_db"',
  'billing: the Athena workgroup "ddn-billing"',
]

it('names each collision with what the scripts made, before anything is made', async () => {
  const before = await s3.send(new ListBucketsCommand({}))
  const { outputs, lines } = await deploy({})
  expect(outputs.result).toBe('refused')
  const sentences = errorOf(lines).split('; ')
  expect(sentences).toHaveLength(data.length + others.length)
  for (const start of [...data, ...others]) expect(errorOf(lines)).toContain(`${start} exists already`)
  expect((await new CloudFormationClient(config).send(new DescribeStacksCommand({}))).Stacks).toEqual([])
  expect((await s3.send(new ListBucketsCommand({}))).Buckets).toEqual(before.Buckets)
})

it('imports what holds data, and gives it the settings of its template afterwards', async () => {
  const imports = ['storage.Repository=deepdenoising-triton', 'service.LogGroup=/ecs/ddn-triton-task']
  const { outputs, lines } = await deploy({
    ...{ mode: 'import', parameters: `storage.InputBucketName=${buckets.Input}` },
    'resources-to-import': [`storage.InputBucket=${buckets.Input}`, ...imports].join('\n'),
  })
  expect([errorOf(lines), outputs.result, outputs.changes]).toEqual(['', 'imported', '3'])
  expect(lines).toContain(
    `import the bucket ${buckets.Input} into ddn-storage as InputBucket, by its BucketName`,
  )
  const isBlocked = async () => await s3.send(new GetPublicAccessBlockCommand({ Bucket: buckets.Input }))
  await expect(isBlocked()).rejects.toThrow()
  const storage = await deploy({
    ...{ only: 'storage', allow: `${buckets.Output}, ${buckets.Log}` },
    parameters: parameters.split('\n').slice(4, 7).join('\n'),
  })
  expect([errorOf(storage.lines), storage.outputs.result]).toEqual(['', 'changed'])
  expect((await isBlocked()).PublicAccessBlockConfiguration?.BlockPublicPolicy).toBe(true)
})

it('is not stopped with another prefix', async () => {
  const cluster = 'VpcId=vpc-00000001\nTaskSubnetIds=subnet-00000002,subnet-00000003'
  const other = await deploy({ prefix: 'lab', only: 'cluster', parameters: cluster })
  expect([errorOf(other.lines), other.outputs.result]).toEqual(['', 'created'])
})
