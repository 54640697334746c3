import { AthenaClient, GetNamedQueryCommand } from '@aws-sdk/client-athena'
import { expect, it } from 'vitest'
import { contractAccount } from '../../contract-account.ts'
import { parameter, stacksOf, type Template } from '../../fixtures/stack.ts'

const account = contractAccount()
const { create, remove, reasons } = stacksOf(account)

const attribute = (...path: string[]) => ({ Value: { 'Fn::GetAtt': path } })
const outputsOf = async (name: string, template: Template) => {
  const { StackStatus, Outputs = [] } = await create(name, template, {
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  })
  expect(StackStatus).toBe('CREATE_COMPLETE')
  return Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]))
}

it('gives the attributes that AWS gives, also those that are properties', async () => {
  const outputs = await outputsOf('attributes', {
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.9.0.0/16' } },
      Endpoint: {
        Type: 'AWS::EC2::VPCEndpoint',
        Properties: {
          VpcId: { Ref: 'Vpc' },
          VpcEndpointType: 'Interface',
          ServiceName: `com.amazonaws.${account.region}.ecr.api`,
        },
      },
      Bucket: { Type: 'AWS::S3::Bucket' },
      Policy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: { Statement: [] } },
      },
      Profile: {
        Type: 'AWS::IAM::InstanceProfile',
        Properties: { InstanceProfileName: 'instances', Roles: [] },
      },
    },
    Outputs: {
      Cidr: attribute('Vpc', 'CidrBlock'),
      Dns: { Value: { 'Fn::Select': [0, { 'Fn::GetAtt': ['Endpoint', 'DnsEntries'] }] } },
      Bucket: { Value: { Ref: 'Bucket' } },
      Policy: { Value: { Ref: 'Policy' } },
      Profile: { Value: { Ref: 'Profile' } },
      ProfileArn: attribute('Profile', 'Arn'),
    },
  })
  expect(outputs).toMatchObject({
    Cidr: '10.9.0.0/16',
    Dns: expect.stringMatching(/^Z[A-Z0-9]+:vpce-/),
    Policy: outputs.Bucket,
    Profile: 'instances',
    ProfileArn: `arn:aws:iam::${account.account}:instance-profile/instances`,
  })
})

it.each([
  ['that AWS does not have', 'Topic', 'Nope', 'AWS::SNS::Topic'],
  ['that only the local AWS knows', 'Group', 'Arn', 'AWS::EC2::SecurityGroup'],
])('rolls back at an attribute %s', async (_, resource, name, type) => {
  const stack = `unknown-${name}`
  const { StackStatus } = await create(stack, {
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic' },
      Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'x' } },
      Reader: parameter(`/unknown/${name}`, { 'Fn::GetAtt': [resource, name] }),
    },
  })
  expect(StackStatus).toBe('ROLLBACK_COMPLETE')
  expect((await reasons(stack)).join('\n')).toContain(
    `Requested attribute ${name} does not exist in schema for ${type}`,
  )
})

it('makes and deletes what a platform around the service has', async () => {
  const outputs = await outputsOf('platform', {
    Resources: {
      Provider: {
        Type: 'AWS::IAM::OIDCProvider',
        Properties: {
          Url: 'https://token.actions.githubusercontent.com',
          ClientIdList: ['sts.amazonaws.com'],
        },
      },
      Linked: {
        Type: 'AWS::IAM::ServiceLinkedRole',
        Properties: { AWSServiceName: 'autoscaling.amazonaws.com' },
      },
      Query: {
        Type: 'AWS::Athena::NamedQuery',
        Properties: { Name: 'users', Database: 'default', QueryString: 'SELECT 1' },
      },
      Budget: {
        Type: 'AWS::Budgets::Budget',
        Properties: {
          Budget: {
            BudgetName: 'monthly',
            BudgetType: 'COST',
            TimeUnit: 'MONTHLY',
            BudgetLimit: { Amount: 100, Unit: 'USD' },
          },
        },
      },
    },
    Outputs: {
      Provider: attribute('Provider', 'Arn'),
      Query: attribute('Query', 'NamedQueryId'),
      Budget: { Value: { Ref: 'Budget' } },
    },
  })
  expect(outputs).toMatchObject({
    Provider: `arn:aws:iam::${account.account}:oidc-provider/token.actions.githubusercontent.com`,
    Budget: 'monthly',
  })
  const athena = new AthenaClient(account.config)
  const { NamedQuery } = await athena.send(new GetNamedQueryCommand({ NamedQueryId: outputs.Query }))
  expect(NamedQuery).toMatchObject({ Name: 'users', QueryString: 'SELECT 1' })
  expect((await remove('platform')).StackStatus).toBe('DELETE_COMPLETE')
})
