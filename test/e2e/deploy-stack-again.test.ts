import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRepositoryCommand, DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr'
import {
  CreateBucketCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { runActionProcess } from '../../scripts/action-process.ts'
import { localAws } from '../local-aws.ts'

const template = `
Parameters:
  Prefix: {Type: String}
  BucketName: {Type: String, Default: ''}
Conditions:
  IsNamed: !Not [!Equals [!Ref BucketName, '']]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: RetainExceptOnCreate
    Properties:
      BucketName: !If [IsNamed, !Ref BucketName, !Sub '\${Prefix}-data-\${AWS::AccountId}']
  Images:
    Type: AWS::ECR::Repository
    DeletionPolicy: Retain
    Properties: {RepositoryName: !Sub '\${Prefix}/images'}
  Logs:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Retain
    Properties: {LogGroupName: !Join ['/', ['', !Ref Prefix, logs]]}
  Name:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Name: !Sub '/\${Prefix}/name', Value: !GetAtt Images.RepositoryUri}
Outputs:
  BucketArn: {Value: !GetAtt Bucket.Arn}
`

function makeProject() {
  const aws = localAws()
  const folder = mkdtempSync(join(tmpdir(), 'again-'))
  writeFileSync(join(folder, 'data.yml'), template)
  writeFileSync(join(folder, 'stacks.yml'), 'stacks: {data: {template: data.yml}}\n')
  const run = async (inputs: Record<string, string> = {}) =>
    await runActionProcess({
      action: 'deploy-stack',
      inputs: { stacks: join(folder, 'stacks.yml'), prefix: 'p', ...inputs },
      env: { ...aws.env, RUNNER_TEMP: aws.env.HOME ?? '' },
    })
  return {
    run,
    bucket: `p-data-${aws.account}`,
    s3: new S3Client({ ...aws.config, forcePathStyle: true }),
    ecr: new ECRClient(aws.config),
    logs: new CloudWatchLogsClient(aws.config),
  }
}

const errorsOf = (lines: readonly string[]) => lines.filter((line) => line.startsWith('::error::')).join('\n')
const destroy = { mode: 'destroy', confirm: 'p' }

it('adopts what a destroy left behind, says so, and owns it again', async () => {
  const { run, bucket, s3, ecr } = makeProject()
  expect((await run()).outputs.result).toBe('created')
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'x', Body: 'kept' }))
  expect((await run(destroy)).outputs.result).toBe('destroyed')
  const planned = await run({ 'dry-run': 'true' })
  const lines = [
    `adopt the bucket ${bucket} into p-data`,
    'adopt the image repository p/images into p-data',
    'adopt the log group /p/logs into p-data',
  ]
  expect(planned.lines).toEqual(expect.arrayContaining(lines))
  const preview = await run({ mode: 'preview' })
  expect(preview.summary).toContain('| Import | Bucket |')
  const again = await run()
  expect(again.lines).toEqual(expect.arrayContaining(lines))
  expect(again.outputs).toMatchObject({ result: 'created', changes: '4' })
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'x' }))
  expect(await Body?.transformToString()).toBe('kept')
  expect((await run()).outputs.result).toBe('no-changes')
  // It is ours as before: the next destroy and deployment find it again, and delete-data deletes it.
  expect((await run(destroy)).outputs.result).toBe('destroyed')
  expect((await run()).outputs.result).toBe('created')
  expect((await run({ ...destroy, 'delete-data': 'true' })).outputs.result).toBe('destroyed')
  await expect(ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['p/images'] }))).rejects.toThrow()
})

it('adopts what is not ours only where that is allowed, and names all of it before anything is made', async () => {
  const { run, bucket, s3, ecr, logs } = makeProject()
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  await ecr.send(new CreateRepositoryCommand({ repositoryName: 'p/images' }))
  await logs.send(
    new CreateLogGroupCommand({
      logGroupName: '/p/logs',
      tags: { 'gpu-service-actions:prefix': 'p', 'gpu-service-actions:stack': 'other' },
    }),
  )
  const refused = await run({ allow: bucket })
  expect(refused.outputs.result).toBe('refused')
  expect(errorsOf(refused.lines)).toContain(
    'data: the image repository "p/images" exists already and was not made by this stack: import it with allow: p/images, take another prefix or name, or remove it; data: the log group "/p/logs" exists',
  )
  expect(errorsOf(refused.lines)).not.toContain(bucket)
  const allowed = await run({ allow: `${bucket}, p/images, /p/logs` })
  expect(allowed.outputs.result).toBe('created')
  const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket: bucket }))
  expect(TagSet).toContainEqual({ Key: 'gpu-service-actions:stack', Value: 'data' })
})

it('keeps the tags of a stack where none are given', async () => {
  const { run, bucket, s3 } = makeProject()
  await run({ 'stack-tags': 'team=ml' })
  expect((await run()).outputs.result).toBe('no-changes')
  const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket: bucket }))
  expect(TagSet).toContainEqual({ Key: 'team', Value: 'ml' })
})

it('gives no other prefix and no other name to what holds data, once it is deployed', async () => {
  const { run, bucket } = makeProject()
  await run()
  const renamed = await run({ parameters: 'BucketName=other' })
  expect([renamed.outputs.result, errorsOf(renamed.lines)]).toEqual([
    'refused',
    `::error::data: the bucket "${bucket}" holds data and cannot be renamed to "other" after the first deployment; give the name that it has`,
  ])
  const prefixed = await run({ parameters: 'Prefix=q' })
  expect([prefixed.outputs.result, errorsOf(prefixed.lines)]).toEqual([
    'refused',
    '::error::data: the parameter Prefix cannot change from "p" to "q" after the first deployment; deploy other stacks with the input prefix',
  ])
  const named = await run({ parameters: `BucketName=${bucket}` })
  expect([named.exitCode, errorsOf(named.lines)]).toEqual([0, ''])
})
