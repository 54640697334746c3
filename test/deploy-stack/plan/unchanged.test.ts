import { expect, it } from 'vitest'
import { noSettings } from '../../../actions/deploy-stack/graph/stack-settings.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import type { StackStep } from '../../../actions/deploy-stack/plan/plan.ts'
import { followsFromText } from '../../../actions/deploy-stack/plan/unchanged.ts'

const body = `Parameters: {Size: {Type: String}, Key: {Type: String}}
Resources:
  Topic: {Type: 'AWS::SNS::Topic', Properties: {TopicName: {Ref: Size}}}
`
const step = (text = body): Pick<StackStep, 'template' | 'settings' | 'adoptions'> => ({
  ...{ template: parseTemplate(text, 'a.yml'), settings: noSettings, adoptions: [] },
})
const asked = {
  parameters: new Map<string, string | undefined>([
    ['Size', 'small'],
    ['Key', undefined],
  ]),
  tags: new Map([['team', 'a']]),
}
const stack = {
  status: 'UPDATE_COMPLETE',
  parameters: new Map([
    ['Size', 'small'],
    ['Key', 'k'],
  ]),
  tags: new Map([['team', 'a']]),
}

it('tells by the text alone that nothing changes', () => {
  expect(followsFromText(step(), asked, stack)).toBe(true)
  expect(followsFromText(step(`${body}Conditions: {A: {'Fn::Equals': [1, 1]}}`), asked, stack)).toBe(true)
})

it.each<[string, ReturnType<typeof step>, typeof asked, typeof stack]>([
  ['the stack was rolled back', step(), asked, { ...stack, status: 'UPDATE_ROLLBACK_COMPLETE' }],
  ['a tag changes', step(), { ...asked, tags: new Map([['team', 'b']]) }, stack],
  ['a tag is new', step(), { ...asked, tags: new Map([...asked.tags, ['b', '']]) }, stack],
  ['a tag goes', step(), { ...asked, tags: new Map<string, string>() }, stack],
  ['a value changes', step(), { ...asked, parameters: new Map([...asked.parameters, ['Size', 'l']]) }, stack],
  [
    'a value goes',
    step(),
    { ...asked, parameters: new Map<string, string | undefined>([['Key', undefined]]) },
    stack,
  ],
  [
    'a value that stays is a reference',
    step(),
    asked,
    { ...stack, parameters: new Map([...stack.parameters, ['Key', '{{resolve:ssm:s}}']]) },
  ],
  [
    'a value is kept elsewhere',
    step(),
    { ...asked, parameters: new Map([...asked.parameters, ['Size', '{{resolve:ssm:s}}']]) },
    { ...stack, parameters: new Map([...stack.parameters, ['Size', '{{resolve:ssm:s}}']]) },
  ],
  [
    'a resource is taken in',
    { ...step(), adoptions: [{ logicalId: 'A', type: 'T', name: 'n' }] },
    asked,
    stack,
  ],
  ['notifications are set', { ...step(), settings: { ...noSettings, notificationArns: [] } }, asked, stack],
  ...[
    ['a value is hidden', body.replace('Key: {Type: String', 'Key: {Type: String, NoEcho: true')],
    ['a value is that of SSM', body.replace('Type: String}', "Type: 'AWS::SSM::Parameter::Value<String>'}")],
    ['a text is that of SSM', body.replace('{Ref: Size}', "!Sub '{{resolve:ssm:/${Size}}}'")],
    ['zones are listed', body.replace('{Ref: Size}', "!Select [0, !GetAZs '']")],
    ['another stack is read', body.replace('{Ref: Size}', '!GetStackOutput {StackName: a, OutputName: b}')],
    ['a macro changes it', `${body}Transform: AWS::LanguageExtensions`],
    ['a part is included', body.replace('{Ref: Size}', '!Transform {Name: AWS::Include}')],
    ['a stack is nested', body.replace('SNS::Topic', 'CloudFormation::Stack')],
    ['a module is used', body.replace('AWS::SNS::Topic', 'Our::SNS::Topic::MODULE')],
  ].map(([why = '', text]) => [why, step(text), asked, stack] satisfies [string, unknown, unknown, unknown]),
])('leaves it to a change set where %s', (_, one, asked, stack) => {
  expect(followsFromText(one, asked, stack)).toBe(false)
})
