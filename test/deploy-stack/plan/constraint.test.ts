import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { readInputs } from '../../../actions/deploy-stack/inputs.ts'
import { verifyConstraints } from '../../../actions/deploy-stack/plan/constraint.ts'
import { planStacks } from '../../../actions/deploy-stack/plan/plan.ts'
import { verifyTaskSize } from '../../../actions/deploy-stack/plan/task-size.ts'

const body = (metadata: string, parameters: string) => `
Metadata: {Constraints: [${metadata}]}
Parameters: {${parameters}}
Resources: {T: {Type: AWS::SNS::Topic}}
`
const text = (names: readonly string[]) =>
  names.map((name) => `${name}: {Type: String, Default: ''}`).join(', ')
const graph = parseGraph('stacks: {cluster: {template: c.yml}, service: {template: s.yml}}', 'stacks.yml')
const service = parseTemplate(
  body(
    `{Parameter: MinTasks, AtMost: MaxTasks}, {Parameter: CertificateArn, OwnRegion: true}, {Parameter: SubnetIds, LeastItems: 2}, {Parameter: Name, Kept: true}`,
    `MinTasks: {Type: Number, Default: 1}, MaxTasks: {Type: Number, Default: 4}, ${text(['CertificateArn', 'SubnetIds', 'Name'])}, TaskMemoryMiB: {Type: Number, Default: 14000}, TaskCpu: {Type: Number, Default: 3584}, TaskGpus: {Type: Number, Default: 1}`,
  ),
  's.yml',
)
const cluster = parseTemplate(body('', 'InstanceType: {Type: String, Default: g4dn.xlarge}'), 'c.yml')

const stepsOf = (parameters: string, only = '') => {
  const templates = new Map([
    ['cluster', cluster],
    ['service', service],
  ])
  return planStacks(graph, templates, readInputs({ stacks: 'stacks.yml', prefix: 'ddn', parameters, only }))
}
const deployedWith = (key: string, values: Record<string, string>) =>
  new Map([[key, { parameters: new Map(Object.entries(values)), outputs: new Map() }]])
const place = { prefix: 'ddn', account: '111122223333', region: 'ap-northeast-2' }
const nothing = new Map()

describe('verifyConstraints', () => {
  const certificate = (region: string) => `CertificateArn=arn:aws:acm:${region}:111122223333:certificate/x`

  it.each([
    '',
    'MinTasks=4',
    'MinTasks=5\nMaxTasks=10',
    certificate('ap-northeast-2'),
    'CertificateArn=arn:aws:iam::111122223333:server-certificate/x',
    'SubnetIds=subnet-1, subnet-2',
  ])('takes %j', (parameters) => {
    verifyConstraints(stepsOf(parameters), place, nothing)
  })

  it.each([
    ['MinTasks=5', 'parameters: service.MinTasks: expected at most MaxTasks, which is 4, got "5"'],
    ['MaxTasks=0', 'parameters: service.MinTasks: expected at most MaxTasks, which is 0, got "1"'],
    [
      certificate('us-east-1'),
      `parameters: service.CertificateArn: expected an ARN of the region ap-northeast-2, got "arn:aws:acm:us-east-1:`,
    ],
    [
      'SubnetIds=subnet-1',
      'parameters: service.SubnetIds: expected at least 2 different ones, got "subnet-1"',
    ],
    ['SubnetIds=subnet-1,subnet-1', 'service.SubnetIds: expected at least 2 different ones'],
  ])('refuses %j', (parameters, message) => {
    expect(() => verifyConstraints(stepsOf(parameters), place, nothing)).toThrow(message)
  })

  it('compares with what the stack keeps', () => {
    const deployed = deployedWith('service', { MaxTasks: '2' })
    expect(() => verifyConstraints(stepsOf('MinTasks=3'), place, deployed)).toThrow('MaxTasks, which is 2')
    verifyConstraints(stepsOf('MinTasks=2'), place, deployed)
  })

  it('keeps what the stack was created with', () => {
    const deployed = deployedWith('service', { Name: 'one' })
    for (const parameters of ['', 'Name=one']) verifyConstraints(stepsOf(parameters), place, deployed)
    verifyConstraints(stepsOf('Name=two'), place, nothing)
    expect(() => verifyConstraints(stepsOf('Name=two'), place, deployed)).toThrow(
      'parameters: service.Name: expected "one", with which the stack was created, got "two"; deploy under another prefix to change it',
    )
    expect(() =>
      verifyConstraints(stepsOf('Name=one'), place, deployedWith('service', { Name: '' })),
    ).toThrow('expected "", with which')
  })

  it('leaves to CloudFormation what only the deployment tells', () => {
    const outputs = parseGraph(
      "stacks: {cluster: {template: c.yml}, service: {template: s.yml, parameters: {SubnetIds: '${cluster.T}'}}}",
      'stacks.yml',
    )
    const made = parseTemplate(
      'Resources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {T: {Value: subnet-1}}',
      'c.yml',
    )
    const templates = new Map([
      ['cluster', made],
      ['service', service],
    ])
    const inputs = readInputs({ stacks: 'stacks.yml', prefix: 'ddn' })
    verifyConstraints(planStacks(outputs, templates, inputs), place, nothing)
  })

  it.each([
    '[{Parameter: A}]',
    '[{Parameter: A, AtMost: B, OwnRegion: true}]',
    '[{Parameter: A, LeastItems: two}]',
    '[{Parameter: A, OwnRegion: false}]',
    '[{Parameter: A, SubnetsOf: [B]}]',
    '[{Parameter: A, LeastZones: two}]',
    '[{Parameter: A, VpcLinkZones: false}]',
    '[{Parameter: A, GpuQuota: {First: B}}]',
    '[{Parameter: A, GpuQuota: {Most: B}}]',
    '[{Parameter: A, GpuQuota: B}]',
  ])('are refused as %s', (constraints) => {
    const template = `Metadata: {Constraints: ${constraints}}\nResources: {T: {Type: AWS::SNS::Topic}}`
    expect(() => parseTemplate(template, 't.yml')).toThrow(/^t.yml: Metadata.Constraints: expected /)
  })
})

describe('verifyTaskSize', () => {
  it.each([
    '',
    'InstanceType=g5.12xlarge\nTaskGpus=4\nTaskMemoryMiB=180000',
    'InstanceType=x9.big\nTaskGpus=99',
  ])('takes %j', (parameters) => verifyTaskSize(stepsOf(parameters), place, nothing))

  it.each([
    [
      'TaskMemoryMiB=16384',
      'parameters: service.TaskMemoryMiB: expected at most the 15564 MiB, of 16384 of a g4dn.xlarge, got 16384',
    ],
    [
      'TaskCpu=4097',
      'parameters: service.TaskCpu: expected at most the 4096 CPU units of a g4dn.xlarge, got 4097',
    ],
    ['TaskGpus=2', 'parameters: service.TaskGpus: expected at most the 1 GPU(s) of a g4dn.xlarge, got 2'],
  ])('refuses %j', (parameters, message) => {
    expect(() => verifyTaskSize(stepsOf(parameters), place, nothing)).toThrow(message)
  })

  it('knows the instances of a cluster that is deployed already, unless they change', () => {
    const deployed = deployedWith('cluster', { InstanceType: 'g5.2xlarge' })
    verifyTaskSize(stepsOf('TaskMemoryMiB=30000', 'service'), place, deployed)
    expect(() => verifyTaskSize(stepsOf('TaskMemoryMiB=32000', 'service'), place, deployed)).toThrow(
      'of a g5.2xlarge',
    )
    expect(() =>
      verifyTaskSize(stepsOf('TaskMemoryMiB=30000\nInstanceType=g5.xlarge'), place, deployed),
    ).toThrow('of a g5.xlarge')
  })
})
