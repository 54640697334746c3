import { expect, it } from 'vitest'
import { makeTemplateReader } from '../../../actions/deploy-stack/graph/local-artifacts.ts'
import { listTypes, parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import type { Capability } from '../../../actions/deploy-stack/inputs.ts'
import { chooseCapabilities } from '../../../actions/deploy-stack/plan/capability.ts'

const topic = 'Topic: {Type: AWS::SNS::Topic}'
const role = 'Role: {Type: AWS::IAM::Role, Condition: Never, Properties: {Path: /}}'
const policy = 'Policy: {Type: AWS::IAM::Policy, Properties: {PolicyName: x}}'
const named =
  'Fn::ForEach::Users: [Name, [a, b], {"User${Name}": {Type: AWS::IAM::User, Properties: {UserName: !Ref Name}}}]'
const nested = 'Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "https://x"}}'
const all = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']
const choose = (resources: readonly string[], given: readonly Capability[] = [], transform = '') =>
  chooseCapabilities(
    parseTemplate(`${transform}\nResources:\n${resources.map((each) => `  ${each}\n`).join('')}`, 'a.yml'),
    given,
  )

it.each([
  [[topic], '', []],
  [[topic, role], '', ['CAPABILITY_IAM']],
  [[policy], '', ['CAPABILITY_IAM']],
  [[role, 'Mine: {Type: AWS::IAM::Role, Properties: {RoleName: x}}'], '', ['CAPABILITY_NAMED_IAM']],
  [[role, named], 'Transform: AWS::LanguageExtensions', all],
  [['Later: {Type: AWS::IAM::RolePolicy}'], '', all],
  [['Part: {Type: My::S3::Bucket::MODULE}'], '', all],
  [[nested], '', all],
  [[topic], 'Transform: AWS::Serverless-2016-10-31', all],
])('gives a template with %j and %j what it needs', (resources, transform, expected) => {
  expect(choose(resources, [], transform)).toEqual(expected)
})

it('gives what is given', () => {
  expect(choose([topic], ['CAPABILITY_IAM'])).toEqual(['CAPABILITY_IAM'])
  expect(choose([role], ['CAPABILITY_NAMED_IAM'])).toEqual(['CAPABILITY_NAMED_IAM'])
})

it.each<[string[], Capability, string, string]>([
  [
    [role],
    'CAPABILITY_AUTO_EXPAND',
    '',
    'CAPABILITY_IAM, which a.yml needs since it has Role (AWS::IAM::Role), got',
  ],
  [
    [named],
    'CAPABILITY_IAM',
    '',
    'CAPABILITY_NAMED_IAM, which a.yml needs since it has names of its own for Usera (AWS::IAM::User), Userb',
  ],
  [
    [topic],
    'CAPABILITY_IAM',
    'Transform: Mine',
    'CAPABILITY_AUTO_EXPAND, which a.yml needs since it has a macro, got',
  ],
])('names what is missing for %j where %s is given', (resources, given, transform, message) => {
  expect(() => choose(resources, [given], transform)).toThrow(`capabilities: expected ${message}`)
})

it('looks into nested templates of this machine', () => {
  const files: Record<string, string> = {
    'a.yml': 'Resources: {Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yml}}}',
    'b.yml': `Resources: {${role}}`,
  }
  const read = () => makeTemplateReader((path) => files[path] ?? '')('a.yml')
  expect(chooseCapabilities(read(), [])).toEqual(['CAPABILITY_IAM'])
  expect(() => chooseCapabilities(read(), ['CAPABILITY_AUTO_EXPAND'])).toThrow(
    'CAPABILITY_IAM, which b.yml needs',
  )
  files['b.yml'] = `Resources: {${nested}}`
  expect(chooseCapabilities(read(), [])).toEqual(all)
})

it('looks once into a template that many nest', () => {
  const inner = (at: number, to: number) =>
    `  I${at}: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: t${to}.yml}}\n`
  const nesting = (to: number) =>
    `Resources:\n${Array.from({ length: 8 }, (_, at) => inner(at, to)).join('')}`
  const read = makeTemplateReader((path) => {
    const level = Number(path.slice(1, 2))
    return level === 9 ? `Resources: {${role}}` : nesting(level + 1)
  })
  const started = performance.now()
  const template = read('t0.yml')
  expect(chooseCapabilities(template, [])).toEqual(['CAPABILITY_IAM'])
  expect(listTypes(template)).toHaveLength(9 * 8 + 1)
  expect(performance.now() - started).toBeLessThan(2000)
})
