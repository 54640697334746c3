import { expect, it } from 'vitest'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { findWarnings } from '../../../actions/deploy-stack/plan/warning.ts'

const parse = (warnings: string, byDefault = '') =>
  parseTemplate(
    `Metadata: {Warnings: ${warnings}}
Parameters: {AuthMode: {Type: String${byDefault}}}
Resources: {T: {Type: AWS::SNS::Topic}}`,
    'api.yml',
  )

const template = parse('[{Parameter: AuthMode, Value: none, Text: no keys}]', ', Default: key')
const open = parse('[{Parameter: AuthMode, Value: none, Text: no keys}]', ', Default: none')
const stack = { parameters: new Map([['AuthMode', 'none']]) }

it.each([
  ['a value that is given', template, [['AuthMode', 'none']], undefined, ['AuthMode=none: no keys']],
  [
    'a value that the stack has and keeps',
    template,
    [['AuthMode', undefined]],
    stack,
    ['AuthMode=none: no keys'],
  ],
  ['the default', open, [], undefined, ['AuthMode=none: no keys']],
  ['no other value', template, [['AuthMode', 'key']], stack, []],
  ['no other default', template, [], undefined, []],
] as const)('warns of %s', (_, from, given, deployed, warnings) => {
  expect(findWarnings(from, new Map(given), deployed)).toEqual(warnings)
})

it.each([
  ['[{Parameter: AuthMode}]', 'api.yml: Metadata.Warnings: expected Parameter, Value and Text in each'],
])('refuses the warnings %s', (warnings, message) => {
  expect(() => parse(warnings)).toThrow(message)
})
