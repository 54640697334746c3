import { expect, it } from 'vitest'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { readInputs } from '../../../actions/deploy-stack/inputs.ts'
import { verifyComplete } from '../../../actions/deploy-stack/plan/parameter.ts'
import {
  dependentsOf,
  findUserSupplied,
  planDestroy,
  planStacks,
} from '../../../actions/deploy-stack/plan/plan.ts'

const withValues = (...keys: string[]) =>
  new Map(keys.map((key) => [key, { parameters: new Map([['Prefix', 'ddn']]) }]))

const graph = parseGraph(
  `stacks:
  network: {template: network.yml, optional: true}
  storage: {template: storage.yml}
  service:
    template: service.yml
    assets: {Code: lambda}
    parameters: {VpcId: '\${network.VpcId}', BucketName: '\${storage.BucketName}'}
`,
  'stacks.yml',
)

const template = (parameters: readonly string[], outputs: readonly string[] = []) =>
  parseTemplate(
    JSON.stringify({
      Parameters: Object.fromEntries(parameters.map((name) => [name, { Type: 'String' }])),
      Resources: { Thing: { Type: 'AWS::SSM::Parameter' } },
      Outputs: Object.fromEntries(outputs.map((name) => [name, { Value: 'x' }])),
    }),
    'x.yml',
  )

const templates = new Map([
  ['network', template(['Prefix'], ['VpcId'])],
  ['storage', template(['Prefix'], ['BucketName'])],
  ['service', template(['Prefix', 'VpcId', 'BucketName', 'CodeBucket', 'CodeKey', 'Image'])],
])

const inputs = (given: Record<string, string> = {}) =>
  readInputs({ stacks: 'stacks.yml', prefix: 'ddn', ...given })
const plan = (given?: Record<string, string>) => planStacks(graph, templates, inputs(given))

it('plans the optional stack while something refers to it', () => {
  expect(plan().map(({ stackName, after }) => [stackName, after])).toEqual([
    ['ddn-network', []],
    ['ddn-storage', []],
    ['ddn-service', ['network', 'storage']],
  ])
})

it('leaves the optional stack out where a parameter stands for its output', () => {
  expect(plan({ parameters: 'VpcId=vpc-1' }).map(({ key }) => key)).toEqual(['storage', 'service'])
})

it('waits for no stack that is not chosen', () => {
  const [step] = plan({ only: 'service' })
  expect(step).toMatchObject({ key: 'service', after: [] })
})

it('keeps what the user gave in place of an optional stack on later deployments', () => {
  const userSupplied = findUserSupplied(graph, inputs(), withValues('storage', 'service'))
  expect(userSupplied).toEqual(new Set(['network']))
  const steps = planStacks(graph, templates, inputs(), userSupplied)
  expect(steps.map(({ key }) => key)).toEqual(['storage', 'service'])
  expect(steps.at(-1)?.parameters.get('VpcId')).toEqual({ kind: 'previous-or-default', hasDefault: false })
})

it.each([
  ['nothing is deployed yet', {}, []],
  ['the optional stack is deployed', {}, ['network', 'service']],
  ['the optional stack is asked for by name', { only: 'network' }, ['service']],
])('deploys the optional stack where %s', (_, given, deployed) => {
  expect(findUserSupplied(graph, inputs(given), withValues(...deployed))).toEqual(new Set())
})

const withExtras = parseGraph(
  `stacks:
  network: {template: network.yml, optional: true}
  endpoints: {template: endpoints.yml, optional: true, parameters: {VpcId: '\${network.VpcId}'}}
  storage: {template: storage.yml}
  service: {template: service.yml, depends-on: [endpoints], parameters: {VpcId: '\${network.VpcId}'}}
`,
  'stacks.yml',
)
const templatesWithExtras = new Map([...templates, ['endpoints', template(['Prefix', 'VpcId', 'Zones'])]])
const planExtras = (parameters: string, deployed: readonly string[] = []) =>
  planStacks(withExtras, templatesWithExtras, inputs({ parameters }), new Set(), new Set(deployed))

it.each([
  ['not asked for, although another stack depends on it', 'VpcId=vpc-1', [], ['storage', 'service']],
  ['asked for by a parameter', 'VpcId=vpc-1\nendpoints.Zones=2', [], ['endpoints', 'storage', 'service']],
  ['there already', 'VpcId=vpc-1', ['endpoints'], ['endpoints', 'storage', 'service']],
  [
    'asked for, with what it refers to',
    'service.VpcId=vpc-1\nendpoints.Zones=2',
    [],
    ['network', 'endpoints', 'storage', 'service'],
  ],
  [
    'there, while what others refer to is not given',
    '',
    ['endpoints'],
    ['network', 'endpoints', 'storage', 'service'],
  ],
])('plans an optional stack that nothing takes from: %s', (_, parameters, deployed, expected) => {
  const steps = planExtras(parameters, deployed)
  expect(steps.map(({ key }) => key)).toEqual(expected)
  const chosen = expected.includes('endpoints') ? ['endpoints'] : []
  expect(steps.at(-1)?.after.filter((key) => key === 'endpoints')).toEqual(chosen)
})

it('tells where each parameter comes from', () => {
  const service = plan({ parameters: 'Image=a\nservice.Image=b' }).at(-1)
  expect(Object.fromEntries(service?.parameters ?? [])).toEqual({
    Prefix: { kind: 'value', value: [{ kind: 'setting', name: 'prefix' }] },
    VpcId: { kind: 'value', value: [{ kind: 'output', stack: 'network', output: 'VpcId' }] },
    BucketName: { kind: 'value', value: [{ kind: 'output', stack: 'storage', output: 'BucketName' }] },
    CodeBucket: { kind: 'asset', asset: 'Code', part: 'bucket' },
    CodeKey: { kind: 'asset', asset: 'Code', part: 'key' },
    Image: { kind: 'value', value: [{ kind: 'text', text: 'b' }] },
  })
})

it.each(['LogBucket', 'MyCodeKey', 'CodeKeyName', 'Bucket', 'Code'])(
  'takes %s for no part of the asset Code',
  (name) => {
    const own = new Map([...templates, ['service', template([name, 'VpcId', 'BucketName', 'CodeKey'])]])
    const service = planStacks(graph, own, inputs()).at(-1)
    expect(service?.parameters.get(name)).toEqual({ kind: 'previous-or-default', hasDefault: false })
  },
)

it('takes only optional stacks for supplied by the user, and only where a stack refers to them', () => {
  expect(findUserSupplied(graph, inputs(), withValues('service'))).toEqual(new Set(['network']))
  expect(findUserSupplied(graph, inputs(), withValues('storage'))).toEqual(new Set())
  const imported = new Map([['service', { parameters: new Map() }]])
  expect(findUserSupplied(graph, inputs(), imported)).toEqual(new Set())
})

it('destroys only the stacks that are asked for', () => {
  const destroy = { mode: 'destroy', confirm: 'ddn', only: 'network, service' }
  expect(planDestroy(graph, inputs(destroy)).map(({ key }) => key)).toEqual(['service', 'network'])
})

it('keeps the value of a parameter that nothing gives', () => {
  expect(plan().at(-1)?.parameters.get('Image')).toEqual({ kind: 'previous-or-default', hasDefault: false })
})

it.each([
  [
    { only: 'storag' },
    'only: no stack "storag"; did you mean "storage"; known are network, storage, service',
  ],
  [{ 'skip-resources': 'storag.Bucket' }, 'skip-resources: no stack "storag"; did you mean "storage"'],
  [{ 'skip-resources': 'Bucket' }, 'skip-resources: expected stack.LogicalId, got "Bucket"'],
  [{ parameters: 'Imag=x' }, 'parameters: no template declares "Imag"; did you mean "Image"'],
  [{ parameters: 'storage.Image=x' }, 'parameters: no template declares "storage.Image"'],
])('refuses %j', (given, message) => {
  expect(() => plan(given)).toThrow(message)
})

it('takes a plan whose parameters all get a value', () => {
  expect(() => verifyComplete(plan({ parameters: 'Image=a' }), new Map(), 'deploy')).not.toThrow()
  const deployed = new Map([['service', { parameters: new Map([['Image', 'a']]) }]])
  expect(() => verifyComplete(plan(), deployed, 'deploy')).not.toThrow()
})

it('refuses a plan with a parameter that gets no value, and names it', () => {
  expect(() => verifyComplete(plan(), new Map(), 'deploy')).toThrow(
    'parameters: service needs "Image"; give Image=… in the input parameters',
  )
})

it('refuses to deploy what takes outputs of a stack that is not there; a preview goes on', () => {
  const steps = plan({ only: 'network,service', parameters: 'Image=a' })
  const message = 'stacks: the outputs of "storage" are needed, and it is not deployed'
  expect(() => verifyComplete(steps, new Map(), 'deploy')).toThrow(message)
  expect(() => verifyComplete(steps, new Map(), 'preview')).not.toThrow()
  const deployed = new Map([['storage', { parameters: new Map() }]])
  expect(() => verifyComplete(steps, deployed, 'deploy')).not.toThrow()
})

it('refuses to destroy a stack that the graph does not have', () => {
  expect(() => planDestroy(graph, inputs({ only: 'storag' }))).toThrow(
    'only: no stack "storag"; did you mean "storage"',
  )
})

it('destroys each stack before those that it depends on', () => {
  const destroy = { mode: 'destroy', confirm: 'ddn' }
  expect(planDestroy(graph, inputs(destroy)).map(({ key }) => key)).toEqual(['service', 'storage', 'network'])
  expect(dependentsOf(graph, ['storage'])).toEqual(['service'])
})

it('plans 300 stacks, each behind the one before', () => {
  const entries = Array.from({ length: 300 }, (_, at) =>
    at === 0
      ? '  s0: {template: t.yml}'
      : `  s${at}: {template: t.yml, parameters: {In: '\${s${at - 1}.Out}'}}`,
  )
  const many = parseGraph(`stacks:\n${entries.toReversed().join('\n')}\n`, 'stacks.yml')
  const shared = template(['In'], ['Out'])
  const steps = planStacks(many, new Map([...many.keys()].map((key) => [key, shared])), inputs())
  expect(steps.map(({ key }) => key)).toEqual(Array.from({ length: 300 }, (_, at) => `s${at}`))
})

it('refuses more tags than CloudFormation takes', () => {
  const tags = (count: number) => ({
    'stack-tags': Array.from({ length: count }, (_, at) => `t${at}=x`).join('\n'),
  })
  expect(() => plan(tags(48))).not.toThrow()
  expect(() => plan(tags(49))).toThrow('stacks.network: expected at most 48 tags, got 49')
})
