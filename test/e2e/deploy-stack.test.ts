import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation'
import { HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { describe, expect, it } from 'vitest'
import { runActionProcess } from '../../scripts/action-process.ts'
import { localAws } from '../local-aws.ts'

const parameter = (name: string, value: string | { Ref: string }) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name: name, Value: value },
})

const templates = {
  'data.yml': {
    Parameters: { Prefix: { Type: 'String' } },
    Resources: {
      Bucket: {
        Type: 'AWS::S3::Bucket',
        DeletionPolicy: 'Retain',
        Properties: { BucketName: { 'Fn::Sub': '${Prefix}-data-${AWS::AccountId}' } },
      },
      Logs: {
        Type: 'AWS::Logs::LogGroup',
        DeletionPolicy: 'Retain',
        Properties: { LogGroupName: { 'Fn::Sub': '/${Prefix}/logs' } },
      },
    },
    Outputs: { BucketName: { Value: { Ref: 'Bucket' } } },
  },
  'app.yml': {
    Parameters: {
      BucketName: { Type: 'String' },
      CodeKey: { Type: 'String' },
      Size: { Type: 'String', Default: 'small' },
    },
    Resources: {
      Bucket: parameter('/app/bucket', { Ref: 'BucketName' }),
      Code: parameter('/app/code', { Ref: 'CodeKey' }),
      Size: parameter('/app/size', { Ref: 'Size' }),
    },
  },
}

/** A folder with a graph of two stacks, and an account of its own to deploy it to. */
function makeProject(more: Record<string, unknown> = {}, moreStacks = '') {
  const aws = localAws()
  const folder = mkdtempSync(join(tmpdir(), 'stacks-'))
  mkdirSync(join(folder, 'code'))
  writeFileSync(join(folder, 'code', 'index.js'), 'export const handler = () => 1')
  for (const [name, content] of Object.entries({ ...templates, ...more })) {
    writeFileSync(join(folder, name), JSON.stringify(content))
  }
  writeFileSync(
    join(folder, 'stacks.yml'),
    `stacks:
  data: {template: data.yml}
  app: {template: app.yml, assets: {Code: code}, parameters: {BucketName: '\${data.BucketName}'}}
${moreStacks}`,
  )
  const run = async (inputs: Record<string, string> = {}) =>
    await runActionProcess({
      action: 'deploy-stack',
      inputs: { stacks: join(folder, 'stacks.yml'), prefix: 'p', ...inputs },
      env: { ...aws.env, RUNNER_TEMP: aws.env.HOME ?? '' },
    })
  const ssm = new SSMClient(aws.config)
  const read = async (Name: string) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value
  const s3 = new S3Client({ ...aws.config, forcePathStyle: true })
  return { ...aws, run, read, ssm, s3, bucket: `p-data-${aws.account}` }
}

describe('deploy-stack', () => {
  it('creates, leaves alone and changes a graph of stacks', async () => {
    const { run, read, bucket, account, region } = makeProject()
    const created = await run()
    expect(created.summary).toMatch(new RegExp(`^## Stacks: created\n\naccount ${account} · ${region} · `))
    expect(created.outputs).toMatchObject({ result: 'created', changes: '5' })
    expect(JSON.parse(created.outputs.outputs ?? '')).toEqual({ data: { BucketName: bucket }, app: {} })
    expect(await read('/app/bucket')).toBe(bucket)
    expect(await read('/app/code')).toMatch(/^assets\/[0-9a-f]{64}\.zip$/)
    expect((await run()).outputs).toMatchObject({ result: 'no-changes', changes: '0' })
    expect((await run({ parameters: 'Size=large' })).outputs).toMatchObject({ result: 'changed' })
    expect((await run()).outputs.result).toBe('no-changes')
    expect(await read('/app/size')).toBe('large')
  })

  it('shows a change, and leaves neither a change set nor an empty stack behind', async () => {
    const { run, read, config } = makeProject()
    const client = new CloudFormationClient(config)
    const fresh = await run({ mode: 'preview' })
    expect(fresh.outputs).toMatchObject({ result: 'previewed', changes: '5' })
    expect((await client.send(new DescribeStacksCommand({}))).Stacks).toEqual([])
    await run()
    const preview = await run({ mode: 'preview', parameters: 'Size=large' })
    expect(preview.outputs).toMatchObject({ result: 'previewed', changes: '1' })
    expect(preview.summary).toContain('| Modify | Size |')
    const { Summaries } = await client.send(new ListChangeSetsCommand({ StackName: 'p-app' }))
    expect((Summaries ?? []).filter(({ ExecutionStatus }) => ExecutionStatus === 'AVAILABLE')).toEqual([])
    expect(await read('/app/size')).toBe('small')
  })

  it('names the resource that failed, and starts nothing behind it', async () => {
    const taken = { Resources: { Taken: parameter('/taken', 'x') } }
    const after = { Resources: { After: parameter('/after', 'x') } }
    const { run, ssm, read } = makeProject(
      { 'taken.yml': taken, 'after.yml': after },
      '  taken: {template: taken.yml}\n  after: {template: after.yml, depends-on: [taken]}\n',
    )
    await ssm.send(new PutParameterCommand({ Name: '/taken', Value: 'mine', Type: 'String' }))
    const failed = await run()
    expect(failed.exitCode).toBe(1)
    expect(failed.outputs.result).toBe('rolled-back')
    expect(failed.lines.find((line) => line.startsWith('::error::'))).toContain('Taken (AWS::SSM::Parameter)')
    await expect(read('/after')).rejects.toThrow()
    expect(await read('/app/size')).toBe('small')
  })

  it('changes nothing where a parameter has no value, or one that its template does not take', async () => {
    const Parameters = { Count: { Type: 'Number', MaxValue: 3 } }
    const { run, config } = makeProject(
      { 'needy.yml': { Parameters, Resources: { Count: parameter('/needy', { Ref: 'Count' }) } } },
      '  needy: {template: needy.yml, depends-on: [app]}\n',
    )
    const error = async (inputs: Record<string, string>) =>
      (await run(inputs)).lines.find((line) => line.startsWith('::error::'))
    expect(await error({})).toContain('parameters: needy needs "Count"')
    expect(await error({ parameters: 'Count=4' })).toContain(
      'parameters: needy.Count: expected a number up to 3, got "4"',
    )
    expect((await new CloudFormationClient(config).send(new DescribeStacksCommand({}))).Stacks).toEqual([])
  })

  it('ends with validation-failed where CloudFormation refuses a template', async () => {
    const { run } = makeProject(
      { 'bad.yml': { Resources: { Bad: { Type: 'AWS::Not::There' } } } },
      '  bad: {template: bad.yml}\n',
    )
    const { outputs, lines } = await run({ only: 'bad' })
    expect(outputs.result).toBe('validation-failed')
    expect(lines.filter((line) => line.startsWith('    at '))).toEqual([])
  })

  it('says what validation found wrong, and where, and leaves no change set behind', async () => {
    const { run, config } = makeProject(
      {
        'bad.yml': {
          Resources: {
            Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {}, Nam: 'x' } },
          },
        },
      },
      '  bad: {template: bad.yml}\n',
    )
    const { outputs, lines } = await run({ only: 'bad' })
    expect(outputs.result).toBe('validation-failed')
    expect(lines.join('\n')).toContain('/Resources/Role/Properties')
    const { Summaries } = await new CloudFormationClient(config).send(
      new ListChangeSetsCommand({ StackName: 'p-bad' }),
    )
    expect(Summaries).toEqual([])
  })

  it('destroys only with the prefix as confirmation, and keeps what is retained', async () => {
    const { run, s3, bucket } = makeProject()
    await run()
    expect((await run({ mode: 'destroy', confirm: 'q' })).outputs.result).toBe('refused')
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'x', Body: 'x' }))
    expect((await run({ mode: 'destroy', confirm: 'p' })).outputs.result).toBe('destroyed')
    await s3.send(new HeadBucketCommand({ Bucket: bucket }))
    const again = await run({ mode: 'destroy', confirm: 'p', 'delete-data': 'true' })
    expect(again.summary).toContain(`| p-data | absent | 0 | bucket ${bucket}, log group /p/logs |  |  |`)
    await expect(s3.send(new HeadBucketCommand({ Bucket: bucket }))).rejects.toThrow()
  })

  it('deletes data only where that is asked for, so that all can be made again', async () => {
    const { run, s3, bucket } = makeProject()
    await run()
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'x', Body: 'x' }))
    const destroyed = await run({ mode: 'destroy', confirm: 'p', 'delete-data': 'true' })
    expect(destroyed.outputs.result).toBe('destroyed')
    await expect(s3.send(new HeadBucketCommand({ Bucket: bucket }))).rejects.toThrow()
    expect((await run()).outputs.result).toBe('created')
  })

  it('refuses to destroy a stack that another one needs', async () => {
    const { run } = makeProject()
    await run()
    const refused = await run({ mode: 'destroy', confirm: 'p', only: 'data' })
    expect(refused.outputs.result).toBe('refused')
    expect(refused.lines.join('\n')).toContain('the stack "app" is deployed and depends on what would go')
  })

  it('writes nothing in a dry run', async () => {
    const { run, config } = makeProject()
    const { outputs } = await run({ 'dry-run': 'true' })
    expect(outputs.result).toBe('planned')
    expect(JSON.parse(readFileSync(outputs.report ?? '', 'utf8'))).toMatchObject({ result: 'planned' })
    expect((await new CloudFormationClient(config).send(new DescribeStacksCommand({}))).Stacks).toEqual([])
  })
})
