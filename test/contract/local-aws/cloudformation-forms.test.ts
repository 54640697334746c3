import { CreateStackCommand, ValidateTemplateCommand } from '@aws-sdk/client-cloudformation'
import { describe, expect, it } from 'vitest'
import { contractAccount } from '../../contract-account.ts'
import { parameter, stacksOf } from '../../fixtures/stack.ts'

const { client } = stacksOf(contractAccount())

const good = parameter('/good')
const value = (content: unknown) => ({ Resources: { A: parameter('/a', content) } })
const resource = (more: unknown) => ({ Resources: { A: { ...good, ...Object(more) } } })
const declaring = (definition: unknown) => ({ Parameters: { P: definition }, Resources: { A: good } })
const withSection = (name: string, content: unknown) => ({ Resources: { A: good }, [name]: content })
const condition = (content: unknown) => withSection('Conditions', { C: content })
const output = (content: unknown) => withSection('Outputs', { O: content })

const forms: [string, unknown, string][] = [
  ...['Resources', 'Outputs', 'Parameters', 'Conditions', 'Mappings'].map(
    (name): [string, unknown, string] => [
      `${name}: nothing`,
      withSection(name, null),
      `[/${name}] 'null' values are not allowed in templates`,
    ],
  ),
  ['Resources: a list', { Resources: [1] }, 'Resources block must be an object'],
  ['Outputs: a list', withSection('Outputs', ['x']), 'Outputs block must be an object'],
  ['Parameters: a list', withSection('Parameters', ['x']), 'Parameters block must be an object'],
  ['Conditions: a list', withSection('Conditions', ['x']), 'Conditions block must be an object'],
  ['Mappings: a list', withSection('Mappings', ['x']), 'Mappings block must be an object'],
  ['Mappings: a text', withSection('Mappings', { M: 'x' }), 'Every Mappings member M must be a map'],
  [
    'Mappings: too deep',
    withSection('Mappings', { M: { a: { b: { c: 1 } } } }),
    'Every Mappings attribute must be a String or a List.',
  ],
  ['Description: a number', withSection('Description', 5), 'Description must be a string'],
  ['a resource: a text', { Resources: { A: 'x' } }, 'Any Resources member must be an object.'],
  ['Type: a number', resource({ Type: 5 }), 'Every Resources object must contain a Type member.'],
  ['Condition: a list', resource({ Condition: ['x'] }), 'Every Condition member must be a string.'],
  [
    'DeletionPolicy',
    resource({ DeletionPolicy: 'retain' }),
    'Unrecognized DeletionPolicy retain for resource A',
  ],
  [
    'UpdateReplacePolicy',
    resource({ UpdateReplacePolicy: 'RetainExceptOnCreate' }),
    'Unrecognized UpdateReplacePolicy RetainExceptOnCreate for resource A',
  ],
  ['DependsOn: a number', resource({ DependsOn: 5 }), 'DependsOn must be a string or list of strings.'],
  ['DependsOn: numbers', resource({ DependsOn: [5] }), 'DependsOn must be a string or list of strings.'],
  ['DependsOn: itself', resource({ DependsOn: 'A' }), 'Circular dependency between resources: [A]'],
  ['a parameter: a text', declaring('String'), 'Every Parameters object must contain a Type member.'],
  ['a parameter: no type', declaring({}), 'Every Parameters object must contain a Type member.'],
  ['a parameter: a type', declaring({ Type: 'Strin' }), 'Unrecognized parameter type: Strin'],
  ['a parameter: a key', declaring({ Type: 'String', Def: 1 }), "Invalid template parameter property 'Def'"],
  [
    'Default: a list',
    declaring({ Type: 'String', Default: ['x'] }),
    'Every Default member must be a string.',
  ],
  ['MinLength', declaring({ Type: 'String', MinLength: 'a' }), 'Every MinLength member must be a number.'],
  ['Ref', value({ Ref: ['A'] }), 'Every Ref object must have a single String value.'],
  ['Fn::GetAtt', value({ 'Fn::GetAtt': ['A'] }), 'every Fn::GetAtt object requires two non-empty parameters'],
  ['Fn::If', value({ 'Fn::If': ['C', 'x'] }), 'Fn::If requires a list argument with three elements'],
  [
    'Fn::If: no name',
    value({ 'Fn::If': [{ 'Fn::Equals': ['a', 'b'] }, 'x', 'y'] }),
    'Fn::If requires a list argument with the first element being a condition',
  ],
  ['Fn::Sub', value({ 'Fn::Sub': [] }), "Fn::Sub intrinsic functions don't specify expected arguments"],
  ['Fn::Join', value({ 'Fn::Join': ['x'] }), 'every Fn::Join object requires two parameters'],
  ['Fn::Split', value({ 'Fn::Split': ['x'] }), 'every Fn::Split object requires two parameters'],
  [
    'Fn::Select',
    value({ 'Fn::Select': ['a', ['b']] }),
    'Fn::Select requires a list argument with two elements',
  ],
  ['Fn::FindInMap', value({ 'Fn::FindInMap': 'x' }), 'every Fn::FindInMap object requires three parameters'],
  ['Fn::Base64', value({ 'Fn::Base64': ['x'] }), 'every Fn::Base64 object must have a String-typed value.'],
  ['Fn::Cidr', value({ 'Fn::Cidr': ['x'] }), 'every Fn::Cidr object requires two or three parameters'],
  ['a function', value({ 'Fn::Nope': 'x' }), 'Encountered unsupported function: Fn::Nope'],
  ['Fn::Equals', condition({ 'Fn::Equals': ['a'] }), 'every Fn::Equals object requires a list of 2 string'],
  ['Fn::Not', condition({ 'Fn::Not': 'x' }), 'every Fn::Not object requires one boolean parameter.'],
  ['Fn::And', condition({ 'Fn::And': 'x' }), 'every Fn::And object requires a list of at least 2'],
  ['an output: a map', output({ Value: { a: 1 } }), 'Outputs member must evaluate to a String.'],
  ['an export: a text', output({ Value: 'x', Export: 'n' }), 'Every Export must be an object with a Name.'],
]

describe('a template of a broken form', () => {
  it.each(forms)('is refused and named: %s', async (_, template, message) => {
    const TemplateBody = JSON.stringify(template)
    const refusal = { name: 'ValidationError', message: expect.stringContaining(message) }
    await expect(client.send(new ValidateTemplateCommand({ TemplateBody }))).rejects.toMatchObject(refusal)
    const create = new CreateStackCommand({ StackName: 'broken', TemplateBody })
    await expect(client.send(create)).rejects.toMatchObject(refusal)
  })

  it('is refused where no transform has its name', async () => {
    const create = new CreateStackCommand({
      StackName: 'broken',
      TemplateBody: JSON.stringify(withSection('Transform', 'Nope')),
      Capabilities: ['CAPABILITY_AUTO_EXPAND'],
    })
    await expect(client.send(create)).rejects.toThrow('No transform named Nope found.')
  })
})
