import { PutObjectCommand } from '@aws-sdk/client-s3'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { describe, expect, it, vi } from 'vitest'
import { changeSetDescription } from '../../lib/aws/change-set.ts'
import { type CloudFormation, makeCloudFormation } from '../../lib/aws/cloudformation.ts'
import { emptyStacks, fakeCloudFormation } from '../fakes/cloudformation.ts'
import { openS3 } from '../fixtures/bucket.ts'
import { localAws } from '../local-aws.ts'

// CloudFormation in memory, which the tests of deploy-stack lean on, has to behave as the local AWS does.

type Opened = {
  cloudFormation: CloudFormation
  /** From now on the resource Taken cannot be made. */
  takeName(): Promise<void>
  /** From now on the bucket, which is the resource Data, cannot be deleted. */
  fill(bucket: string): Promise<void>
}

const services: Record<string, () => Opened> = {
  'CloudFormation in memory': () => {
    const account = emptyStacks()
    return {
      cloudFormation: fakeCloudFormation(account),
      takeName: async () => {
        account.troubles.set('Taken', [{ at: 'create', reason: '/taken already exists.' }])
      },
      fill: async () => {
        account.troubles.set('Data', [
          { at: 'delete', reason: 'The bucket you tried to delete is not empty' },
        ])
      },
    }
  },
  'the local AWS': () => {
    const account = localAws()
    return {
      cloudFormation: makeCloudFormation(account.config),
      takeName: async () => {
        const parameter = { Name: '/taken', Value: 'mine', Type: 'String' } as const
        await new SSMClient(account.config).send(new PutParameterCommand(parameter))
      },
      fill: async (Bucket) => {
        await openS3(account).send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }))
      },
    }
  },
}

const parameter = (name: string) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name: name, Value: { Ref: 'Value' } },
})
const bodyOf = (resources: Record<string, object>) =>
  JSON.stringify({
    Parameters: { Value: { Type: 'String' }, Given: { Type: 'String', Default: 'given' } },
    Resources: resources,
    Outputs: { Out: { Value: { Ref: 'Value' } } },
  })
const simple = bodyOf({ First: parameter('/first') })

const often = { timeout: 20_000, interval: 20 }
const type = 'AWS::CloudFormation::Stack'

describe.each(Object.entries(services))('%s', (_name, open) => {
  const connect = () => {
    const opened = open()
    const { cloudFormation } = opened
    const request = (body: string, value: string | undefined, isNew: boolean) =>
      cloudFormation.createChangeSet({
        stackName: 's',
        name: `change-${value}`,
        type: isNew ? 'CREATE' : 'UPDATE',
        template: { body },
        parameters: new Map([['Value', value]]),
        tags: new Map(),
      })
    const make = async (body: string, value: string | undefined, isNew: boolean) => {
      const made = await request(body, value, isNew)
      if ('refusal' in made) throw new Error(made.refusal)
      const changeSet = await vi.waitFor(async () => {
        const found = await cloudFormation.describeChangeSet(made.changeSetArn)
        expect(found.status).toMatch(/^(CREATE_COMPLETE|FAILED)$/)
        return found
      }, often)
      return { ...made, changeSet }
    }
    const listEnds = async (arn: string) =>
      (await cloudFormation.listEvents(arn, undefined))
        .filter((event) => event.type === type && !event.status.endsWith('_IN_PROGRESS'))
        .map(({ status }) => status)
    const settle = async (arn: string, ends: number) => {
      await vi.waitFor(async () => expect(await listEnds(arn)).toHaveLength(ends), often)
      return await vi.waitFor(async () => {
        const stack = await cloudFormation.describe(arn)
        expect(stack?.status).toBe((await listEnds(arn)).at(-1))
        return stack ?? expect.fail('no stack')
      }, often)
    }
    const deploy = async (body: string, value: string, ends = 1) => {
      const made = await make(body, value, ends === 1)
      await cloudFormation.executeChangeSet(made.changeSetArn, 'deploy-1')
      return await settle(made.stackArn, ends)
    }
    return { ...opened, request, make, settle, deploy }
  }

  it('makes a change set, which leaves a stack under review, and creates the stack by it', async () => {
    const { cloudFormation, make, settle } = connect()
    expect(await cloudFormation.describe('s')).toBeUndefined()
    const { changeSet, changeSetArn, stackArn } = await make(simple, 'one', true)
    expect(changeSet).toEqual({
      status: 'CREATE_COMPLETE',
      reason: '',
      changes: [{ action: 'Add', logicalId: 'First', type: 'AWS::SSM::Parameter', replacement: '' }],
    })
    expect((await cloudFormation.describe('s'))?.status).toBe('REVIEW_IN_PROGRESS')
    await cloudFormation.executeChangeSet(changeSetArn, 'deploy-1')
    const stack = await settle(stackArn, 1)
    expect(stack).toMatchObject({ arn: stackArn, status: 'CREATE_COMPLETE', isProtected: false })
    expect([...stack.outputs]).toEqual([['Out', 'one']])
    expect(Object.fromEntries(stack.parameters)).toEqual({ Value: 'one', Given: 'given' })
    expect(await cloudFormation.describe('s')).toEqual(stack)
    expect(await cloudFormation.listResources(stackArn)).toMatchObject([
      { logicalId: 'First', type: 'AWS::SSM::Parameter' },
    ])
  })

  it('imports nothing beside what is named, and neither tags nor outputs', async () => {
    const { cloudFormation } = connect()
    const data = { Data: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' } }
    const more = { More: { Type: 'AWS::SNS::Topic' } }
    const request = async (template: object, tags: [string, string][] = []) => {
      const identifier = { name: 'BucketName', value: 'data' }
      const made = await cloudFormation.createChangeSet({
        ...{ stackName: 'i', name: 'import-1', type: 'IMPORT', template: { body: JSON.stringify(template) } },
        ...{ parameters: new Map(), tags: new Map(tags) },
        imports: [{ logicalId: 'Data', type: 'AWS::S3::Bucket', identifier }],
      })
      return 'refusal' in made ? made.refusal : 'made'
    }
    const frozen = 'As part of the import operation, you cannot modify or add'
    expect(await request({ Resources: data }, [['team', 'ml']])).toBe(`${frozen} [Tags]`)
    expect(await request({ Resources: data, Outputs: { Out: { Value: 'x' } } })).toBe(`${frozen} [Outputs]`)
    expect(await request({ Resources: { ...data, ...more } })).toBe(
      'Resources [More] is missing from ResourceToImport list',
    )
    expect(await cloudFormation.describe('i')).toBeUndefined()
  })

  it('gives a template with ? for each character beyond ASCII', async () => {
    const { cloudFormation, deploy } = connect()
    const { arn } = await deploy(JSON.stringify({ Description: '서비스?', ...JSON.parse(simple) }), 'one')
    expect(JSON.parse(await cloudFormation.readTemplate(arn)).Description).toBe('????')
  })

  it('lists events oldest first, and only those after the one that is given', async () => {
    const { cloudFormation, deploy } = connect()
    const { arn } = await deploy(simple, 'one')
    const events = await cloudFormation.listEvents(arn, undefined)
    expect(events.map(({ logicalId, status }) => `${logicalId} ${status}`)).toEqual([
      's REVIEW_IN_PROGRESS',
      's CREATE_IN_PROGRESS',
      'First CREATE_IN_PROGRESS',
      ...(events.length === 6 ? ['First CREATE_IN_PROGRESS'] : []),
      'First CREATE_COMPLETE',
      's CREATE_COMPLETE',
    ])
    expect(events.at(-1)).toMatchObject({ logicalId: 's', type })
    const last = events.at(-1)?.id
    expect(await cloudFormation.listEvents(arn, last)).toEqual([])
    expect((await cloudFormation.listEvents(arn, events[1]?.id)).at(-1)?.id).toBe(last)
    expect(await cloudFormation.listEvents(arn, events[1]?.id)).toHaveLength(events.length - 2)
  })

  it('fails a change set that changes nothing, and keeps it until it is deleted', async () => {
    const { cloudFormation, deploy, make } = connect()
    await deploy(simple, 'one')
    const { changeSet, changeSetArn } = await make(simple, undefined, false)
    expect(changeSet.status).toBe('FAILED')
    expect(changeSet.reason).toMatch(/^The submitted information didn't contain changes/)
    await cloudFormation.deleteChangeSet(changeSetArn)
    await vi.waitFor(
      async () => await expect(cloudFormation.describeChangeSet(changeSetArn)).rejects.toThrow(),
      often,
    )
    expect((await cloudFormation.describe('s'))?.status).toBe('CREATE_COMPLETE')
  })

  it('lists the change sets of a stack until they are deleted', async () => {
    const { cloudFormation, deploy, make } = connect()
    const { arn } = await deploy(simple, 'one')
    const { changeSetArn, stackArn } = await make(simple, 'two', false)
    expect(stackArn).toBe(arn)
    const listed = (await cloudFormation.listChangeSets('s')).find(({ arn }) => arn === changeSetArn)
    expect(listed).toEqual({
      ...{ arn: changeSetArn, name: 'change-two', description: changeSetDescription },
      ...{ executionStatus: 'AVAILABLE', createdAt: expect.any(Date) },
    })
    await cloudFormation.deleteChangeSet(changeSetArn)
    await vi.waitFor(async () => {
      const arns = (await cloudFormation.listChangeSets('s')).map(({ arn }) => arn)
      expect(arns).not.toContain(changeSetArn)
    }, often)
  })

  it('updates what changed, and hands the new outputs on', async () => {
    const { deploy, make } = connect()
    await deploy(simple, 'one')
    const { changeSet } = await make(simple, 'two', false)
    expect(changeSet.changes).toMatchObject([{ action: 'Modify', logicalId: 'First', replacement: 'False' }])
    const stack = await deploy(simple, 'three', 2)
    expect(stack.status).toBe('UPDATE_COMPLETE')
    expect([...stack.outputs]).toEqual([['Out', 'three']])
  })

  it.each([
    ['a value that is missing', new Map<string, string>(), /\[Value\] must have values/],
    ['a name that is unknown', new Map([['Odd', 'x']]), /\[Odd\] do not exist in the template/],
  ])('refuses %s', async (_, parameters, reason) => {
    const { cloudFormation } = connect()
    const made = await cloudFormation.createChangeSet({
      ...{ stackName: 's', name: 'a', type: 'CREATE', template: { body: simple } },
      ...{ parameters, tags: new Map() },
    })
    expect(made).toEqual({ refusal: expect.stringMatching(reason) })
  })

  it('refuses to update what is not there, and to create what is', async () => {
    const { request, deploy } = connect()
    expect(await request(simple, 'one', false)).toEqual({
      refusal: expect.stringContaining('does not exist'),
    })
    await deploy(simple, 'one')
    expect(await request(simple, 'two', true)).toEqual({ refusal: expect.stringContaining('already exists') })
  })

  it('rolls back a creation that fails, tells the cause, and allows nothing but the deletion then', async () => {
    const { cloudFormation, deploy, request, takeName, settle } = connect()
    await takeName()
    const stack = await deploy(bodyOf({ Taken: parameter('/taken') }), 'one')
    expect(stack.status).toBe('ROLLBACK_COMPLETE')
    const events = await cloudFormation.listEvents(stack.arn, undefined)
    const failed = events.filter(({ status }) => status === 'CREATE_FAILED')
    expect(failed).toMatchObject([{ logicalId: 'Taken', reason: expect.stringContaining('already exists') }])
    expect(await cloudFormation.listResources(stack.arn)).toEqual([])
    expect(await request(simple, 'two', false)).toEqual({
      refusal: expect.stringContaining('is in ROLLBACK_COMPLETE state and can not be updated'),
    })
    await cloudFormation.deleteStack(stack.arn, 'delete-1')
    expect((await settle(stack.arn, 2)).status).toBe('DELETE_COMPLETE')
  })

  it('rolls back an update that fails to what was there', async () => {
    const { deploy, takeName } = connect()
    await deploy(simple, 'one')
    await takeName()
    const more = bodyOf({ First: parameter('/first'), Taken: parameter('/taken') })
    const stack = await deploy(more, 'two', 2)
    expect(stack.status).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect([...stack.outputs]).toEqual([['Out', 'one']])
    expect(stack.parameters.get('Value')).toBe('one')
  })

  it('has a deleted stack by ARN, and not by name', async () => {
    const { cloudFormation, deploy, settle } = connect()
    const { arn } = await deploy(simple, 'one')
    await cloudFormation.deleteStack(arn, 'delete-1')
    expect((await settle(arn, 2)).status).toBe('DELETE_COMPLETE')
    expect(await cloudFormation.describe('s')).toBeUndefined()
    await deploy(simple, 'two')
    expect((await cloudFormation.describe('s'))?.arn).not.toBe(arn)
  })

  it('keeps a stack whose bucket holds something, and says so', async () => {
    const { cloudFormation, deploy, settle, fill } = connect()
    const { arn } = await deploy(bodyOf({ Data: { Type: 'AWS::S3::Bucket' } }), 'one')
    const [bucket] = await cloudFormation.listResources(arn)
    await fill(bucket?.physicalId ?? '')
    await cloudFormation.deleteStack(arn, 'delete-1')
    const stack = await settle(arn, 2)
    expect(stack.status).toBe('DELETE_FAILED')
    expect(stack.statusReason).toContain('The following resource(s) failed to delete: [Data]')
    const events = await cloudFormation.listEvents(arn, undefined)
    expect(events.findLast(({ logicalId }) => logicalId === 'Data')).toMatchObject({
      status: 'DELETE_FAILED',
      reason: expect.stringContaining('not empty'),
    })
    expect((await cloudFormation.describe('s'))?.arn).toBe(arn)
  })
})
