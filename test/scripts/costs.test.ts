import { expect, it } from 'vitest'
import { listResources, readCfnTemplate } from '../../scripts/generate/cfn-template.ts'
import { costsTable, type Prices, schedulesTable } from '../../scripts/generate/costs.ts'

const network = readCfnTemplate(`
Parameters:
  Zones: {Type: Number, Default: 2}
  Egress: {Type: String, Default: nat}
Conditions:
  HasNat: !Not [!Equals [!Ref Egress, endpoints]]
  HasNatPerZone: !Equals [!Ref Egress, nat-per-az]
  HasMore: !And [!Condition HasNatPerZone, !Or [!Equals [!Ref Zones, 3], !Equals [!Ref Zones, 4]]]
Resources:
  NatA: {Type: 'AWS::EC2::NatGateway', Condition: HasNat}
  NatB: {Type: 'AWS::EC2::NatGateway', Condition: HasNatPerZone}
  NatC: {Type: 'AWS::EC2::NatGateway', Condition: HasMore}
`)

const cluster = readCfnTemplate(`
Parameters:
  InstanceType: {Type: String, Default: gpu}
  Size: {Type: Number, Default: 100}
Resources:
  LaunchTemplate:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        BlockDeviceMappings: [{Ebs: {VolumeSize: !Ref Size, Throughput: 225}}]
`)
const service = readCfnTemplate('Parameters: {MinTasks: {Default: 1}, MaxTasks: {Default: 3}}')
const endpoints = readCfnTemplate(`
Resources:
  A: {Type: 'AWS::EC2::VPCEndpoint', Properties: {VpcEndpointType: Interface}}
  B: {Type: 'AWS::EC2::VPCEndpoint', Properties: {VpcEndpointType: Gateway}}
`)
const monitoring = readCfnTemplate(`
Resources:
  A: {Type: 'AWS::CloudWatch::Alarm', Properties: {Metrics: [{Expression: a + b}, {MetricStat: a}, {MetricStat: b}]}}
  B: {Type: 'AWS::CloudWatch::Alarm', Properties: {MetricName: c}}
`)
const balancer = readCfnTemplate("Resources: {A: {Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer'}}")
const templates = { network, cluster, service, endpoints, monitoring, 'load-balancer': balancer }

const hour = (usd: number) => ({ usd, per: 'hour', dated: '2026-02-01' }) as const
const month = (usd: number) => ({ usd, per: 'month', dated: '2026-01-01', confirmed: false }) as const
const prices: Prices = {
  gpu: hour(1),
  'gp3 volume, GiB': month(0.5),
  'gp3 throughput above 125 MiB/s, MiB/s': month(0.1),
  'NAT gateway': hour(0.1),
  'public IPv4 address': hour(0.2),
  'interface endpoint in a zone': hour(0.01),
  'load balancer': hour(0.02),
  'metric of an alarm': month(2),
  dashboard: month(3),
  'KMS key': month(1),
}

it.each([
  [{}, 1],
  [{ Egress: 'nat-per-az' }, 2],
  [{ Egress: 'nat-per-az', Zones: '3' }, 3],
  [{ Egress: 'endpoints' }, 0],
])('counts what a template creates with %j', (given, expected) => {
  expect(listResources(network, 'AWS::EC2::NatGateway', given)).toHaveLength(expected)
})

it('adds up a month of what the templates create', () => {
  expect(costsTable(templates, prices)).toBe(`| USD a month | paused | idle | running |
| --- | ---: | ---: | ---: |
| \`cluster\`: 0, 1 or 3 × gpu with 100 GiB | 0 | 790 | 2370 |
| \`load-balancer\` | 15 | 15 | 15 |
| \`network\`, Egress \`nat\` | 73 | 73 | 73 |
| \`network\`, Egress \`nat-per-az\`, 2 zones | 146 | 146 | 146 |
| \`network\`, Egress \`endpoints\`, and \`endpoints\`: 1 in 2 zones | 15 | 15 | 15 |
| **sum, \`nat\`** | 88 | 878 | 2458 |
| **sum, \`nat-per-az\`** | 161 | 951 | 2531 |
| **sum, \`endpoints\`** | 29 | 819 | 2399 |
| \`monitoring\`, in addition | 6 | 6 | 6 |

Prices of 2026-01-01 to 2026-02-01. Not confirmed for Seoul: gp3 volume, GiB; gp3 throughput above 125 MiB/s, MiB/s; metric of an alarm; dashboard; KMS key.`)
})

it('takes from a month of the instances the hours in which they do not run', () => {
  expect(schedulesTable(templates, prices)).toBe(`| instances run | hours a week | USD a month | saved |
| --- | ---: | ---: | ---: |
| always | 168 | 790 | 0 |
| every day, 08:00 to 22:00 | 98 | 461 | 329 |
| Monday to Friday, 08:00 to 22:00 | 70 | 329 | 461 |
| Monday to Friday, 09:00 to 18:00 | 45 | 212 | 578 |

An hour of them costs 1.08 USD, with their volumes.`)
})

it('names a price that is missing', () => {
  const { gpu: _, ...others } = prices
  expect(() => costsTable(templates, others)).toThrow('prices.yml: expected a price of "gpu"')
})

it('refuses a condition that it cannot judge', () => {
  const odd = readCfnTemplate('{Conditions: {A: !Contains [a, b]}, Resources: {B: {Type: T, Condition: A}}}')
  expect(() => listResources(odd, 'T')).toThrow('got {"!Contains":["a","b"]}')
})
