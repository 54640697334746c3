import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { dataTypes } from '../../actions/deploy-stack/apply/data.ts'
import { readConstraints } from '../../actions/deploy-stack/graph/constraint.ts'
import { parseGraph } from '../../actions/deploy-stack/graph/graph.ts'
import { namedTypes } from '../../actions/deploy-stack/graph/named-type.ts'
import { toTree } from '../../actions/deploy-stack/graph/template-tree.ts'
import { root } from '../../scripts/local-aws-process.ts'
import { parseCfnTemplate, readCfnTemplate } from '../fixtures/cfn-template.ts'
import { findCollisions, findContested, findReplaced, isChanged } from '../fixtures/replacement.ts'

const graph = parseGraph(readFileSync(join(root, 'cloudformation/stacks.yml'), 'utf8'), 'stacks.yml')
const templates = new Map(
  [...graph.values()].map(({ key, template }) => [key, readCfnTemplate(join('cloudformation', template))]),
)

/** Adds what follows in the other stacks: their parameters that are outputs of this one. */
function spread(key: string, parameter: string): Map<string, Set<string>> {
  const changed = new Map([[key, new Set([parameter])]])
  for (const { key: other, parameters } of graph.values()) {
    for (const [name, value] of parameters) {
      const isNew = value.some((piece) => {
        if (piece.kind !== 'output') return false
        const template = templates.get(piece.stack)
        const names = changed.get(piece.stack)
        const output = template?.Outputs?.[piece.output]?.Value
        return template && names && isChanged(output, template, names, findReplaced(template, names))
      })
      if (isNew) changed.set(other, new Set([...(changed.get(other) ?? []), name]))
    }
  }
  return changed
}

const parameters = [...templates].flatMap(([key, { Parameters }]) =>
  Object.keys(Parameters).map((name) => ({ key, name, full: `${key}.${name}` })),
)

// A load balancer stays in its network, so that its template declares this; see plan/constraint.ts.
const declared = [...templates].flatMap(([key, { Metadata }]) =>
  readConstraints(toTree(Metadata?.Constraints), key).flatMap(({ parameter, rule }) =>
    rule.kind === 'kept' ? [`${key}.${parameter}`] : [],
  ),
)
// The names of what holds data, and the prefix that is in all names, are known to be kept; see plan/guard.ts.
const guarded = parameters.filter(({ key, name }) => {
  const resources = Object.values(templates.get(key)?.Resources ?? {})
  const names = resources.flatMap(({ Type, Properties }) => {
    const { adoptable, property = [] } = namedTypes.get(Type) ?? {}
    return adoptable ? [property.reduce((value: unknown, step) => Object(value)[step], Properties)] : []
  })
  return name === 'Prefix' || JSON.stringify(names).includes(`"${name}"`)
})
const kept = [...declared, ...guarded.map(({ full }) => full)]
const changeable = parameters.filter(({ full }) => !kept.includes(full))

type Find = typeof findCollisions

const findAll = (key: string, name: string, find: Find) =>
  [...spread(key, name)].flatMap(([stack, names]) => {
    const template = templates.get(stack)
    return template ? find(template, names).map((resource) => `${stack}.${resource}`) : []
  })

const replacedOf: Find = (template, names) =>
  [...findReplaced(template, names)].map(([resource, causes]) =>
    causes.every(({ isConditional }) => isConditional) ? `${resource}?` : resource,
  )

it('keeps the prefix, the network, and the names of what holds data, and nothing else', () => {
  const names = ['InputBucketName', 'OutputBucketName', 'LogBucketName', 'RepositoryName']
  expect(kept.filter((name) => !name.endsWith('.Prefix')).sort()).toEqual(
    [
      ...['api.AccessLogGroupName', 'billing.DatabaseName', 'billing.TableName', 'network.VpcCidr'],
      ...names.map((name) => `storage.${name}`),
      ...['api', 'cluster', 'endpoints', 'load-balancer', 'service'].map((key) => `${key}.VpcId`),
    ].sort(),
  )
  expect([...templates.keys()].filter((key) => !kept.includes(`${key}.Prefix`))).toEqual([])
})

// With "?", AWS replaces it in some cases only. Each change of the service makes a new revision of its task definition.
it('replaces nothing but this when a parameter changes', () => {
  const found = changeable.map(
    ({ key, name, full }) =>
      [full, findAll(key, name, replacedOf).filter((each) => !each.endsWith('.TaskDefinition'))] as const,
  )
  const scaling = ['ScalableTarget', 'CpuPolicy', 'RequestsPolicy', 'MemoryPolicy']
  const behind = ['Listener', 'RedirectListener', 'PausedRule', 'InferenceRule', 'PingRule']
  const of = (stack: string, names: readonly string[]) => names.map((name) => `${stack}.${name}`)
  expect(Object.fromEntries(found.filter(([, replaced]) => replaced.length > 0))).toEqual({
    'network.Zones': ['cluster.Group?', 'cluster.CapacityProvider?', 'api.VpcLink'],
    'load-balancer.Scheme': of('load-balancer', ['LoadBalancer', 'TargetGroup', ...behind]),
    'load-balancer.FlaskPort': ['load-balancer.TargetGroup'],
    'load-balancer.CertificateArn': ['api.LinkToBalancer'],
    'cluster.TaskSubnetIds': ['cluster.Group?', 'cluster.CapacityProvider?'],
    'service.ClusterName': of('service', ['Service', ...scaling]),
    'service.LoadBalancerSecurityGroupId': ['service.BalancerToTasks'],
    'service.FlaskPort': ['service.BalancerToTasks'],
    'api.AlbSubnetIds': ['api.VpcLink'],
    'api.ListenerPort': ['api.LinkToBalancer'],
    'api.LoadBalancerSecurityGroupId': ['api.LinkToBalancer'],
    'billing.AccessLogGroupName': ['billing.Subscription'],
    'monitoring.AlarmEmail': ['monitoring.Email'],
  })
})

it('never replaces what holds data, other than by its own name', () => {
  const holders = [...dataTypes, 'AWS::Glue::Database', 'AWS::Glue::Table']
  const lost = changeable.flatMap(({ key, name, full }) =>
    findAll(key, name, replacedOf).flatMap((found) => {
      const [stack = '', resource = ''] = found.replace('?', '').split('.')
      const type = templates.get(stack)?.Resources[resource]?.Type ?? ''
      return holders.includes(type) ? [`${full}: ${found}`] : []
    }),
  )
  expect(lost).toEqual([])
})

// Retained when its condition ends, it would be in the way when the condition comes back.
it('holds data under no condition', () => {
  const found = [...templates].flatMap(([key, { Resources }]) =>
    Object.entries(Resources).flatMap(([name, { Type, Condition }]) =>
      dataTypes.includes(Type) && Condition !== undefined ? [`${key}.${name}`] : [],
    ),
  )
  expect(found).toEqual([])
})

it('gives what replaces a resource another name', () => {
  const found = changeable.flatMap(({ key, name, full }) =>
    findAll(key, name, findCollisions).map((resource) => `${full}: ${resource}`),
  )
  expect(found).toEqual([])
})

it('replaces nothing that needs what the old resource has to itself', () => {
  const found = changeable.flatMap(({ key, name, full }) =>
    findAll(key, name, findContested).map((resource) => `${full}: ${resource}`),
  )
  expect(found).toEqual([])
})

it('sees a name that stays, a name that goes along, and what is used by one alone', () => {
  const balancer = (name: string) =>
    parseCfnTemplate(`
Parameters: {Scheme: {Type: String}}
Resources:
  Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Name: ${name}, Scheme: !Ref Scheme}}
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Balancer}}
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80}}
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties: {ListenerArn: !Ref Listener, Actions: [{Type: forward, TargetGroupArn: !Ref Targets}]}
`)
  const changed = new Set(['Scheme'])
  expect(findCollisions(balancer('same'), changed)).toEqual(['Balancer'])
  expect(findCollisions(balancer('!Join ["-", [x, !Ref Scheme]]'), changed)).toEqual([])
  expect(findContested(balancer('same'), changed)).toEqual(['Targets'])
})
