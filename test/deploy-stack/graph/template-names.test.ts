import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listResources } from '../../../actions/deploy-stack/graph/expand.ts'
import { namedTypes } from '../../../actions/deploy-stack/graph/named-type.ts'
import { scopeOf } from '../../../actions/deploy-stack/graph/scope.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { readTemplateTree } from '../../../actions/deploy-stack/graph/template-tree.ts'
import { writeTexts } from '../../../actions/deploy-stack/graph/write-texts.ts'
import { listNames } from '../../../actions/deploy-stack/plan/names.ts'
import { root } from '../../../scripts/local-aws-process.ts'

const files = globSync('cloudformation/*.yml', { cwd: root, exclude: ['**/stacks.yml'] }).sort()
const plain = (text: string) => Object(readTemplateTree(text, 't').sections)

it.each(files)('writes names into %s, and leaves the rest as it is', (file) => {
  const body = readFileSync(join(root, file), 'utf8')
  const template = parseTemplate(body, file)
  const paths = listResources(template, scopeOf(template, new Map())).flatMap(
    ({ logicalId, type, properties }) => {
      const path = namedTypes.get(type)?.property
      const isNamed = path && path[0] !== undefined && path[0] in properties
      return isNamed ? [['Resources', logicalId, 'Properties', ...path]] : []
    },
  )
  const written = plain(
    writeTexts(
      body,
      file,
      paths.map((path) => ({ path, value: 'a-name' })),
    ),
  )
  const expected = plain(body)
  for (const path of paths) {
    const last = path.at(-1) ?? ''
    const parent = path.slice(0, -1).reduce((within, key) => within[key], expected)
    parent[last] = 'a-name'
  }
  expect(written).toEqual(expected)
})

const namesOf = (body: string, values: Record<string, string> = {}) => {
  const template = parseTemplate(body, 't')
  const scope = scopeOf(template, new Map(Object.entries(values)))
  return listNames({ key: 'app', template }, scope).map(({ logicalId, name, isRetained }) => [
    logicalId,
    name,
    isRetained,
  ])
}

it('reads the names of resources, as texts and functions', () => {
  const body = `
Parameters: {P: {Type: String}}
Conditions: {C: !Equals [a, !Ref P]}
Resources:
  Kept: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Condition: C, Properties: {BucketName: !Sub 'x-\${P}'}}
  Table: {Type: AWS::Glue::Database, Properties: {DatabaseInput: {Name: y}}}
  Unknown: {Type: AWS::Glue::Database, Properties: {DatabaseInput: {Name: !GetAtt Table.Name}}}
  Nameless: {Type: AWS::S3::Bucket}
  Other: {Type: AWS::SNS::Topic, Properties: {TopicName: z}}
`
  expect(namesOf(body, { P: 'a' })).toEqual([
    ['Kept', 'x-a', true],
    ['Table', 'y', false],
  ])
  expect(namesOf(body, { P: 'b' })).toEqual([['Table', 'y', false]])
  expect(namesOf(body)).toEqual([['Table', 'y', false]])
})

it('takes the name of a parameter of SSM for no value of it', () => {
  const body = `
Parameters: {Name: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /name}}
Resources: {B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}}
`
  expect(namesOf(body, { Name: '/name' })).toEqual([])
})
