import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import type { ChangeSetRequest } from '../../../lib/aws/change-set.ts'
import { makeCloudFormation } from '../../../lib/aws/cloudformation.ts'
import { type ServedCall, sendXml, startAws } from '../../fixtures/aws-server.ts'

const changeSetArn = 'arn:aws:cloudformation:eu-west-1:111122223333:changeSet/deploy-1/x'
const stackArn = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/ddn-one/y'
const request = {
  stackName: 'ddn-one',
  name: 'deploy-1',
  type: 'UPDATE',
  template: { body: '{}' },
  parameters: new Map(),
  tags: new Map(),
} as const

const sendChangeSet = (response: ServerResponse, executionStatus: string) =>
  sendXml(
    response,
    200,
    `<DescribeChangeSetResponse><DescribeChangeSetResult><ChangeSetId>${changeSetArn}</ChangeSetId><StackId>${stackArn}</StackId><Status>CREATE_COMPLETE</Status><ExecutionStatus>${executionStatus}</ExecutionStatus></DescribeChangeSetResult></DescribeChangeSetResponse>`,
  )

const refuse = (response: ServerResponse, code: string, message = '') =>
  sendXml(
    response,
    400,
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  )

/** Starts CloudFormation that carries out the first call of an operation and loses the answer; the next is refused. */
async function startForgetful(lost: string, refusal: string, executionStatus = 'AVAILABLE') {
  let seen = 0
  const { calls, config } = await startAws(({ operation }, response) => {
    if (operation === 'DescribeChangeSet') return sendChangeSet(response, executionStatus)
    seen += operation === lost ? 1 : 0
    if (seen === 1) response.destroy()
    else if (refusal === '') sendXml(response, 200, `<${lost}Response/>`)
    else refuse(response, refusal)
  })
  return { calls, cloudFormation: makeCloudFormation({ ...config, maxAttempts: 3 }) }
}

const field = (call: ServedCall | undefined, name: string) => new URLSearchParams(call?.body).get(name)

function expectSameToken([first, second]: readonly ServedCall[], name: string) {
  expect(field(first, name)).toMatch(/^[\w-]+$/)
  expect(field(second, name)).toBe(field(first, name))
}

it('finds the change set that it made where the answer was lost', async () => {
  const { calls, cloudFormation } = await startForgetful('CreateChangeSet', 'AlreadyExistsException')
  expect(await cloudFormation.createChangeSet(request)).toMatchObject({ changeSetArn, stackArn })
  expectSameToken(calls, 'ClientToken')
  expect([field(calls[2], 'StackName'), field(calls[2], 'ChangeSetName')]).toEqual(['ddn-one', 'deploy-1'])
})

it.each(['EXECUTE_IN_PROGRESS', 'EXECUTE_COMPLETE'])(
  'knows that it executed a change set in %s where the answer was lost',
  async (status) => {
    const { calls, cloudFormation } = await startForgetful(
      'ExecuteChangeSet',
      'InvalidChangeSetStatus',
      status,
    )
    await cloudFormation.executeChangeSet(changeSetArn, 'deploy-1')
    expectSameToken(calls, 'ClientRequestToken')
  },
)

it('does not take a change set for executed that cannot be', async () => {
  const { cloudFormation } = await startForgetful('ExecuteChangeSet', 'InvalidChangeSetStatus', 'OBSOLETE')
  await expect(cloudFormation.executeChangeSet(changeSetArn, 'deploy-1')).rejects.toThrow(
    /^cloudformation:ExecuteChangeSet .*: InvalidChangeSetStatus/,
  )
})

it('does not take a change set for executed whose status cannot be read', async () => {
  const { config } = await startAws(({ operation }, response) =>
    refuse(response, operation === 'DescribeChangeSet' ? 'AccessDenied' : 'ChangeSetNotFound'),
  )
  await expect(makeCloudFormation(config).executeChangeSet(changeSetArn, 'deploy-1')).rejects.toThrow(
    /^cloudformation:ExecuteChangeSet .*: ChangeSetNotFound/,
  )
})

it('asks for the deletion of a stack again by the same token where the answer was lost', async () => {
  const { calls, cloudFormation } = await startForgetful('DeleteStack', '')
  await cloudFormation.deleteStack(stackArn, 'delete-1')
  expect(calls).toHaveLength(2)
  expectSameToken(calls, 'ClientRequestToken')
})

it('takes a change set that is gone for deleted', async () => {
  const { cloudFormation } = await startForgetful('DeleteChangeSet', 'ChangeSetNotFound')
  await cloudFormation.deleteChangeSet(changeSetArn)
})

it('tells a stack that is not there from a call that is wrong', async () => {
  let message = 'Stack with id ddn-one does not exist'
  const { config } = await startAws((_, response) => refuse(response, 'ValidationError', message))
  const cloudFormation = makeCloudFormation(config)
  expect(await cloudFormation.describe('ddn-one')).toBeUndefined()
  message = '1 validation error detected'
  await expect(cloudFormation.describe('ddn-one')).rejects.toThrow(
    'cloudformation:DescribeStacks ddn-one: ValidationError: 1 validation error detected',
  )
  expect(await cloudFormation.createChangeSet(request)).toEqual({ refusal: message })
})

/** Starts CloudFormation that makes every change set, and returns the fields of the one that was asked for. */
async function create(more: Partial<ChangeSetRequest>) {
  const { calls, config } = await startAws((_, response) =>
    sendXml(
      response,
      200,
      `<CreateChangeSetResponse><CreateChangeSetResult><Id>${changeSetArn}</Id><StackId>${stackArn}</StackId></CreateChangeSetResult></CreateChangeSetResponse>`,
    ),
  )
  const made = await makeCloudFormation(config).createChangeSet({ ...request, ...more })
  expect(made).toEqual({ changeSetArn, stackArn })
  const own = /^(Action|Version|StackName|ChangeSetName|Description|ClientToken)$/
  // An empty list is written as an empty text.
  const isEmpty = ([name, value]: [string, string]) => /^\w+$/.test(name) && value === ''
  const fields = [...new URLSearchParams(calls[0]?.body)].filter((one) => !own.test(one[0]) && !isEmpty(one))
  return Object.fromEntries(fields)
}

const alarm = 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a'
const usual = { ChangeSetType: 'UPDATE', TemplateBody: '{}', OnStackFailure: 'ROLLBACK' }

it.each<[string, Partial<ChangeSetRequest>, object]>([
  ['nothing more', {}, {}],
  [
    'values, and the ones that the stack has',
    {
      parameters: new Map([
        ['New', ''],
        ['Old', undefined],
      ]),
    },
    {
      'Parameters.member.1.ParameterKey': 'New',
      'Parameters.member.1.ParameterValue': '',
      'Parameters.member.2.ParameterKey': 'Old',
      'Parameters.member.2.UsePreviousValue': 'true',
    },
  ],
  [
    'tags and capabilities',
    { tags: new Map([['a', 'b']]), capabilities: ['CAPABILITY_IAM'] },
    { 'Tags.member.1.Key': 'a', 'Tags.member.1.Value': 'b', 'Capabilities.member.1': 'CAPABILITY_IAM' },
  ],
  ['resources that exist', { importsExisting: true }, { ImportExistingResources: 'true' }],
  ['no resources that exist', { importsExisting: false }, {}],
  [
    'who is told, and alarms that roll back',
    {
      settings: {
        notificationArns: ['arn:topic'],
        rollback: { alarms: [alarm], minutes: 5 },
        roleArn: 'arn:role',
      },
    },
    {
      'NotificationARNs.member.1': 'arn:topic',
      'RollbackConfiguration.RollbackTriggers.member.1.Arn': alarm,
      'RollbackConfiguration.RollbackTriggers.member.1.Type': 'AWS::CloudWatch::Alarm',
      'RollbackConfiguration.MonitoringTimeInMinutes': '5',
      RoleARN: 'arn:role',
    },
  ],
  [
    'the settings that the stack has',
    { settings: { notificationArns: undefined, rollback: undefined, roleArn: undefined } },
    {},
  ],
])('asks for a change set with %s', async (_, more, fields) => {
  expect(await create(more)).toEqual({ ...usual, ...fields })
})

it('asks for an import by the identifiers of what exists, of the template that the stack has', async () => {
  const identifier = { name: 'BucketName', value: 'images' }
  const imports = [{ logicalId: 'Images', type: 'AWS::S3::Bucket', identifier }]
  expect(await create({ type: 'IMPORT', template: 'previous', imports })).toEqual({
    ...{ ChangeSetType: 'IMPORT', UsePreviousTemplate: 'true' },
    'ResourcesToImport.member.1.LogicalResourceId': 'Images',
    'ResourcesToImport.member.1.ResourceType': 'AWS::S3::Bucket',
    'ResourcesToImport.member.1.ResourceIdentifier.entry.1.key': 'BucketName',
    'ResourcesToImport.member.1.ResourceIdentifier.entry.1.value': 'images',
  })
})

it('describes a change set with the changes of all its pages, and the status of the last', async () => {
  const page = (id: string, rest: string) =>
    `<DescribeChangeSetResponse><DescribeChangeSetResult>${rest}<Changes><member><ResourceChange><Action>Modify</Action><LogicalResourceId>${id}</LogicalResourceId></ResourceChange></member></Changes></DescribeChangeSetResult></DescribeChangeSetResponse>`
  const pages = [
    page('A', '<Status>CREATE_IN_PROGRESS</Status><NextToken>n</NextToken>'),
    page('B', '<Status>FAILED</Status><StatusReason>why</StatusReason>'),
  ]
  const { calls, config } = await startAws((_, response, count) =>
    sendXml(response, 200, pages[count - 1] ?? ''),
  )
  const found = await makeCloudFormation(config).describeChangeSet(changeSetArn)
  expect(found).toMatchObject({ status: 'FAILED', reason: 'why' })
  expect(found.changes.map(({ action, logicalId }) => [action, logicalId])).toEqual([
    ['Modify', 'A'],
    ['Modify', 'B'],
  ])
  const asked = ['ChangeSetName', 'NextToken', 'IncludePropertyValues']
  expect(asked.map((name) => field(calls[1], name))).toEqual([changeSetArn, 'n', 'true'])
})

it('lets CloudFormation work with the rights of a role, if one is given', async () => {
  const { calls, config } = await startAws(({ operation }, response) =>
    sendXml(
      response,
      200,
      `<${operation}Response><${operation}Result><Id>${changeSetArn}</Id><StackId>${stackArn}</StackId></${operation}Result></${operation}Response>`,
    ),
  )
  const role = 'arn:aws:iam::111122223333:role/cloudformation'
  for (const given of [role, undefined]) {
    const cloudFormation = makeCloudFormation(config, given)
    await cloudFormation.createChangeSet(request)
    await cloudFormation.deleteStack(stackArn, 'delete-1')
  }
  expect(calls.map((call) => [call.operation, field(call, 'RoleARN')])).toEqual([
    ['CreateChangeSet', role],
    ['DeleteStack', role],
    ['CreateChangeSet', null],
    ['DeleteStack', null],
  ])
})
