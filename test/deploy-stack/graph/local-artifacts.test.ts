import { expect, it } from 'vitest'
import { makeTemplateReader } from '../../../actions/deploy-stack/graph/local-artifacts.ts'
import { listTypes } from '../../../actions/deploy-stack/graph/template.ts'
import { readTemplateTree } from '../../../actions/deploy-stack/graph/template-tree.ts'
import { writeTexts } from '../../../actions/deploy-stack/graph/write-texts.ts'

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
  const [inner] = template.nested
  expect(inner?.template.nested[0]?.template.path).toBe('a/c.yml')
  expect(listTypes(template)).toEqual([
    'AWS::CloudFormation::Stack',
    'AWS::CloudFormation::Stack',
    'AWS::IAM::Role',
  ])
  expect(read('a/c.yml')).toBe(inner?.template.nested[0]?.template)
})

it.each(['https://b.s3.amazonaws.com/k', 's3://b/k', '!Ref Url', '"{{resolve:ssm:/templates/inner:1}}"'])(
  'leaves %s to CloudFormation',
  (url) => {
    expect(reader({ 't.yml': nest(url) })('t.yml').nested).toEqual([])
  },
)

it('lists the folders of code', () => {
  const code = (type: string, property: string, value: string) =>
    `{Type: AWS::Lambda::${type}, Properties: {${property}: ${value}}}`
  const body = `Resources:
  A: ${code('Function', 'Code', './src')}
  B: ${code('LayerVersion', 'Content', '../layer')}
  C: ${code('Function', 'Code', '{ZipFile: x}')}
`
  expect(reader({ 'a/t.yml': body })('a/t.yml').folders).toEqual([
    { logicalId: 'A', property: 'Code', at: ['Resources', 'A', 'Properties', 'Code'], file: 'a/src' },
    { logicalId: 'B', property: 'Content', at: ['Resources', 'B', 'Properties', 'Content'], file: 'layer' },
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

const loop = (body: string) =>
  `Resources: {Fn::ForEach::Outer: [X, [A, B], {Fn::ForEach::Inner: [Y, [C, D], {'F\${X}\${Y}': ${body}}]}]}`

it.each([
  ['AWS::Lambda::Function', 'Code', './src', 'a/src', 'folders'],
  ['AWS::CloudFormation::Stack', 'TemplateURL', 'in.yml', 'a/in.yml', 'nested'],
] as const)('finds in loops what a %s names, and where', (type, property, address, file, kind) => {
  const body = loop(`{Type: ${type}, Properties: {${property}: '${address}'}}`)
  const template = reader({ 'a/t.yml': body, 'a/in.yml': 'Resources: {A: {Type: T}}' })('a/t.yml')
  const [artifact] = template[kind]
  expect(artifact).toMatchObject({ logicalId: 'F${X}${Y}', property, file })
  const path = artifact?.at ?? []
  const { Resources } = readTemplateTree(writeTexts(body, 't', [{ path, value: 'new' }]), 't').sections
  const properties = { [property]: 'new' }
  const inner = ['Y', ['C', 'D'], { 'F${X}${Y}': { Type: type, Properties: properties } }]
  expect(Resources).toEqual({ 'Fn::ForEach::Outer': ['X', ['A', 'B'], { 'Fn::ForEach::Inner': inner }] })
})

it.each(['./${X}', './&{X}', './a/${Y}'])(
  'refuses the path %s of a loop, which differs with its items',
  (path) => {
    const body = loop(`{Type: AWS::Lambda::Function, Properties: {Code: '${path}'}}`)
    const name = path.includes('Y') ? 'Inner' : 'Outer'
    expect(() => reader({ 't.yml': body })('t.yml')).toThrow(
      `t.yml: F\${X}\${Y}.Code: expected a path without the variable of the loop Fn::ForEach::${name}, got "${path}"; give the loop one path for all, or write the resources out`,
    )
  },
)
