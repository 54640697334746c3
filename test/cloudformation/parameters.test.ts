import { describe, expect, it } from 'vitest'
import { readConstraints } from '../../actions/deploy-stack/graph/constraint.ts'
import { findFault, readParameterRule } from '../../actions/deploy-stack/graph/parameter-rule.ts'
import { toTree } from '../../actions/deploy-stack/graph/template-tree.ts'
import { findInstanceSize } from '../../lib/service/instance-type.ts'
import { readCfnTemplate } from '../fixtures/cfn-template.ts'

const keys = ['network', 'storage', 'cluster', 'service', 'api']
const templates = keys.map((key) => ({ key, template: readCfnTemplate(`cloudformation/${key}.yml`) }))

describe.each(templates)('$key', ({ key, template: { Parameters, Metadata } }) => {
  const parameters = Object.entries(Parameters)
  const without = (rule: (declaration: Record<string, unknown>) => boolean) =>
    parameters.filter(([, declaration]) => !rule(declaration)).map(([name]) => name)

  it('describes each parameter in a sentence', () => {
    expect(without(({ Description }) => /^[A-Z].*\.$/.test(String(Description)))).toEqual([])
  })

  it('says in words what each pattern means', () => {
    expect(
      without(
        ({ AllowedPattern, ConstraintDescription }) => !AllowedPattern || Boolean(ConstraintDescription),
      ),
    ).toEqual([])
  })

  it('has defaults that it takes', () => {
    const faults = parameters.flatMap(([name, declaration]) => {
      const rule = readParameterRule(toTree(declaration))
      return rule.default === undefined ? [] : [[name, findFault(rule, rule.default)]]
    })
    expect(faults.filter(([, fault]) => fault)).toEqual([])
  })

  it('shows each parameter in one group of the console', () => {
    const { ParameterGroups } = Object(Metadata?.['AWS::CloudFormation::Interface'])
    const shown = ParameterGroups.flatMap(({ Parameters: names }: { Parameters: string[] }) => names)
    expect(shown.toSorted()).toEqual(Object.keys(Parameters).sort())
  })

  it('constrains parameters that it has', () => {
    const constraints = readConstraints(toTree(Metadata?.Constraints), key)
    const named = constraints.flatMap(({ parameter, rule }) => [
      parameter,
      ...('other' in rule ? [rule.other] : []),
      ...('first' in rule ? [rule.first, rule.most] : []),
    ])
    expect(named.filter((name) => !(name in Parameters))).toEqual([])
  })
})

const provider = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com'
const more = ['billing', 'endpoints', 'github-oidc', 'load-balancer', 'monitoring']
const all = [
  ...templates,
  ...more.map((key) => ({ key, template: readCfnTemplate(`cloudformation/${key}.yml`) })),
]

it.each(all)('bounds each number of $key, and each text that is no list', ({ template: { Parameters } }) => {
  const unbounded = Object.entries(Parameters).filter(
    ([, { Type, MinValue, MaxValue, MaxLength, AllowedPattern, AllowedValues }]) => {
      if (AllowedValues) return false
      if (Type === 'Number') return MinValue === undefined || MaxValue === undefined
      return Type === 'String' && AllowedPattern === undefined && MaxLength === undefined
    },
  )
  expect(unbounded.map(([name]) => name)).toEqual([])
})

it.each([
  ['network', 'VpcCidr', ['10.0.0.0/16', '10.0.0.0/17'], ['10.0.0.0/18', '10.0.0.0/8']],
  ['storage', 'InputBucketName', ['', 'my.bucket-1'], ['ab', 'Bucket', '-bucket']],
  ['storage', 'RepositoryName', ['', 'team/app', 'a_b'], ['Team', 'a//b', 'a-']],
  ['cluster', 'InstanceType', ['g4dn.xlarge', 'u-6tb1.56xlarge'], ['', 'g4dn']],
  ['service', 'MinTasks', ['0', '100'], ['-1', '101']],
  ['service', 'MemlockBytes', ['-1', '0'], ['-2']],
  [
    'service',
    'PermissionsBoundaryArn',
    ['', 'arn:aws-cn:iam::111122223333:policy/x'],
    ['x', 'arn:aws:iam::1:role/x'],
  ],
  ['api', 'LogDays', ['400', '30'], ['31', '0']],
  ['api', 'AccessLogGroupName', ['', '/aws/vendedlogs/x'], ['a b']],
  // Each is a part of a resource in the policies of the roles: a wildcard would open all.
  ['github-oidc', 'RepositoryName', ['', 'team/app'], ['*', 'team/*']],
  ['github-oidc', 'ArchiveBucketName', ['', 'my-bucket'], ['*', 'b*t', 'my-bucket/*']],
  ['github-oidc', 'BillBucketName', ['', 'my-bucket'], ['*', 'my-bucket/*']],
  ['github-oidc', 'ProviderArn', ['', provider], ['*', provider.replace('githubusercontent', 'example')]],
  ['billing', 'LogDays', ['400', '30'], ['31', '0']],
  ['billing', 'DatabaseName', ['', 'my_db'], ['my-db', 'Db']],
  ['load-balancer', 'IdleSeconds', ['1', '4000'], ['0', '4001']],
  ['api', 'ServerName', ['', 'api.example.com'], ['https://x', 'x.']],
])('%s takes as %s only what AWS takes', (key, name, good, bad) => {
  const template = all.find((each) => each.key === key)?.template
  const rule = readParameterRule(toTree(template?.Parameters[name]))
  expect(good.filter((value) => findFault(rule, value))).toEqual([])
  expect(bad.filter((value) => !findFault(rule, value))).toEqual([])
})

it('asks for a task that fits the instance, by default', () => {
  const defaultOf = (key: string, name: string) =>
    templates.find((each) => each.key === key)?.template.Parameters[name]?.Default
  const size = findInstanceSize(String(defaultOf('cluster', 'InstanceType')))
  expect(Number(defaultOf('service', 'TaskMemoryMiB'))).toBeLessThan((size?.memoryMiB ?? 0) * 0.95)
  expect(Number(defaultOf('service', 'TaskCpu'))).toBeLessThan(size?.cpuUnits ?? 0)
})
