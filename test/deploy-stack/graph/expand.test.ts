import { describe, expect, it } from 'vitest'
import { listOutputs, listResources } from '../../../actions/deploy-stack/graph/expand.ts'
import { scopeOf } from '../../../actions/deploy-stack/graph/scope.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'

const head = `
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}, Extra: {Type: String}}
Conditions: {More: !Equals [!Ref Extra, 'true']}
Resources:
  Always: {Type: AWS::SNS::Topic}
`
const open = (body: string, values: Record<string, string>) => {
  const template = parseTemplate(head + body, 't.yml')
  return { template, scope: scopeOf(template, new Map(Object.entries(values))) }
}
const resources = (body: string, values: Record<string, string> = {}) => {
  const { template, scope } = open(body, values)
  return listResources(template, scope).map(({ logicalId, condition }) => [
    logicalId,
    ...(condition ? [condition] : []),
  ])
}
const loop = `
  Fn::ForEach::Topics: [Name, !Ref Names, {'Topic\${Name}': {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Name}}}]
`

describe('the resources of a template', () => {
  it('are those of each item of a loop', () => {
    const { template, scope } = open(loop, { Names: 'A, B' })
    expect(listResources(template, scope).slice(1)).toMatchObject([
      { logicalId: 'TopicA', type: 'AWS::SNS::Topic', properties: { TopicName: 'A' } },
      { logicalId: 'TopicB', type: 'AWS::SNS::Topic', properties: { TopicName: 'B' } },
    ])
  })

  it('stand once for a loop whose items are not known', () => {
    expect(resources(loop)).toEqual([['Always'], ['Topic${Name}']])
  })

  it('stand once for a loop over a mapping that names itself', () => {
    const body = `
  Fn::ForEach::Topics: [Name, !FindInMap [M, K, V], {'Topic\${Name}': {Type: AWS::SNS::Topic}}]
Mappings: {M: {K: {V: !FindInMap [M, K, V]}}}
`
    expect(resources(body)).toEqual([['Always'], ['Topic${Name}']])
  })

  it('stand once for a loop over a list within a list, which may be its items', () => {
    const body = `  Fn::ForEach::Topics: [Name, [!Ref Names, c], {'Topic\${Name}': {Type: AWS::SNS::Topic}}]`
    expect(resources(body, { Names: 'a, b' })).toEqual([['Always'], ['Topic${Name}']])
  })

  it('are none of a condition that a loop makes and that does not hold', () => {
    const template = parseTemplate(
      `Transform: AWS::LanguageExtensions
Parameters: {Env: {Type: String}}
Conditions: {Fn::ForEach::Envs: [Name, [Dev, Prod], {'Is\${Name}': !Equals [!Ref Env, !Ref Name]}]}
Resources:
  Fn::ForEach::Topics: [Name, [Dev, Prod], {'\${Name}': {Type: AWS::SNS::Topic, Condition: 'Is\${Name}'}}]`,
      't.yml',
    )
    const list = (values: [string, string][]) =>
      listResources(template, scopeOf(template, new Map(values))).map((each) => [
        each.logicalId,
        each.condition,
      ])
    expect(list([['Env', 'Dev']])).toEqual([['Dev', undefined]])
    expect(list([])).toEqual([
      ['Dev', 'IsDev'],
      ['Prod', 'IsProd'],
    ])
  })

  it('have the policy of deletion that a function gives', () => {
    const { template, scope } = open(
      '  Other: {Type: AWS::SNS::Topic, DeletionPolicy: !If [More, Retain, Delete]}\n',
      {
        Extra: 'true',
      },
    )
    expect(listResources(template, scope).at(-1)?.deletionPolicy).toBe('Retain')
  })

  it('are those of a loop within a loop, and of items with signs', () => {
    const body = `
  Fn::ForEach::Outer:
    - Zone
    - [a-1, b-2]
    - Fn::ForEach::Inner: [Size, [S, L], {'Group&{Zone}\${Size}': {Type: AWS::SNS::Topic}}]
`
    expect(resources(body).flat()).toEqual(['Always', 'Groupa1S', 'Groupa1L', 'Groupb2S', 'Groupb2L'])
  })

  it('are none of a condition that does not hold, and tell of one that is not known', () => {
    const body = '  Other: {Type: AWS::SNS::Topic, Condition: More}\n'
    expect(resources(body, { Extra: 'false' })).toEqual([['Always']])
    expect(resources(body, { Extra: 'true' })).toEqual([['Always'], ['Other']])
    expect(resources(body)).toEqual([['Always'], ['Other', 'More']])
  })

  it('are none of an include, whose name is not known', () => {
    expect(resources('  Fn::Transform: {Name: AWS::Include, Parameters: {Location: x}}\n')).toEqual([
      ['Always'],
    ])
  })

  it('are refused where loops make very many', () => {
    const items = `[${Array.from({ length: 100 }, (_, at) => `x${at}`)}]`
    const body = `
  Fn::ForEach::A: [A, ${items}, {Fn::ForEach::B: [B, ${items}, {'T\${A}\${B}': {Type: AWS::SNS::Topic}}]}]
`
    expect(() => resources(body)).toThrow('t.yml: expected loops of at most 5000 entries, got more')
  })
})

const numbers = (count: number) => `[${Array.from({ length: count }, (_, at) => `x${at}`)}]`

it.each([
  ['many values', `[A, ${numbers(4000)}, {'T\${A}': {Metadata: ${numbers(2000)}}}]`],
  [
    'a text with many variables',
    `[A, ['${'x'.repeat(4000)}'], {T: {Metadata: '${'${A}'.repeat(200_000)}'}}]`,
  ],
  ['nothing, many times', `[A, ${numbers(4000)}, {Fn::ForEach::B: [B, ${numbers(4000)}, {}]}]`],
])('refuses loops that make %s, with little time', (_, body) => {
  const started = performance.now()
  expect(() => resources(`  Fn::ForEach::A: ${body}\n`)).toThrow(
    't.yml: expected loops that make at most 16 MiB, got more',
  )
  expect(performance.now() - started).toBeLessThan(5000)
})

it('puts an item in as it is, with the signs of a replacement', () => {
  expect(resources("  Fn::ForEach::A: [A, ['$&'], {'T${A}': {Type: AWS::SNS::Topic}}]\n")).toEqual([
    ['Always'],
    ['T$&'],
  ])
})

it('names the outputs of a loop where its items are known', () => {
  const body = `Outputs: {One: {Value: x}, 'Fn::ForEach::Out': [Name, !Ref Names, {'Arn\${Name}': {Value: y}}]}\n`
  const known = open(body, { Names: 'A,B' })
  expect(listOutputs(known.template, known.scope)).toEqual(['One', 'ArnA', 'ArnB'])
  const unknown = open(body, {})
  expect(listOutputs(unknown.template, unknown.scope)).toBeUndefined()
})
