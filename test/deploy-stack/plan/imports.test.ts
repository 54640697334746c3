import { expect, it } from 'vitest'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { readInputs } from '../../../actions/deploy-stack/inputs.ts'
import {
  chooseImports,
  describeImports,
  listImportingStacks,
  planImports,
} from '../../../actions/deploy-stack/plan/imports.ts'
import { listKnownScope } from '../../../actions/deploy-stack/plan/known-values.ts'
import { planStacks } from '../../../actions/deploy-stack/plan/plan.ts'

const body = `
Parameters: {Name: {Type: String, Default: old}, Later: {Type: String, Default: ''}}
Resources:
  Data: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {BucketName: !Ref Name, Other: x}}
  Images:
    Type: AWS::ECR::Repository
    DeletionPolicy: RetainExceptOnCreate
    Properties:
      RepositoryName: images
      EncryptionConfiguration: {EncryptionType: KMS, KmsKey: !GetAtt Key.Arn}
  Logs: {Type: AWS::Logs::LogGroup, DeletionPolicy: Delete}
  Bare: {Type: AWS::S3::Bucket, Properties: {BucketName: bare}}
  Unknown: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {BucketName: !GetAtt Key.Arn}}
  Key: {Type: AWS::KMS::Key, DeletionPolicy: Retain}
`
const graph = parseGraph('stacks: {data: {template: a.yml}}', 's.yml')
const inputs = readInputs({})
const place = { account: '111122223333', region: 'ap-northeast-2', prefix: 'ddn' }
const plan = (given: Record<string, string>, parameters: Record<string, string> = {}) =>
  planImports(
    new Map(Object.entries(given)),
    planStacks(graph, new Map([['data', parseTemplate(body, 'a.yml')]]), {
      ...inputs,
      parameters: new Map(Object.entries(parameters)),
    }),
    (step) => listKnownScope(step, place, new Map()),
  )

it('describes what it imports by its name, and by what no update can change, alone', () => {
  const [step] = plan({ 'data.Data': 'old', 'data.Images': 'images', 'data.Logs': '/logs' })
  const texts = step?.resources.flatMap(({ texts }) =>
    texts.map(({ path, value }) => [path.join('.'), value]),
  )
  expect(texts).toEqual([
    ['Resources.Data.Type', 'AWS::S3::Bucket'],
    ['Resources.Data.DeletionPolicy', 'Retain'],
    ['Resources.Data.Properties.BucketName', 'old'],
    ['Resources.Images.Type', 'AWS::ECR::Repository'],
    ['Resources.Images.DeletionPolicy', 'RetainExceptOnCreate'],
    ['Resources.Images.Properties.RepositoryName', 'images'],
    ['Resources.Images.Properties.EncryptionConfiguration.EncryptionType', 'KMS'],
    ['Resources.Logs.Type', 'AWS::Logs::LogGroup'],
    ['Resources.Logs.DeletionPolicy', 'Delete'],
  ])
  expect(step?.resources.map(({ identifier }) => identifier)).toEqual([
    { name: 'BucketName', value: 'old' },
    { name: 'RepositoryName', value: 'images' },
    { name: 'LogGroupName', value: '/logs' },
  ])
})

it.each([
  ['data.Dat', 'old', 'a.yml makes no such resource with these parameters; did you mean "Data"'],
  [
    'data.Key',
    'k',
    'a AWS::KMS::Key cannot be imported; expected one of AWS::S3::Bucket, AWS::ECR::Repository, AWS::Logs::LogGroup',
  ],
  [
    'data.Bare',
    'bare',
    'its template gives it no DeletionPolicy, which an import needs; add DeletionPolicy: Retain',
  ],
  [
    'data.Data',
    'mine',
    'with these parameters, its template names the bucket "old", and not "mine"; give the parameter with its name',
  ],
  ['data.Unknown', 'mine', 'names the bucket a name that only a deployment tells'],
])('refuses %s=%s', (name, identifier, message) => {
  expect(() => plan({ [name]: identifier })).toThrow(message)
})

it('takes the name that a parameter gives', () => {
  expect(describeImports(plan({ 'data.Data': 'mine' }, { 'data.Name': 'mine' }))).toEqual([
    'import the bucket mine into ddn-data as Data, by its BucketName',
  ])
})

it('names a stack that is not there', () => {
  expect(() => listImportingStacks(new Map([['dat.Data', 'x']]), graph)).toThrow(
    'resources-to-import: no stack "dat"; did you mean "data"; expected lines stack.LogicalId=identifier',
  )
})

const choose = (owned: string | undefined, seen?: { exists: boolean; owner?: string }) =>
  chooseImports(
    plan({ 'data.Data': 'old' }),
    new Map(owned === undefined ? [] : [['data.Data', owned]]),
    new Map(seen === undefined ? [] : [['data.Data', { owner: undefined, ...seen }]]),
  )

it('leaves out what the stack has, and lets CloudFormation look where nothing could be seen', () => {
  expect(choose('old', { exists: true })[0]?.resources).toEqual([])
  expect(describeImports(choose('old'))).toEqual(['nothing is left to import into ddn-data'])
  expect(choose(undefined)[0]?.resources).toHaveLength(1)
  expect(choose(undefined, { exists: true })[0]?.resources).toHaveLength(1)
})

it.each([
  ['other', { exists: true }, 'ddn-data has it already, as "other"'],
  [undefined, { exists: false }, 'the bucket "old" is not there in this account and region'],
  [
    undefined,
    { exists: true, owner: 'theirs' },
    'the bucket "old" belongs to the stack theirs; remove it there first, with DeletionPolicy: Retain',
  ],
])('refuses what the stack has as %s, seen as %j', (owned, seen, message) => {
  expect(() => choose(owned, seen)).toThrow(`resources-to-import: data.Data: ${message}`)
})
