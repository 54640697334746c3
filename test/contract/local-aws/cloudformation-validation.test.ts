import { describe, expect, it } from 'vitest'
import { contractAccount } from '../../contract-account.ts'
import { makeBucket } from '../../fixtures/bucket.ts'
import { parameter, stacksOf } from '../../fixtures/stack.ts'

const account = contractAccount()
const stacks = stacksOf(account)

const topic = (properties: Record<string, unknown>) => ({ Type: 'AWS::SNS::Topic', Properties: properties })
const broken = {
  Resources: {
    Unknown: topic({ TopicNam: 'x' }),
    WrongType: topic({ Tags: 'x' }),
    Missing: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String' } },
    NotAllowed: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'Text', Value: 'x' } },
    Nested: topic({ Tags: [{ Key: 'a' }] }),
    NotANumber: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { RetentionInDays: { 'Fn::If': ['Always', 'soon', 1] } },
    },
  },
  Conditions: { Always: { 'Fn::Equals': ['a', 'a'] } },
}
const problems = [
  '/Resources/Unknown/Properties: Unsupported property [TopicNam]',
  '/Resources/WrongType/Properties/Tags: Property [Tags] expected type: JSONArray, found: String',
  '/Resources/Missing/Properties: Required property [Value] not found',
  '/Resources/NotAllowed/Properties/Type: Text is not a valid enum value. Supported values: [String, StringList]',
  '/Resources/Nested/Properties/Tags/0: Required property [Value] not found',
  '/Resources/NotANumber/Properties/RetentionInDays: Property [RetentionInDays] expected type: Integer, found: String',
].sort()

describe('validation before a deployment', () => {
  it('fails a change set, and tells each problem with its path', async () => {
    const changeSet = await stacks.review('broken', broken, { ChangeSetType: 'CREATE' })
    expect(changeSet).toMatchObject({
      Status: 'FAILED',
      ExecutionStatus: 'UNAVAILABLE',
      StatusReason: expect.stringContaining('[AWS::EarlyValidation::PropertyValidation]'),
    })
    const events = await stacks.events({
      ChangeSetName: changeSet.ChangeSetId,
      Filters: { FailedEvents: true },
    })
    expect(
      events
        .map(({ ValidationPath, ValidationStatusReason }) => `${ValidationPath}: ${ValidationStatusReason}`)
        .sort(),
    ).toEqual(problems)
    expect(events[0]).toMatchObject({
      EventType: 'VALIDATION_ERROR',
      OperationType: 'CREATE_CHANGESET',
      ValidationName: 'PROPERTY_VALIDATION',
      ValidationFailureMode: 'FAIL',
      ValidationStatus: 'FAILED',
    })
    await expect(stacks.execute('broken', changeSet.ChangeSetId)).rejects.toMatchObject({
      name: 'InvalidChangeSetStatusException',
      message: `ChangeSet [${changeSet.ChangeSetId}] cannot be executed in its current status of [FAILED]`,
    })
  })

  it('stops CreateStack before it makes anything', async () => {
    const { StackStatus, LastOperations } = await stacks.create('stopped', {
      Resources: { Good: parameter('/good'), Bad: topic({ TopicNam: 'x' }) },
    })
    expect(StackStatus).toBe('ROLLBACK_COMPLETE')
    expect((await stacks.reasons('stopped')).filter((line) => line.startsWith('Good'))).toEqual([])
    const creation = LastOperations?.find(({ OperationType }) => OperationType === 'CREATE_STACK')
    const events = await stacks.events({ OperationId: creation?.OperationId })
    expect(events).toContainEqual(
      expect.objectContaining({ EventType: 'STACK_EVENT', OperationStatus: 'FAILED' }),
    )
    expect(events).toContainEqual(
      expect.objectContaining({
        EventType: 'VALIDATION_ERROR',
        ValidationPath: '/Resources/Bad/Properties',
        ValidationStatusReason: 'Unsupported property [TopicNam]',
      }),
    )
  })

  it('can be disabled, and leaves the refusal to the service then', async () => {
    const changeSet = await stacks.review('disabled', broken, {
      ChangeSetType: 'CREATE',
      DisableValidation: true,
    })
    expect(changeSet.ExecutionStatus).toBe('AVAILABLE')
  })

  it('lets pass what only the deployment can tell', async () => {
    const { StackStatus } = await stacks.create('later', {
      Resources: {
        First: parameter('/first', '30'),
        Logs: {
          Type: 'AWS::Logs::LogGroup',
          Properties: { RetentionInDays: { 'Fn::GetAtt': ['First', 'Value'] } },
        },
      },
    })
    expect(StackStatus).toBe('CREATE_COMPLETE')
  })

  it('finds a name that is taken', async () => {
    const bucket = await makeBucket(account)
    const template = { Resources: { Taken: { Type: 'AWS::S3::Bucket', Properties: { BucketName: bucket } } } }
    const changeSet = await stacks.review('taken', template, { ChangeSetType: 'CREATE' })
    expect(changeSet.StatusReason).toContain('[AWS::EarlyValidation::ResourceExistenceCheck]')
    expect(await stacks.events({ ChangeSetName: changeSet.ChangeSetId })).toContainEqual(
      expect.objectContaining({
        ValidationName: 'NAME_CONFLICT_VALIDATION',
        ValidationPath: '/Resources/Taken',
        ValidationStatusReason: `Resource of type 'AWS::S3::Bucket' with identifier '${bucket}' already exists.`,
      }),
    )
  })

  it('does not take the resources of the stack itself for taken', async () => {
    const logs = (days: number) => ({
      Resources: {
        Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/own', RetentionInDays: days } },
      },
    })
    await stacks.create('own', logs(1))
    expect(await stacks.update('own', logs(3))).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' })
    const renamed = await stacks.review('own', { Resources: { Renamed: logs(3).Resources.Logs } })
    expect(renamed.StatusReason).toContain('[AWS::EarlyValidation::ResourceExistenceCheck]')
  })
})
