import { expect, it } from 'vitest'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { compareTemplates, explainRefusal } from '../../../actions/deploy-stack/plan/compare-templates.ts'
import { placeScope } from '../../../actions/deploy-stack/plan/known-values.ts'

const text = `Parameters:
  Size: {Type: String}
  Names: {Type: CommaDelimitedList}
Conditions: {IsLarge: !Equals [!Ref Size, large]}
Mappings: {Sizes: {large: {Gpus: ['4']}, small: {Gpus: ['1']}}}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    DeletionPolicy: Retain
    Properties: {TopicName: !Sub 'a-\${Size}', Kept: !GetAtt Other.Arn}
  Other: {Type: 'AWS::SNS::Topic', Properties: {Tags: !If [IsLarge, [{Key: a}], !Ref AWS::NoValue]}}
  Third: {Type: 'AWS::SNS::Topic', Properties: {Gpus: !FindInMap [Sizes, !Ref Size, Gpus], Names: !Ref Names}}
  Large: {Type: 'AWS::SNS::Topic', Condition: IsLarge}
`
const evaluate = (body: string, values: Record<string, string> = {}) => {
  const place = { prefix: 'p', account: '1', region: 'r' }
  const all = new Map(Object.entries({ Size: 'small', Names: 'a,b', ...values }))
  const template = parseTemplate(body, 'a.yml')
  return { template, scope: placeScope(template, all, 'p-a', place) }
}
const compare = (next: string, values: Record<string, string> = {}, was = text) =>
  compareTemplates(evaluate(was), evaluate(next, values), ['Taken']).map(
    ({ action, logicalId, replacement, properties = [], policyAction }) => [
      action + (replacement && ' and replace'),
      logicalId,
      ...properties.map(
        ({ name, before, after }) => `${name.replace('Properties/', '')}: ${before} → ${after}`,
      ),
      ...(policyAction ? [policyAction] : []),
    ],
  )

it('finds no change in another spelling', () => {
  expect(compare(text.replace("!Sub 'a-${Size}'", "!Join ['-', [a, !Ref Size]]"))).toEqual([])
})

it('finds what another value changes, by functions, conditions and maps', () => {
  expect(compare(text, { Size: 'large', Names: 'a,c' })).toEqual([
    ['Modify', 'Topic', 'TopicName: a-small → a-large'],
    ['Modify', 'Other', 'Tags: {"Ref":"AWS::NoValue"} → [{"Key":"a"}]'],
    ['Modify', 'Third', 'Gpus: ["1"] → ["4"]', 'Names: a,b → a,c'],
    ['Add', 'Large'],
  ])
})

it('finds what the template changes', () => {
  const next = text
    .replace('  Topic:', '  Taken: {Type: Custom::A}\n  New:')
    .replace("Other: {Type: 'AWS::SNS::Topic'", "Other: {Type: 'AWS::SQS::Queue'")
    .replace("small: {Gpus: ['1']}", "small: {Gpus: ['2']}")
  expect(compare(next)).toEqual([
    ['Import', 'Taken'],
    ['Add', 'New'],
    ['Modify and replace', 'Other'],
    ['Modify', 'Third', 'Gpus: ["1"] → ["2"]'],
    ['Remove', 'Topic', 'Retain'],
  ])
})

it('knows what CloudFormation refuses, and only where that is sure', () => {
  const next = text.replaceAll("'AWS::SNS::Topic', ", "'AWS::SQS::Queue', ")
  const refusal =
    'CloudFormation changes no type of a resource that exists: Other from AWS::SNS::Topic to AWS::SQS::Queue, ' +
    'Third from AWS::SNS::Topic to AWS::SQS::Queue; give what is new another logical id'
  expect(explainRefusal(evaluate(text), evaluate(next))).toBe(refusal)
  const large = text.replace("Large: {Type: 'AWS::SNS::Topic'", "Large: {Type: 'AWS::SQS::Queue'")
  const open = (body: string) => evaluate(body.replace('!Ref Size, large', '!Ref Size, !Ref Unknown'))
  expect(explainRefusal(open(text), open(large))).toBe(undefined)
  expect(explainRefusal(evaluate(text), evaluate(large, { Size: 'large' }))).toBe(undefined)
})

it('finds what changes of attributes', () => {
  expect(compare(text.replace('DeletionPolicy: Retain', 'DependsOn: Other'))).toEqual([
    ['Modify', 'Topic', 'DeletionPolicy: Retain → undefined', 'DependsOn: undefined → Other'],
  ])
})

it('takes characters that CloudFormation does not give back for the same, and no others', () => {
  const korean = text.replace("'a-${Size}'", '"어디?에-${Size}"')
  const given = text.replace("'a-${Size}'", '"?????-${Size}"')
  expect(compare(korean, {}, given)).toEqual([])
  expect(compare(korean, {}, given.replace('?-', '?+'))).toHaveLength(1)
  expect(compare(given.replace('?????', '????'), {}, given)).toHaveLength(1)
})
