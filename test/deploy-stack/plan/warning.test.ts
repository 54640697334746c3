import { expect, it } from 'vitest'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { readInputs } from '../../../actions/deploy-stack/inputs.ts'
import { planStacks } from '../../../actions/deploy-stack/plan/plan.ts'
import { listWarnings } from '../../../actions/deploy-stack/plan/warning.ts'

const network = `
Metadata:
  Warnings:
    - {Parameter: Egress, Value: none, Text: closed, Unless: {Parameter: Interfaces, Value: true}}
    - {Parameter: Zones, Value: 1, Text: one zone}
Parameters: {Egress: {Type: String, Default: nat}, Zones: {Type: Number, Default: 2}}
Resources: {T: {Type: AWS::SNS::Topic}}
`
const endpoints = `
Parameters: {Interfaces: {Type: String, Default: true}}
Resources: {T: {Type: AWS::SNS::Topic}}
`
const graph = parseGraph(
  'stacks: {network: {template: n.yml}, doors: {template: e.yml, optional: true}}',
  'stacks.yml',
)
const templates = new Map([
  ['network', parseTemplate(network, 'n.yml')],
  ['doors', parseTemplate(endpoints, 'e.yml')],
])
const place = { prefix: 'ddn', account: '111122223333', region: 'ap-northeast-2' }

/** The warnings of a run with parameters, where stacks are deployed: their parameters by key. */
function warningsOf(parameters: string, before: Record<string, Record<string, string>> = {}, only = '') {
  const deployed = new Map(
    Object.entries(before).map(([key, values]) => [
      key,
      { parameters: new Map(Object.entries(values)), outputs: new Map<string, string>() },
    ]),
  )
  const inputs = readInputs({ stacks: 's.yml', prefix: 'ddn', parameters, only })
  const steps = planStacks(graph, templates, inputs, new Set(), new Set(deployed.keys()))
  return listWarnings(steps, place, deployed)
}

const closed = 'ddn-network: Egress=none: closed'
const none = { Egress: 'none', Zones: '2' }

it.each([
  ['a value that is given', 'Zones=1', {}, ['ddn-network: Zones=1: one zone']],
  [
    'a value that the stack has and keeps',
    '',
    { network: { Zones: '1' } },
    ['ddn-network: Zones=1: one zone'],
  ],
  ['no other value', 'Zones=2', { network: { Zones: '1' } }, []],
  ['no other default', '', {}, []],
])('warns of %s', (_, parameters, before, warnings) => {
  expect(warningsOf(parameters, before)).toEqual(warnings)
})

it.each([
  ['is nowhere', 'Egress=none', {}, '', [closed]],
  ['is planned, by default', 'Egress=none\ndoors.Interfaces=true', {}, '', []],
  ['is planned otherwise', 'Egress=none\ndoors.Interfaces=false', {}, '', [closed]],
  ['is deployed', 'Egress=none', { doors: { Interfaces: 'true' } }, 'network', []],
  ['is deployed otherwise', '', { network: none, doors: { Interfaces: 'false' } }, 'network', [closed]],
  ['will change', 'doors.Interfaces=false', { network: none, doors: { Interfaces: 'true' } }, '', [closed]],
])('hears of the other stack whose value %s', (_, parameters, before, only, warnings) => {
  expect(warningsOf(parameters, before, only)).toEqual(warnings)
})
