import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { makeTemplateReader } from '../../../actions/deploy-stack/graph/local-artifacts.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { verifyNames, verifyTemplates } from '../../../actions/deploy-stack/graph/verify.ts'

const resources = 'Resources: {T: {Type: AWS::SNS::Topic}}'
const storage = parseTemplate(`Outputs: {BucketName: {Value: x}}\n${resources}`, 'storage.yml')
const app = parseTemplate(
  `Parameters: {Bucket: {Type: String, AllowedPattern: '[a-z-]+'}, CodeBucket: {Type: String}, CodeKey: {Type: String}}\n${resources}`,
  'app.yml',
)

const verify = (entry: string, given: Record<string, string> = {}, first = storage) =>
  verifyNames(
    parseGraph(
      `stacks:\n  storage: {template: storage.yml}\n  app: {template: app.yml, ${entry}}\n`,
      's.yml',
    ),
    new Map([
      ['storage', first],
      ['app', app],
    ]),
    new Map(Object.entries(given)),
  )

it('takes names that the templates have', () => {
  expect(() =>
    verify("assets: {Code: x}, parameters: {Bucket: '${storage.BucketName}'}", { 'app.Bucket': 'y' }),
  ).not.toThrow()
})

it.each([
  [
    'parameters: {Buket: x}',
    's.yml:3:48: stacks.app.parameters.Buket: app.yml declares no parameter "Buket"; did you mean "Bucket"',
  ],
  [
    'assets: {Core: x}',
    's.yml:3:43: stacks.app.assets.Core: app.yml declares no parameter "CoreKey"; did you mean "CodeKey"',
  ],
  [
    "parameters: {Bucket: 'x-${storage.BucketNam}'}",
    's.yml:3:49: stacks.app.parameters.Bucket: storage.yml declares no output "BucketNam"; did you mean "BucketName"',
  ],
])('refuses %s', (entry, message) => {
  expect(() => verify(entry)).toThrow(message)
})

it('refuses a value that the template does not take', () => {
  expect(() => verify('parameters: {Bucket: UP}')).toThrow(
    's.yml:3:49: stacks.app.parameters.Bucket: expected [a-z-]+, got "UP"',
  )
  expect(() => verify('optional: false', { Bucket: 'UP' })).toThrow(
    'parameters: app.Bucket: expected [a-z-]+, got "UP"',
  )
})

it('refuses a parameter of the inputs that no template has', () => {
  expect(() => verify('optional: false', { 'app.Bukket': 'x' })).toThrow(
    'parameters: no template declares "app.Bukket"; did you mean "app.Bucket"',
  )
})

it('leaves outputs to CloudFormation where a transform may add some', () => {
  const transformed = parseTemplate(`Transform: Mine\n${resources}`, 'storage.yml')
  expect(() => verify("parameters: {Bucket: '${storage.Made}'}", {}, transformed)).not.toThrow()
})

describe('a parameter that no template declares', () => {
  it('is named where it is near to one that is, or begins with the name of a stack', () => {
    expect(() => verify('optional: false', { storage: 'x' })).toThrow(
      /^parameters: no template declares "storage"$/,
    )
    expect(() => verify('optional: false', { 'app.Whatever': 'x' })).toThrow(
      /^parameters: no template declares "app.Whatever"$/,
    )
    expect(() => verify('optional: false', { Buckt: 'x' })).toThrow('declares "Buckt"; did you mean "Bucket"')
  })

  it('is not shown where it may be a line of a secret', () => {
    expect(() => verify('optional: false', { Bucket: 'x', hunter2hunter2: 'y' })).toThrow(
      /^parameters: no template declares the name before the "=" of entry 2$/,
    )
  })
})

it('checks a value that is given for one stack before one for all', () => {
  expect(() => verify('optional: false', { Bucket: 'UP', 'app.Bucket': 'low' })).not.toThrow()
  expect(() => verify('optional: false', { Bucket: 'low', 'app.Bucket': 'UP' })).toThrow(
    'app.Bucket: expected',
  )
})

it('leaves values that only a deployment knows to it, but not the names in them', () => {
  expect(() => verify("parameters: {Bucket: 'UP${region}'}")).not.toThrow()
  expect(() => verify("parameters: {Bucket: 'a${storage.Whatever}'}")).toThrow(
    'declares no output "Whatever"',
  )
})

it('refuses a value that is longer than CloudFormation takes', () => {
  expect(() => verify('optional: false', { Bucket: 'a'.repeat(4097) })).toThrow(
    'parameters: app.Bucket: expected a value of at most 4096 bytes, got 4097',
  )
  expect(() => verify('optional: false', { Bucket: 'a'.repeat(4096) })).not.toThrow()
  expect(() => verify('optional: false', { Bucket: 'A'.repeat(4096) })).toThrow(/got "A{200}…"$/)
})

describe('the limits of a nested template', () => {
  const stack = (file: string, condition = '') =>
    `{Type: AWS::CloudFormation::Stack, ${condition}Properties: {TemplateURL: ${file}}}`
  const verifyTree = (outer: string) => {
    const files: Record<string, string> = {
      'outer.yml': outer,
      'middle.yml': `Resources: {Inner: ${stack('inner.yml')}}`,
      'inner.yml': 'Resources: {my-topic: {Type: AWS::SNS::Topic}}',
    }
    const template = makeTemplateReader((path) => files[path] ?? '')('outer.yml')
    return () => verifyTemplates(new Map([['app', template]]), new Map())
  }

  it('hold as those of its parent', () => {
    expect(verifyTree(`Resources: {Middle: ${stack('middle.yml')}, Again: ${stack('middle.yml')}}`)).toThrow(
      'inner.yml: Resources: expected names of up to 255 letters and digits, got "my-topic"; rename it',
    )
  })

  it('do not count where a condition or a macro may leave it out', () => {
    const resources = `Resources: {Middle: ${stack('middle.yml', 'Condition: No, ')}}`
    expect(verifyTree(`Conditions: {No: !Equals [a, b]}\n${resources}`)).not.toThrow()
    expect(verifyTree(`Conditions: {No: !Equals [!Ref P, b]}\n${resources}`)).not.toThrow()
    expect(verifyTree(`Transform: Mine\nResources: {Middle: ${stack('middle.yml')}}`)).not.toThrow()
  })
})
