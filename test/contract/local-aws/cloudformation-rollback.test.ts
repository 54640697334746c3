import {
  CancelUpdateStackCommand,
  DeleteStackCommand,
  ExecuteChangeSetCommand,
  RollbackStackCommand,
  SignalResourceCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeCloudFormation } from '../../../lib/aws/cloudformation.ts'
import { contractAccount, isLocal, undoLater } from '../../contract-account.ts'
import { makeBucket, openS3 } from '../../fixtures/bucket.ts'
import { deployService, pushServiceImage } from '../../fixtures/service.ts'
import { parameter, patience, stacksOf, type Template } from '../../fixtures/stack.ts'
import { localAws } from '../../local-aws.ts'

const account = contractAccount()
const stacks = stacksOf(account)
const { client, create, settle, describe: describeStack, reasons } = stacks

const taken = parameter('/taken')
const operationsOf = async (name: string) => (await describeStack(name)).LastOperations ?? []

/** A log group that an update keeps for more days, while it waits for a signal; then the update can fail. */
const waiting = (name: string, days: number): Template => ({
  Resources: {
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: `/${name}`, RetentionInDays: days } },
    ...(days > 1 && {
      Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      Wait: {
        Type: 'AWS::CloudFormation::WaitCondition',
        DependsOn: 'Logs',
        Properties: { Handle: { Ref: 'Handle' }, Timeout: '60', Count: 1 },
      },
    }),
  },
})

/** Starts an update that waits for a signal. */
async function startWaiting(name: string) {
  await create(name, waiting(name, 1))
  const TemplateBody = JSON.stringify(waiting(name, 3))
  await client.send(new UpdateStackCommand({ StackName: name, TemplateBody }))
  await expect.poll(() => reasons(name), patience).toContain('Wait CREATE_IN_PROGRESS ')
}

const fail = async (name: string) => {
  await client.send(
    new SignalResourceCommand({
      StackName: name,
      LogicalResourceId: 'Wait',
      UniqueId: '1',
      Status: 'FAILURE',
    }),
  )
  return await settle(name)
}

beforeAll(async () => {
  const ssm = new SSMClient(account.config)
  await ssm.send(new PutParameterCommand({ Name: '/taken', Value: 'mine', Type: 'String' }))
  undoLater(async () => await ssm.send(new DeleteParameterCommand({ Name: '/taken' })))
})

describe('a stack that cannot be made', () => {
  it('rolls back as an operation of its own, and can only be deleted then', async () => {
    const { StackStatus, StackId } = await create('failing', { Resources: { Taken: taken } })
    expect(StackStatus).toBe('ROLLBACK_COMPLETE')
    expect(await reasons('failing')).toContain(
      'failing ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Taken]. Rollback requested by user.',
    )
    const [rollback, creation] = await operationsOf('failing')
    expect([rollback?.OperationType, creation?.OperationType]).toEqual(['ROLLBACK', 'CREATE_STACK'])
    const failed = await stacks.events({
      OperationId: creation?.OperationId,
      Filters: { FailedEvents: true },
    })
    expect(failed).toMatchObject([
      {
        EventType: 'PROVISIONING_ERROR',
        LogicalResourceId: 'Taken',
        ResourceStatus: 'CREATE_FAILED',
        ResourceStatusReason: expect.stringMatching(
          /^Resource handler returned message: "The parameter already exists\. .*\(Service: Ssm, Status Code: 400/,
        ),
      },
    ])
    expect(await stacks.events({ OperationId: creation?.OperationId })).toContainEqual(
      expect.objectContaining({ EventType: 'STACK_EVENT', OperationStatus: 'FAILED' }),
    )
    expect(await stacks.events({ OperationId: rollback?.OperationId })).toContainEqual(
      expect.objectContaining({ EventType: 'STACK_EVENT', OperationStatus: 'SUCCEEDED' }),
    )
    const state = `Stack:${StackId} is in ROLLBACK_COMPLETE state and can not be updated.`
    await expect(stacks.update('failing', { Resources: { A: parameter('/a') } })).rejects.toThrow(state)
    await expect(stacks.review('failing', { Resources: { A: parameter('/a') } })).rejects.toThrow(state)
    await expect(create('failing', { Resources: { A: parameter('/a') } })).rejects.toMatchObject({
      name: 'AlreadyExistsException',
      message: 'Stack [failing] already exists',
    })
    expect((await stacks.remove('failing')).StackStatus).toBe('DELETE_COMPLETE')
  })

  it('names of a nested stack the id, and the resources that failed, whose reasons are in its own events', async () => {
    const bucket = await makeBucket(account)
    const object = { Bucket: bucket, Key: 'child.json' }
    const Body = JSON.stringify({ Resources: { Taken: taken } })
    await openS3(account).send(new PutObjectCommand({ ...object, Body }))
    undoLater(async () => await openS3(account).send(new DeleteObjectCommand(object)))
    const TemplateURL = `https://${bucket}.s3.${account.region}.amazonaws.com/child.json`
    await create('outer', {
      Resources: { Child: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL } } },
    })
    const told = (await reasons('outer')).find((each) => each.startsWith('Child CREATE_FAILED')) ?? ''
    const failed = 'was not successfully created: The following resource(s) failed to create: [Taken]. '
    expect(told.slice(told.indexOf('was not'))).toBe(failed)
    const [child = ''] = /arn:\S+/.exec(told) ?? []
    expect(await reasons(child)).toContainEqual(expect.stringContaining('The parameter already exists.'))
  })

  it('tells that the code of a function is missing', async () => {
    const bucket = await makeBucket(account)
    const code = { S3Bucket: bucket, S3Key: 'gone.zip' }
    const role = `arn:aws:iam::${account.account}:role/any`
    const settings = { Handler: 'i.h', Runtime: 'python3.12', Role: role }
    const made = await create('codeless', {
      Resources: { Code: { Type: 'AWS::Lambda::Function', Properties: { ...settings, Code: code } } },
    })
    expect(made.StackStatus).toBe('ROLLBACK_COMPLETE')
    expect((await reasons('codeless')).join('\n')).toMatch(
      /Code CREATE_FAILED .*"Error occurred while GetObject\. S3 Error Code: NoSuchKey\. .* \(Service: Lambda/,
    )
  })

  it('is deleted where that was asked for, as an operation of its own', async () => {
    const changeSet = await stacks.review(
      'unwanted',
      { Resources: { Taken: taken } },
      { ChangeSetType: 'CREATE', OnStackFailure: 'DELETE' },
    )
    await client.send(new ExecuteChangeSetCommand({ ChangeSetName: changeSet.ChangeSetId }))
    const read = async () => await describeStack(changeSet.StackId ?? '')
    await expect.poll(async () => (await read()).StackStatus, patience).toBe('DELETE_COMPLETE')
    expect((await read()).LastOperations?.map(({ OperationType }) => OperationType)).toEqual([
      'DELETE_STACK',
      'ROLLBACK',
      'CREATE_STACK',
      'CREATE_CHANGESET',
    ])
  })

  it('stays as it is where the rollback is disabled, until RollbackStack', async () => {
    const template = { Resources: { Made: parameter('/made'), Taken: { ...taken, DependsOn: 'Made' } } }
    const failed = await create('preserved', template, { DisableRollback: true })
    expect(failed.StackStatus).toBe('CREATE_FAILED')
    const { ChangeSetId } = await stacks.review('preserved', { Resources: { Made: parameter('/made') } })
    await expect(stacks.execute('preserved', ChangeSetId)).rejects.toThrow(
      'This stack is currently in a non-terminal [CREATE_FAILED] state.',
    )
    await client.send(new RollbackStackCommand({ StackName: 'preserved' }))
    expect((await settle('preserved')).StackStatus).toBe('ROLLBACK_COMPLETE')
    expect((await operationsOf('preserved'))[0]?.OperationType).toBe('ROLLBACK')
    expect(await reasons('preserved')).toContain('Made DELETE_COMPLETE ')
  })
})

describe('an update', () => {
  it('refuses another one, and the deletion, while it runs', async () => {
    await startWaiting('busy')
    const { StackId } = await describeStack('busy')
    await expect(stacks.update('busy', waiting('busy', 5))).rejects.toThrow(
      `Stack:${StackId} is in UPDATE_IN_PROGRESS state and can not be updated.`,
    )
    await expect(stacks.review('busy', waiting('busy', 5))).rejects.toThrow('UPDATE_IN_PROGRESS')
    await expect(client.send(new DeleteStackCommand({ StackName: 'busy' }))).rejects.toThrow(
      `Stack [${StackId}] cannot be deleted while in status UPDATE_IN_PROGRESS`,
    )
    expect((await fail('busy')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
  })

  it('that is cancelled goes back, and makes nothing more', async () => {
    await create('cancelled', waiting('cancelled', 1))
    const { Resources } = waiting('cancelled', 3)
    const more = { ...parameter('/cancelled'), DependsOn: 'Wait' }
    const TemplateBody = JSON.stringify({ Resources: { ...Resources, More: more } })
    await client.send(new UpdateStackCommand({ StackName: 'cancelled', TemplateBody }))
    await expect.poll(() => reasons('cancelled'), patience).toContain('Wait CREATE_IN_PROGRESS ')
    await client.send(new CancelUpdateStackCommand({ StackName: 'cancelled' }))
    const signal = { LogicalResourceId: 'Wait', UniqueId: '1', Status: 'SUCCESS' } as const
    // AWS does not wait for it.
    await client.send(new SignalResourceCommand({ StackName: 'cancelled', ...signal })).catch(() => {})
    expect((await settle('cancelled')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
    const told = await reasons('cancelled')
    expect(told).toContain('cancelled UPDATE_ROLLBACK_IN_PROGRESS User Initiated')
    expect(told.join()).not.toContain('More')
  })

  it('whose rollback fails goes on when it is told what to skip', async () => {
    await startWaiting('stuck')
    await new CloudWatchLogsClient(account.config).send(new DeleteLogGroupCommand({ logGroupName: '/stuck' }))
    expect(await fail('stuck')).toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_FAILED',
      StackStatusReason: 'The following resource(s) failed to update: [Logs].',
    })
    expect((await reasons('stuck')).join('\n')).toMatch(/Logs UPDATE_FAILED .* was not found\..*NotFound/)
    const { continueRollback } = makeCloudFormation(account.config)
    const go = async (skipped: string[]) => {
      await continueRollback('stuck', skipped, `go-${skipped.length}`)
      return (await settle('stuck')).StackStatus
    }
    await expect(go(['Handle'])).rejects.toThrow('cannot be skipped')
    expect(await go([])).toBe('UPDATE_ROLLBACK_FAILED')
    expect(await go(['Logs'])).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect((await operationsOf('stuck'))[0]?.OperationType).toBe('CONTINUE_ROLLBACK')
  })
})

describe('a service', () => {
  // Deployed by deploy-stack, as the local account alone can run it.
  it.runIf(isLocal)(
    'waits for its deployment, and a bad image rolls back while requests are answered',
    async () => {
      const local = localAws()
      const { client, settle, reasons, describe: describeStack } = stacksOf(local)
      const good = await pushServiceImage(local)
      await deployService(local, good)
      const { Parameters = [] } = await describeStack('ddn-service')
      await client.send(
        new UpdateStackCommand({
          StackName: 'ddn-service',
          UsePreviousTemplate: true,
          Capabilities: ['CAPABILITY_NAMED_IAM'],
          Parameters: Parameters.map(({ ParameterKey }) =>
            ParameterKey === 'ImageUri'
              ? { ParameterKey, ParameterValue: good.replace(/[0-9a-f]{64}$/, '0'.repeat(64)) }
              : { ParameterKey, UsePreviousValue: true },
          ),
        }),
      )
      await expect.poll(() => reasons('ddn-service'), patience).toContain('Service UPDATE_IN_PROGRESS ')
      expect((await describeStack('ddn-service')).StackStatus).toBe('UPDATE_IN_PROGRESS')
      expect((await settle('ddn-service')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
      expect((await reasons('ddn-service')).join('\n')).toMatch(
        /Service UPDATE_FAILED Resource handler returned message: "Error occurred .*Circuit Breaker/,
      )
    },
  )
})
