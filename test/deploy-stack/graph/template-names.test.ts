import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { namedTypes } from '../../../actions/deploy-stack/graph/named-type.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { parseYaml, toTagged, writeTexts } from '../../../lib/yaml.ts'
import { root } from '../../../scripts/local-aws-process.ts'

const files = globSync('cloudformation/*.yml', { cwd: root, exclude: ['**/stacks.yml'] }).sort()
const plain = (text: string) => Object(toTagged(parseYaml(text, 't')))

it.each(files)('writes names into %s, and leaves the rest as it is', (file) => {
  const body = readFileSync(join(root, file), 'utf8')
  const { named } = parseTemplate(body, file)
  const paths = named.map(({ logicalId, type }) => [
    ...['Resources', logicalId, 'Properties', ...(namedTypes.get(type)?.property ?? [])],
  ])
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

it('reads the names of resources, as texts and functions', () => {
  const body = `
Conditions: {C: !Equals [a, b]}
Resources:
  Kept: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Condition: C, Properties: {BucketName: !Sub x}}
  Table: {Type: AWS::Glue::Database, Properties: {DatabaseInput: {Name: y}}}
  Nameless: {Type: AWS::S3::Bucket}
  Other: {Type: AWS::SNS::Topic, Properties: {TopicName: z}}
`
  const { named, conditions } = parseTemplate(body, 't')
  expect(named).toEqual([
    { logicalId: 'Kept', type: 'AWS::S3::Bucket', name: { '!Sub': 'x' }, condition: 'C', isRetained: true },
    { logicalId: 'Table', type: 'AWS::Glue::Database', name: 'y', condition: undefined, isRetained: false },
  ])
  expect(conditions).toEqual({ C: { '!Equals': ['a', 'b'] } })
})
