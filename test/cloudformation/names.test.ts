import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toolkitBucket } from '../../lib/aws/toolkit/bucket-name.ts'
import { longestPrefix, prefixInput, prefixPattern, prefixRule } from '../../lib/service/prefix.ts'
import { root } from '../../scripts/local-aws-process.ts'
import { readCfnTemplate } from '../fixtures/cfn-template.ts'
import { evaluate } from '../fixtures/evaluate.ts'
import { listRegions } from '../fixtures/resource-schema.ts'

const templates = globSync('cloudformation/*.yml', { cwd: root })
  .filter((path) => !path.endsWith('stacks.yml'))
  .map((path) => ({ key: basename(path, '.yml'), template: readCfnTemplate(path) }))

// The pages of the APIs that create them.
const grammars: Readonly<Record<string, readonly [property: string, grammar: RegExp]>> = {
  'AWS::S3::Bucket': ['BucketName', /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/],
  'AWS::ECR::Repository': ['RepositoryName', /^[a-z0-9]+([._/-][a-z0-9]+)*$/],
  'AWS::ECS::Cluster': ['ClusterName', /^[A-Za-z0-9_-]{1,255}$/],
  'AWS::ECS::Service': ['ServiceName', /^[A-Za-z0-9_-]{1,255}$/],
  'AWS::ECS::CapacityProvider': ['Name', /^(?!aws|ecs|fargate)[A-Za-z0-9_-]{1,255}$/],
  'AWS::ECS::TaskDefinition': ['Family', /^[A-Za-z0-9_-]{1,255}$/],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': [
    'Name',
    /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/,
  ],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['Name', /^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/],
  'AWS::Lambda::Function': ['FunctionName', /^[A-Za-z0-9_-]{1,64}$/],
  'AWS::Logs::LogGroup': ['LogGroupName', /^[A-Za-z0-9_./#-]{1,512}$/],
  'AWS::IAM::Role': ['RoleName', /^[\w+=,.@-]{1,64}$/],
  'AWS::Glue::Database': ['DatabaseInput.Name', /^[a-z0-9_]{1,255}$/],
  'AWS::Athena::WorkGroup': ['Name', /^[A-Za-z0-9._-]{1,128}$/],
  'AWS::KinesisFirehose::DeliveryStream': ['DeliveryStreamName', /^[A-Za-z0-9_.-]{1,64}$/],
  'AWS::ApiGatewayV2::Api': ['Name', /^.{1,128}$/],
  'AWS::ApiGatewayV2::VpcLink': ['Name', /^.{1,128}$/],
  'AWS::ApplicationAutoScaling::ScalingPolicy': ['PolicyName', /^.{1,256}$/],
  'AWS::CloudWatch::Alarm': ['AlarmName', /^.{1,255}$/],
  'AWS::CloudWatch::Dashboard': ['DashboardName', /^[A-Za-z0-9_-]{1,255}$/],
  'AWS::SNS::Topic': ['TopicName', /^[A-Za-z0-9_-]{1,256}$/],
  'AWS::Budgets::Budget': ['Budget.BudgetName', /^[^:\\]{1,100}$/],
  stack: ['', /^[A-Za-z][A-Za-z0-9-]{0,127}$/],
}

type Name = { type: string; resource: string; name: string }

const account = '123456789012'

function listNames(prefix: string, region: string): Name[] {
  const toolkit = { type: 'AWS::S3::Bucket', resource: 'toolkit' }
  const names: Name[] = [{ ...toolkit, name: toolkitBucket(prefix, account, region).Bucket }]
  for (const { key, template } of templates) {
    names.push({ type: 'stack', resource: key, name: `${prefix}-${key}` })
    for (const [logicalId, { Type: type, Properties }] of Object.entries(template.Resources)) {
      const [path = ''] = grammars[type] ?? []
      const value = path.split('.').reduce<unknown>((part, step) => Object(part)[step], Properties)
      for (const scheme of ['internal', 'internet-facing']) {
        const values = new Map(
          Object.entries(template.Parameters).map(([parameter, { Default }]) => [
            parameter,
            String(Default ?? ''),
          ]),
        )
        const settings = { Prefix: prefix, Scheme: scheme, 'AWS::AccountId': account, 'AWS::Region': region }
        for (const [setting, text] of Object.entries(settings)) values.set(setting, text)
        const name = path === '' || value === undefined ? undefined : evaluate(value, template, values)
        if (typeof name === 'string') names.push({ type, resource: `${key}.${logicalId}`, name })
      }
    }
  }
  return names
}

const regions = listRegions()
const isAllowed = (prefix: string) => {
  try {
    return prefixInput('').parse('prefix', prefix) === prefix
  } catch {
    return false
  }
}

describe('the prefix', () => {
  it.each(templates)('has one rule, in $key', ({ template }) => {
    expect(template.Parameters.Prefix).toEqual({
      Type: 'String',
      Default: 'ddn',
      MaxLength: longestPrefix,
      AllowedPattern: prefixPattern,
      ConstraintDescription: prefixRule,
      Description: 'First part of all names.',
    })
  })

  it.each(['a', 'ddn', 'team-b', 'x1', 'a-1', 'internals', 'awe', 'a'.repeat(longestPrefix)])(
    'can be %s',
    (prefix) => expect(isAllowed(prefix)).toBe(true),
  )

  it.each([
    ...['-a', 'a-', 'a--b', 'a_b', 'A', '1a', 'a.b', 'a'.repeat(longestPrefix + 1), 'a\nb', 'aws', 'aws-app'],
    ...[
      'awsome',
      'ecs',
      'ecs1',
      'fargate-a',
      'ssm',
      'internal',
      'internal-a',
      'sthree',
      'amzn-s3-demo',
      'xn--a',
    ],
  ])('cannot be %j', (prefix) => expect(isAllowed(prefix)).toBe(false))
})

describe('the names', () => {
  it.each(['a', 'ddn', 'team-b', 'a1-b2-c3-d4-e5-f', 'z'.repeat(longestPrefix)])(
    'are as AWS wants them with the prefix %s, in every region',
    (prefix) => {
      const wrong = regions.flatMap((region) =>
        listNames(prefix, region).filter(({ type, name }) => !grammars[type]?.[1].test(name)),
      )
      expect(wrong).toEqual([])
    },
  )

  // One prefix may begin another: `ddn` and what may follow it in a name of ours.
  it('are of one prefix only', () => {
    const [region = ''] = regions
    const own = listNames('ddn', region)
    const words = own.flatMap(({ name }) => name.split('ddn-')[1]?.split('-')[0] ?? [])
    const others = [...new Set(words)].map((word) => `ddn-${word}`).filter(isAllowed)
    expect(others.length).toBeGreaterThan(5)
    for (const prefix of ['team', ...others]) {
      const taken = new Set(listNames(prefix, region).map(({ type, name }) => `${type} ${name}`))
      expect(own.filter(({ type, name }) => taken.has(`${type} ${name}`))).toEqual([])
    }
  })

  it('are those that the operators know', () => {
    const names = new Set(listNames('ddn', 'ap-northeast-2').map(({ name }) => name))
    const known = [
      'ddn-in-123456789012-ap-northeast-2',
      'deepdenoising-triton',
      'ddn-ecs-cluster',
      'ddn-ecs-service',
    ]
    for (const name of [
      ...known,
      'ddn-triton-task',
      'ddn-alb',
      'ddn-presign-lambda',
      'ddn-api',
      'ddn_billing_db',
    ]) {
      expect(names).toContain(name)
    }
  })
})
