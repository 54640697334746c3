import { expect, it } from 'vitest'
import { makeTemplateReader } from '../../../actions/deploy-stack/graph/local-artifacts.ts'
import { listTypes } from '../../../actions/deploy-stack/graph/template.ts'

const nest = (url: string) =>
  `Resources: {Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ${url}}}}`
const reader = (files: Record<string, string>) =>
  makeTemplateReader((path, advice) => {
    const text = files[path]
    if (text === undefined) throw new Error(`${path} does not exist; ${advice}`)
    return text
  })

it('reads what nested stacks name by a path, relative to their template', () => {
  const read = reader({
    'a/t.yml': nest('inner/b.yml'),
    'a/inner/b.yml': nest('../c.yml'),
    'a/c.yml': 'Resources: {Role: {Type: AWS::IAM::Role}}',
  })
  const template = read('a/t.yml')
  expect(template.nested.get('Inner')?.nested.get('Inner')?.path).toBe('a/c.yml')
  expect(listTypes(template)).toEqual([
    'AWS::CloudFormation::Stack',
    'AWS::CloudFormation::Stack',
    'AWS::IAM::Role',
  ])
  expect(read('a/c.yml')).toBe(template.nested.get('Inner')?.nested.get('Inner'))
})

it.each(['https://b.s3.amazonaws.com/k', 's3://b/k', '!Ref Url'])('leaves %s to CloudFormation', (url) => {
  expect(reader({ 't.yml': nest(url) })('t.yml').nested.size).toBe(0)
})

it('lists the folders of code', () => {
  const code = (type: string, property: string, value: string) =>
    `{Type: AWS::Lambda::${type}, Properties: {${property}: ${value}}}`
  const body = `Resources:
  A: ${code('Function', 'Code', './src')}
  B: ${code('LayerVersion', 'Content', '../layer')}
  C: ${code('Function', 'Code', '{ZipFile: x}')}
`
  expect(reader({ 'a/t.yml': body })('a/t.yml').folders).toEqual([
    { logicalId: 'A', property: 'Code', file: 'a/src' },
    { logicalId: 'B', property: 'Content', file: 'layer' },
  ])
})

it('refuses what is missing, and what holds itself', () => {
  expect(() => reader({ 't.yml': nest('b.yml') })('t.yml')).toThrow(
    'b.yml does not exist; it is Inner.TemplateURL of t.yml',
  )
  expect(() => reader({ 't.yml': nest('b.yml'), 'b.yml': nest('./t.yml') })('t.yml')).toThrow(
    't.yml: expected nested stacks that end, got t.yml → b.yml → t.yml',
  )
})
