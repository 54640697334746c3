import { expect, it } from 'vitest'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { readInputs } from '../../../actions/deploy-stack/inputs.ts'
import { ownTags, planAdoptions } from '../../../actions/deploy-stack/plan/adoption.ts'
import { planStacks } from '../../../actions/deploy-stack/plan/plan.ts'

const body = 'Resources: {Data: {Type: AWS::S3::Bucket}}'
const steps = planStacks(
  parseGraph('stacks: {data: {template: a.yml}, app: {template: a.yml}}', 's.yml'),
  new Map(['data', 'app'].map((key) => [key, parseTemplate(body, 'a.yml')])),
  readInputs({}),
)
const ours = ownTags('ddn', 'data')
const bucket = {
  key: 'data',
  logicalId: 'Data',
  type: 'AWS::S3::Bucket',
  name: 'x',
  isRetained: true,
  isSure: true,
  goes: false,
}
const plan = (change: Partial<typeof bucket & { tags: ReadonlyMap<string, string> }>, allow: string[] = []) =>
  planAdoptions(steps, [{ ...bucket, tags: ours, ...change }], { prefix: 'ddn', allow }).map(
    ({ adoptions }) => adoptions,
  )
const adopted = [[{ logicalId: 'Data', type: 'AWS::S3::Bucket', name: 'x' }], []]
const foreign =
  'data: the bucket "x" exists already and was not made by this stack: import it with allow: x, take another prefix or name, or remove it'
const madeBy = (maker: string) =>
  `data: the bucket "x" exists already and was made by ${maker}: take another prefix or name, or, where that stack is gone, import it with allow: x`
const final = 'exists already and cannot be imported: take another prefix or name, or remove it'

it('adopts what has the tags of the same prefix and stack', () => {
  expect(plan({})).toEqual(adopted)
})

it.each([
  ['no tags', new Map(), foreign],
  ['the tags of another stack', ownTags('ddn', 'app'), madeBy('the stack app of the prefix ddn')],
  ['the tags of another prefix', ownTags('lab', 'data'), madeBy('the stack data of the prefix lab')],
])('adopts what has %s only where it is allowed', (_, tags, refusal) => {
  expect(() => plan({ tags }, ['y'])).toThrow(refusal)
  expect(plan({ tags }, ['y', 'x'])).toEqual(adopted)
})

it('adopts nothing that its template would not keep, nor other types', () => {
  expect(() => plan({ isRetained: false }, ['x'])).toThrow(`data: the bucket "x" ${final}`)
  expect(() => plan({ type: 'AWS::ECS::Cluster' }, ['x'])).toThrow(`data: the ECS cluster "x" ${final}`)
})

it('lets alone what a condition may leave out, which only a deployment tells', () => {
  expect(plan({ type: 'AWS::ECS::Cluster', isSure: false })).toEqual([[], []])
})

it('lets alone what goes with a stack whose creation failed, and adopts what may stay of it', () => {
  expect(plan({ type: 'AWS::ECS::Cluster', goes: true })).toEqual([[], []])
  expect(plan({ goes: true, tags: new Map() })).toEqual([[], []])
  expect(plan({ goes: true })).toEqual(adopted)
})

it('refuses what exists of a loop, whose text has one name for all, and adopts what is written or merged', () => {
  const loop = '{Fn::ForEach::Buckets: [Name, [one, two], {"B${Name}": {Type: AWS::S3::Bucket}}]}'
  const planIn = (text: string, ...ids: string[]) =>
    planAdoptions(
      planStacks(
        parseGraph('stacks: {data: {template: a.yml}}', 's.yml'),
        new Map([['data', parseTemplate(text, 'a.yml')]]),
        readInputs({}),
      ),
      ids.map((logicalId) => ({ ...bucket, logicalId, name: `x-${logicalId}`, tags: ours })),
      { prefix: 'ddn', allow: [] },
    )
  expect(() => planIn(`Resources: ${loop}`, 'Bone', 'Btwo')).toThrow(
    'data: expected no resource of a loop (Fn::ForEach) to exist before the stack makes it, got the bucket "x-Bone", the bucket "x-Btwo"; run mode: import first, with resources-to-import: data.Bone=x-Bone, data.Btwo=x-Btwo',
  )
  const merged = 'Metadata: &r {Data: {Type: AWS::S3::Bucket}}\nResources: {<<: *r}'
  expect(planIn(merged, 'Data')[0]?.adoptions).toHaveLength(1)
})
