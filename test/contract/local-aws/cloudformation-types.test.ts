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
      Profile: {
        Type: 'AWS::IAM::InstanceProfile',
        Properties: { InstanceProfileName: 'instances', Roles: [] },
      },
    },
    Outputs: {
      Cidr: attribute('Vpc', 'CidrBlock'),
      ProfileArn: attribute('Profile', 'Arn'),
    },
  })
  expect(outputs).toMatchObject({
    Cidr: '10.9.0.0/16',
    ProfileArn: `arn:aws:iam::${account.account}:instance-profile/instances`,
  })
})

it('has attributes of the schemas of the types that our templates use', async () => {
  const attributes: Record<string, string[]> = {
    Vpc: ['VpcId', 'CidrBlock', 'DefaultNetworkAcl', 'DefaultSecurityGroup'],
    Subnet: ['SubnetId', 'VpcId', 'AvailabilityZone', 'CidrBlock'],
    Group: ['Id', 'GroupId', 'VpcId'],
    Gateway: ['InternetGatewayId'],
    Routes: ['RouteTableId'],
    Address: ['AllocationId', 'PublicIp'],
    Nat: ['NatGatewayId'],
    Api: ['ApiId', 'ApiEndpoint'],
    Bucket: ['Arn', 'DomainName', 'RegionalDomainName', 'WebsiteURL'],
    Repository: ['Arn', 'RepositoryUri'],
    Cluster: ['Arn'],
    Logs: ['Arn'],
    Role: ['Arn', 'RoleId'],
    Balancer: [
      'LoadBalancerArn',
      'LoadBalancerName',
      'LoadBalancerFullName',
      'DNSName',
      'CanonicalHostedZoneID',
    ],
    Targets: ['TargetGroupArn', 'TargetGroupName', 'TargetGroupFullName'],
    Listener: ['ListenerArn'],
    Rule: ['RuleArn'],
    Launch: ['LaunchTemplateId', 'DefaultVersionNumber', 'LatestVersionNumber'],
  }
  const ref = (Ref: string) => ({ Ref })
  const subnet = (zone: number) => ({
    Type: 'AWS::EC2::Subnet',
    Properties: {
      VpcId: ref('Vpc'),
      CidrBlock: `10.7.${zone}.0/24`,
      AvailabilityZone: { 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] },
    },
  })
  const outputs = await outputsOf('schemas', {
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.7.0.0/16' } },
      Subnet: subnet(0),
      OtherSubnet: subnet(1),
      Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'x', VpcId: ref('Vpc') } },
      Gateway: { Type: 'AWS::EC2::InternetGateway' },
      Attachment: {
        Type: 'AWS::EC2::VPCGatewayAttachment',
        Properties: { VpcId: ref('Vpc'), InternetGatewayId: ref('Gateway') },
      },
      Routes: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc') } },
      Route: {
        Type: 'AWS::EC2::Route',
        DependsOn: 'Attachment',
        Properties: {
          RouteTableId: ref('Routes'),
          DestinationCidrBlock: '0.0.0.0/0',
          GatewayId: ref('Gateway'),
        },
      },
      Association: {
        Type: 'AWS::EC2::SubnetRouteTableAssociation',
        Properties: { RouteTableId: ref('Routes'), SubnetId: ref('Subnet') },
      },
      Address: { Type: 'AWS::EC2::EIP', DependsOn: 'Attachment', Properties: { Domain: 'vpc' } },
      Nat: {
        Type: 'AWS::EC2::NatGateway',
        Properties: { AllocationId: { 'Fn::GetAtt': ['Address', 'AllocationId'] }, SubnetId: ref('Subnet') },
      },
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'schemas', ProtocolType: 'HTTP' } },
      Bucket: { Type: 'AWS::S3::Bucket' },
      Repository: { Type: 'AWS::ECR::Repository' },
      Cluster: { Type: 'AWS::ECS::Cluster' },
      Logs: { Type: 'AWS::Logs::LogGroup' },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
      },
      Balancer: {
        Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
        Properties: {
          Scheme: 'internal',
          Subnets: [ref('Subnet'), ref('OtherSubnet')],
          SecurityGroups: [ref('Group')],
        },
      },
      Targets: {
        Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
        Properties: { VpcId: ref('Vpc'), TargetType: 'ip', Protocol: 'HTTP', Port: 80 },
      },
      Listener: {
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: {
          LoadBalancerArn: ref('Balancer'),
          Protocol: 'HTTP',
          Port: 80,
          DefaultActions: [{ Type: 'forward', TargetGroupArn: ref('Targets') }],
        },
      },
      Rule: {
        Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
        Properties: {
          ListenerArn: ref('Listener'),
          Priority: 1,
          Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/x'] } }],
          Actions: [{ Type: 'forward', TargetGroupArn: ref('Targets') }],
        },
      },
      Launch: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: { LaunchTemplateData: { ImageId: 'ami-1', InstanceType: 'g4dn.xlarge' } },
      },
    },
    Outputs: Object.fromEntries(
      Object.entries(attributes).flatMap(([resource, names]) =>
        names.map((name) => [`${resource}${name}`, attribute(resource, name)]),
      ),
    ),
  })
  expect(Object.values(outputs).filter((value) => !value)).toEqual([])
})

it('names an attribute that only the local AWS lacks', async () => {
  const stack = 'lacking'
  await create(stack, {
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.9.0.0/16' } },
      Reader: parameter('/lacking', { 'Fn::Join': ['', { 'Fn::GetAtt': ['Vpc', 'Ipv6CidrBlocks'] }] }),
    },
  })
  expect((await reasons(stack)).join('\n')).toContain(
    'the attribute Ipv6CidrBlocks of AWS::EC2::VPC is not in the local AWS',
  )
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
      Budget: { Value: { Ref: 'Budget' } },
    },
  })
  expect(outputs).toMatchObject({
    Provider: `arn:aws:iam::${account.account}:oidc-provider/token.actions.githubusercontent.com`,
    Budget: 'monthly',
  })
  expect((await remove('platform')).StackStatus).toBe('DELETE_COMPLETE')
})
