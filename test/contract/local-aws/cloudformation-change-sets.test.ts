import {
  type CreateChangeSetCommandInput,
  DescribeChangeSetCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation'
import { describe, expect, it } from 'vitest'
import { contractAccount } from '../../contract-account.ts'
import { parameter, stacksOf, type Template } from '../../fixtures/stack.ts'

const account = contractAccount()
const { client, create, remove, review, execute, describe: describeStack } = stacksOf(account)

const topic = (name: string, display: string): Template => ({
  Resources: {
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: name, DisplayName: display } },
    Reader: parameter(`/reader-${name}`, { 'Fn::GetAtt': ['Topic', 'TopicArn'] }),
  },
})

describe('a change set', () => {
  it('tells what would be added, with its properties', async () => {
    const { Changes, ExecutionStatus } = await review('added', topic('added', 'x'), {
      ChangeSetType: 'CREATE',
    })
    expect(ExecutionStatus).toBe('AVAILABLE')
    const [reader, added] = (Changes ?? []).map(({ ResourceChange }) => ResourceChange)
    expect(added).toMatchObject({ Action: 'Add', LogicalResourceId: 'Topic', Scope: [], Details: [] })
    expect(JSON.parse(added?.AfterContext ?? '')).toEqual({
      Properties: { TopicName: 'added', DisplayName: 'x' },
    })
    expect(JSON.parse(reader?.AfterContext ?? '').Properties.Value).toBe('{{changeSet:KNOWN_AFTER_APPLY}}')
  })

  it('leaves out what a condition leaves out, and tells what a condition adds and removes', async () => {
    const { Topic, Reader } = topic('conditional', 'x').Resources
    const reader = { ...Object(Reader), Condition: 'On' }
    const changes = async (on: string, ChangeSetType: 'CREATE' | 'UPDATE') => {
      const Conditions = { On: { 'Fn::Equals': [on, 'yes'] } }
      const template = { Conditions, Resources: { Topic, Reader: reader } }
      const made = await review('conditional', template, { ChangeSetType, ChangeSetName: `review-${on}` })
      await execute('conditional', made.ChangeSetId)
      return made.Changes?.map(({ ResourceChange: { Action, LogicalResourceId } = {} }) => [
        Action,
        LogicalResourceId,
      ])
    }
    expect(await changes('no', 'CREATE')).toEqual([['Add', 'Topic']])
    expect(await changes('yes', 'UPDATE')).toEqual([['Add', 'Reader']])
    expect(await changes('not', 'UPDATE')).toEqual([['Remove', 'Reader']])
  })

  it('tells a change in place from a replacement, with the values before and after', async () => {
    await create('changed', topic('old', 'before'))
    const { Changes } = await review('changed', topic('old', 'after'))
    const [reader, changed] = (Changes ?? []).map(({ ResourceChange }) => ResourceChange)
    expect(reader?.Details).toContainEqual(
      expect.objectContaining({ CausingEntity: 'Topic.TopicArn', ChangeSource: 'ResourceAttribute' }),
    )
    expect(changed).toMatchObject({
      Action: 'Modify',
      Replacement: 'False',
      Scope: ['Properties'],
      BeforeContext: '{"Properties":{"TopicName":"old","DisplayName":"before"}}',
      AfterContext: '{"Properties":{"TopicName":"old","DisplayName":"after"}}',
      Details: [
        {
          ChangeSource: 'DirectModification',
          Evaluation: 'Static',
          Target: {
            Attribute: 'Properties',
            AttributeChangeType: 'Modify',
            BeforeValue: 'before',
            AfterValue: 'after',
            Name: 'DisplayName',
            Path: '/Properties/DisplayName',
            RequiresRecreation: 'Never',
          },
        },
      ],
    })
    const replacing = await review('changed', topic('new', 'before'), { ChangeSetName: 'replacing' })
    const replaced = replacing.Changes?.find(
      ({ ResourceChange }) => ResourceChange?.LogicalResourceId === 'Topic',
    )
    expect(replaced?.ResourceChange).toMatchObject({ Replacement: 'True', PolicyAction: 'ReplaceAndDelete' })
  })

  it('says Conditional where only AWS knows', async () => {
    const group = (size: number, zone: string): Template => ({
      Resources: {
        Template: {
          Type: 'AWS::EC2::LaunchTemplate',
          Properties: { LaunchTemplateData: { ImageId: 'ami-1', InstanceType: 'g4dn.xlarge' } },
        },
        Group: {
          Type: 'AWS::AutoScaling::AutoScalingGroup',
          Properties: {
            MinSize: '0',
            MaxSize: String(size),
            VPCZoneIdentifier: [zone],
            LaunchTemplate: {
              LaunchTemplateId: { Ref: 'Template' },
              Version: { 'Fn::GetAtt': ['Template', 'LatestVersionNumber'] },
            },
          },
        },
      },
    })
    await create('group', group(1, 'subnet-1'))
    const change = async (next: Template, name: string) =>
      (await review('group', next, { ChangeSetName: name })).Changes?.[0]?.ResourceChange?.Replacement
    expect(await change(group(2, 'subnet-1'), 'larger')).toBe('False')
    expect(await change(group(1, 'subnet-2'), 'moved')).toBe('Conditional')
  })

  it('shows values only where they are asked for', async () => {
    await create('quiet', topic('quiet', 'before'))
    await review('quiet', topic('quiet', 'after'))
    const { Changes } = await client.send(
      new DescribeChangeSetCommand({ StackName: 'quiet', ChangeSetName: 'review' }),
    )
    expect(JSON.stringify(Changes)).toContain('DisplayName')
    expect(JSON.stringify(Changes)).not.toMatch(/before|after/)
  })

  it('fails where there is nothing to change', async () => {
    await create('same', topic('same', 'x'))
    expect(await review('same', topic('same', 'x'))).toMatchObject({
      Status: 'FAILED',
      ExecutionStatus: 'UNAVAILABLE',
      StatusReason: expect.stringMatching(/^The submitted information didn't contain changes\./),
    })
  })

  it.each([
    ['an output', { Outputs: { O: { Value: 'x' } } }, {}],
    ['a tag', {}, { Tags: [{ Key: 'team', Value: 'ddn' }] }],
  ])('can be executed where only %s changes', async (_, more, settings) => {
    const name = `only-${Object.keys({ ...more, ...settings })}`.toLowerCase()
    await create(name, topic(name, 'x'))
    const changeSet = await review(name, { ...topic(name, 'x'), ...more }, settings)
    expect(changeSet.ExecutionStatus).toBe('AVAILABLE')
    expect(await execute(name, changeSet.ChangeSetId)).toMatchObject({
      StackStatus: 'UPDATE_COMPLETE',
      ...('Outputs' in more ? { Outputs: [{ OutputKey: 'O', OutputValue: 'x' }] } : settings),
    })
  })

  it('goes when another one is executed, and cannot be executed twice', async () => {
    const first = await review('twice', topic('twice', 'x'), { ChangeSetType: 'CREATE' })
    const second = await review('twice', topic('twice', 'y'), { ChangeSetType: 'CREATE', ChangeSetName: 'b' })
    expect(second.StackId).toBe(first.StackId)
    expect((await describeStack('twice')).StackStatus).toBe('REVIEW_IN_PROGRESS')
    expect((await execute('twice', second.ChangeSetId)).StackStatus).toBe('CREATE_COMPLETE')
    const { Summaries } = await client.send(new ListChangeSetsCommand({ StackName: 'twice' }))
    expect(Summaries?.map(({ ChangeSetName }) => ChangeSetName)).toEqual(['b'])
    await expect(execute('twice', second.ChangeSetId)).rejects.toMatchObject({
      name: 'InvalidChangeSetStatusException',
    })
  })

  it('replaces what its schema says is replaced', async () => {
    const logs = (name: string): Template => ({
      Resources: { Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: name } } },
      Outputs: { Name: { Value: { Ref: 'Logs' } } },
    })
    await create('replaced', logs('/replaced/old'))
    const changeSet = await review('replaced', logs('/replaced/new'))
    expect(changeSet.Changes?.[0]?.ResourceChange?.Replacement).toBe('True')
    const { Outputs } = await execute('replaced', changeSet.ChangeSetId)
    expect(Outputs).toMatchObject([{ OutputValue: '/replaced/new' }])
  })

  const kept = (name: string): Template => ({
    Resources: {
      Logs: {
        Type: 'AWS::Logs::LogGroup',
        DeletionPolicy: 'Retain',
        Properties: { LogGroupName: name },
      },
    },
  })

  it.each<[string, Partial<CreateChangeSetCommandInput>]>([
    [
      'import',
      {
        ChangeSetType: 'IMPORT',
        ResourcesToImport: [
          {
            ResourceType: 'AWS::Logs::LogGroup',
            LogicalResourceId: 'Logs',
            ResourceIdentifier: { LogGroupName: '/kept/import' },
          },
        ],
      },
    ],
    ['creation', { ChangeSetType: 'CREATE', ImportExistingResources: true }],
  ])('takes in what exists already, by %s', async (name, more) => {
    const template = kept(`/kept/${name}`)
    expect((await create(name, template)).StackStatus).toBe('CREATE_COMPLETE')
    await remove(name)
    await expect(create(name, template)).resolves.toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' })
    await remove(name)
    const changeSet = await review(name, template, more)
    expect(changeSet).toMatchObject({
      ExecutionStatus: 'AVAILABLE',
      Changes: [{ ResourceChange: { Action: 'Import', LogicalResourceId: 'Logs' } }],
    })
    expect((await execute(name, changeSet.ChangeSetId)).StackStatus).toMatch(/^(IMPORT|CREATE)_COMPLETE$/)
  })
})
