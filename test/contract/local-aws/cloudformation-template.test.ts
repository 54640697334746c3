import { CreateStackCommand, ValidateTemplateCommand } from '@aws-sdk/client-cloudformation'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { contractAccount, isLocal } from '../../contract-account.ts'
import { makeBucket, openS3 } from '../../fixtures/bucket.ts'
import { parameter, stacksOf } from '../../fixtures/stack.ts'

const account = contractAccount()
const { client, create, update, describe: describeStack } = stacksOf(account)
const good = parameter('/good')
const role = (properties: Record<string, unknown> = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
    ...properties,
  },
})

const send = async (body: unknown, more: Record<string, unknown> = {}) =>
  await client.send(
    new CreateStackCommand({
      StackName: 'refused',
      TemplateBody: typeof body === 'string' ? body : JSON.stringify(body),
      ...more,
    }),
  )

describe('a template that is refused', () => {
  it.each<[string, unknown, string]>([
    ['no JSON', '{"Resources": {', 'Template format error: JSON not well-formed. (line 1, column 16)'],
    ['no YAML', 'Resources:\n  A: [', 'Template format error: YAML not well-formed. (line 2, column 7)'],
    ['no map', '- a', 'Template format error: unsupported structure.'],
    [
      'no resource',
      { Resources: {} },
      'Template format error: At least one Resources member must be defined.',
    ],
    [
      'an unknown section',
      { Resources: { A: good }, Res: {} },
      'Invalid template property or properties [Res]',
    ],
    [
      'a resource without a type',
      { Resources: { A: {} } },
      'Template format error: [/Resources/A] Every Resources object must contain a Type member.',
    ],
    [
      'a name with a dash',
      { Resources: { 'a-b': good } },
      'Template format error: Resource name a-b is non alphanumeric.',
    ],
    [
      'an unknown attribute of a resource',
      { Resources: { A: { ...good, Dependson: 'B' } } },
      "Invalid template resource property 'Dependson'",
    ],
    [
      'an unknown type',
      { Resources: { A: { Type: 'AWS::S3::Buckett' } } },
      'Template format error: Unrecognized resource types: [AWS::S3::Buckett]',
    ],
    [
      'an output without a value',
      { Resources: { A: good }, Outputs: { O: { Description: 'x' } } },
      'Template format error: Every Outputs member must contain a Value object',
    ],
    [
      'null',
      { Resources: { A: good }, Outputs: { O: { Value: null } } },
      "[/Outputs/O/Value] 'null' values are not allowed in templates",
    ],
    [
      'references that lead nowhere',
      {
        Resources: {
          A: parameter({ Ref: 'Nowhere' }, { 'Fn::Sub': '${Gone.Arn} ${AWS::Region} ${!Kept}' }),
          B: { ...good, DependsOn: 'Missing' },
        },
      },
      'Template format error: Unresolved resource dependencies [Gone, Missing, Nowhere] in the Resources block of the template',
    ],
    [
      'an output that refers to nothing',
      { Resources: { A: good }, Outputs: { O: { Value: { 'Fn::GetAtt': ['B', 'Value'] } } } },
      'Unresolved resource dependencies [B] in the Outputs block of the template',
    ],
    [
      'a reference to a resource whose condition does not hold',
      {
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { A: { ...good, Condition: 'Never' }, B: parameter('/b', { Ref: 'A' }) },
      },
      'Template format error: Unresolved resource dependencies [A] in the Resources block of the template',
    ],
    [
      'a condition that refers to a resource',
      { Resources: { A: good }, Conditions: { C: { 'Fn::Equals': [{ Ref: 'A' }, 'x'] } } },
      'Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template',
    ],
    [
      'an unknown condition in Fn::If',
      { Resources: { A: parameter('/a', { 'Fn::If': ['MissingCondition', 'x', 'y'] }) } },
      'Template error: unresolved condition dependency MissingCondition in Fn::If',
    ],
    [
      'a circle',
      { Resources: { A: parameter('/a', { Ref: 'B' }), B: parameter('/b', { Ref: 'A' }) } },
      'Circular dependency between resources: [A, B]',
    ],
    [
      'more than 51,200 bytes',
      JSON.stringify({ Resources: { A: parameter('/a', 'x'.repeat(51_200)) } }),
      "at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200",
    ],
  ])('has %s', async (_, template, message) => {
    await expect(send(template)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message),
    })
    await expect(describeStack('refused')).rejects.toThrow('does not exist')
  })

  it.runIf(isLocal)(
    'is told apart from a type that only the local AWS lacks, and does not make',
    async () => {
      const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } }
      const lacking = { Type: 'AWS::GameLift::Fleet', Condition: 'Never' }
      const { StackStatus } = await create('lacking', {
        Conditions,
        Resources: { A: parameter('/lacking'), B: lacking },
      })
      expect(StackStatus).toBe('CREATE_COMPLETE')
      await expect(send({ Resources: { A: { Type: 'AWS::GameLift::Fleet' } } })).rejects.toThrow(
        'resource types that are not in the local AWS: [AWS::GameLift::Fleet]',
      )
    },
  )

  it.each<[string, object, string[], string]>([
    ['IAM resources', role(), [], 'CAPABILITY_IAM'],
    ['IAM resources with names', role({ RoleName: 'named' }), ['CAPABILITY_IAM'], 'CAPABILITY_NAMED_IAM'],
  ])('needs a capability for %s', async (_, resource, Capabilities, missing) => {
    await expect(send({ Resources: { Role: resource } }, { Capabilities })).rejects.toMatchObject({
      name: 'InsufficientCapabilitiesException',
      message: `Requires capabilities : [${missing}]`,
    })
  })

  it('is refused by ValidateTemplate too', async () => {
    const TemplateBody = JSON.stringify({ Resources: { A: parameter({ Ref: 'Nowhere' }) } })
    await expect(client.send(new ValidateTemplateCommand({ TemplateBody }))).rejects.toThrow(
      'Unresolved resource dependencies [Nowhere]',
    )
  })
})

describe('conditions', () => {
  it('know where the stack is, and what other conditions say', async () => {
    const { Outputs } = await create('conditional', {
      Conditions: {
        Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, account.region] },
        Mapped: { 'Fn::Equals': [{ 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'size'] }, 'large'] },
        Both: { 'Fn::And': [{ Condition: 'Here' }, { 'Fn::Not': [{ Condition: 'Mapped' }] }] },
      },
      Mappings: { M: { [account.region]: { size: 'small' } } },
      Resources: { A: good },
      Outputs: { Both: { Value: { 'Fn::If': ['Both', 'yes', 'no'] } } },
    })
    expect(Outputs).toMatchObject([{ OutputKey: 'Both', OutputValue: 'yes' }])
  })
})

it('takes a boolean for the text that it is in a request', async () => {
  const template = {
    Parameters: { Flag: { Type: 'String', AllowedValues: [true, false], Default: false } },
    Conditions: { Set: { 'Fn::Equals': [{ Ref: 'Flag' }, true] } },
    Resources: { A: parameter('/boolean') },
    Outputs: { O: { Value: { 'Fn::If': ['Set', 'set', { Ref: 'Flag' }] } } },
  }
  expect((await create('boolean', template)).Outputs).toMatchObject([{ OutputValue: 'false' }])
  const Parameters = [{ ParameterKey: 'Flag', ParameterValue: 'true' }]
  const updated = await update('boolean', template, { Parameters })
  expect(updated.Outputs).toMatchObject([{ OutputValue: 'set' }])
})

it('takes keys without quotes for texts: the number of an account, or a word', async () => {
  const TemplateBody = `Parameters: {Account: {Type: String, Default: '600000000001'}}
Mappings: {Names: {600000000001: {1: one}, Yes: {1: other}}}
Resources: {A: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: x, Tags: {yes: two, 1.10: three}}}}
Outputs:
  Number: {Value: !FindInMap [Names, !Ref Account, '1']}
  Word: {Value: !FindInMap [Names, 'true', 1]}
`
  const { Outputs } = await create('keys', { Resources: {} }, { TemplateBody })
  expect(Outputs).toMatchObject([{ OutputValue: 'one' }, { OutputValue: 'other' }])
})

it('looks the items of a loop up by account and region', async () => {
  const items = { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'names'] }
  const template = {
    Transform: 'AWS::LanguageExtensions',
    Mappings: { M: { [account.region]: { names: ['one', 'two'] } } },
    Resources: {
      A: parameter('/loop'),
      'Fn::ForEach::L': ['N', items, { 'P${N}': parameter({ 'Fn::Sub': '/loop/${N}' }) }],
    },
    Outputs: { 'Fn::ForEach::O': ['N', items, { 'O${N}': { Value: { Ref: 'N' } } }] },
  }
  const { Outputs } = await create('loop', template, { Capabilities: ['CAPABILITY_AUTO_EXPAND'] })
  expect(Outputs?.map(({ OutputKey }) => OutputKey).sort()).toEqual(['Oone', 'Otwo'])
})

describe('a branch that is not taken', () => {
  it('may refer to a resource that is not there', async () => {
    const { StackStatus } = await create('branches', {
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: {
        A: { ...parameter('/branches/a'), Condition: 'Never' },
        B: parameter('/branches/b', { 'Fn::If': ['Never', { Ref: 'A' }, 'x'] }),
      },
    })
    expect(StackStatus).toBe('CREATE_COMPLETE')
  })
})

describe('TemplateURL', () => {
  const key = 'templates/t.json'
  it('is the address of an object, by bucket or by path', async () => {
    const bucket = await makeBucket(account)
    const Body = JSON.stringify({ Resources: { A: good } })
    await openS3(account).send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }))
    for (const host of [`${bucket}.s3.${account.region}.amazonaws.com`, `s3.amazonaws.com/${bucket}`]) {
      const command = new ValidateTemplateCommand({ TemplateURL: `https://${host}/${key}` })
      expect(await client.send(command)).toMatchObject({ Parameters: [] })
    }
    const gone = new ValidateTemplateCommand({ TemplateURL: `https://${bucket}.s3.amazonaws.com/gone` })
    await expect(client.send(gone)).rejects.toThrow('S3 error: The specified key does not exist.')
  })

  it.each([
    ['https://example.com/dummy.yml', 'TemplateURL must be a supported URL.'],
    ['s3://some/template.yml', 'S3 error: Domain name specified in some is not a valid S3 domain'],
  ])('is not %s', async (TemplateURL, message) => {
    await expect(client.send(new ValidateTemplateCommand({ TemplateURL }))).rejects.toThrow(message)
  })
})
