import { expect, it } from 'vitest'
import { parseGraph, sortStacks } from '../../../actions/deploy-stack/graph/graph.ts'
import { linkImports } from '../../../actions/deploy-stack/graph/link-imports.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'

const exporting = (name: string) => `
Parameters: {Prefix: {Type: String}, Stage: {Type: String, Default: dev}}
Resources: {T: {Type: AWS::SNS::Topic}}
Outputs: {Out: {Value: x, Export: {Name: ${name}}}}
`
const importing = (name: string) => `
Parameters: {Stage: {Type: String, Default: dev}}
Resources: {T: {Type: AWS::SNS::Topic, Properties: {Tags: [{Value: !ImportValue ${name}}]}}}
`
const order = (exported: string, imported: string, given: Record<string, string> = {}) => {
  const graph = parseGraph(
    "stacks: {user: {template: u.yml}, maker: {template: m.yml, parameters: {Stage: '${prefix}-s'}}}",
    's.yml',
  )
  const templates = new Map([
    ['user', parseTemplate(importing(imported), 'u.yml')],
    ['maker', parseTemplate(exporting(exported), 'm.yml')],
  ])
  const linked = linkImports(graph, templates, { prefix: 'ddn', parameters: new Map(Object.entries(given)) })
  return sortStacks(linked).map(({ key }) => key)
}

it.each([
  ['net', 'net'],
  ["!Sub '${AWS::StackName}-net'", 'ddn-maker-net'],
  ["!Sub '${AWS::Region}-${Prefix}'", "{'Fn::Sub': '${AWS::Region}-ddn'}"],
  ['!Ref Stage', 'ddn-s'],
  ["!Join ['-', [!Ref Prefix, x]]", 'ddn-x'],
])('orders an importer behind the stack that exports %s', (exported, imported) => {
  expect(order(exported, imported)).toEqual(['maker', 'user'])
})

it('leaves names alone that nobody of the graph exports, or that are not known', () => {
  expect(order('net', 'other')).toEqual(['user', 'maker'])
  expect(order('!GetAtt T.TopicName', 'net')).toEqual(['user', 'maker'])
})

it('takes values that are given', () => {
  expect(order('!Ref Stage', '{Ref: Stage}')).toEqual(['user', 'maker'])
  expect(order('!Ref Stage', '{Ref: Stage}', { Stage: 'p' })).toEqual(['maker', 'user'])
})

it('lets a stack import what it exports itself, which CloudFormation judges', () => {
  const graph = parseGraph('stacks: {a: {template: a.yml}}', 's.yml')
  const body = `${exporting('x')}Conditions: {C: !Equals [!ImportValue x, y]}\n`
  const templates = new Map([['a', parseTemplate(body, 'a.yml')]])
  const linked = linkImports(graph, templates, { prefix: 'ddn', parameters: new Map() })
  expect(linked.get('a')?.dependsOn).toEqual([])
})
