import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../scripts/local-aws-process.ts'
import { readCfnTemplate } from '../fixtures/cfn-template.ts'

const templates = globSync('cloudformation/*.yml', { cwd: root })
  .map((path) => ({ key: basename(path, '.yml'), path }))
  .filter(({ key }) => key !== 'stacks')

type Statement = { Action: string | string[]; Resource: unknown; Condition?: unknown }

const policies = templates.flatMap(({ key, path }) =>
  Object.entries(readCfnTemplate(path).Resources).flatMap(([name, { Properties }]) =>
    [Properties?.Policies ?? []].flat().map((policy) => ({
      name: `${key}.${name}`,
      statements: Object(policy).PolicyDocument.Statement as Statement[],
    })),
  ),
)
const allows = ({ Action }: Statement, action: string) => [Action].flat().includes(action)
const isOf = (bucket: string) => (statement: Statement) =>
  JSON.stringify(statement.Resource).includes(`{${bucket}}`)

// The Firehose and Athena of the bill list their own folders.
describe('who reads objects of users', () => {
  const buckets = ['InputBucketName', 'OutputBucketName']
  const readers = policies.flatMap(({ name, statements }) =>
    buckets.flatMap((bucket) => {
      const own = statements.filter(isOf(bucket))
      return own.some((statement) => allows(statement, 's3:GetObject')) ? [{ name, bucket, own }] : []
    }),
  )

  it('are the tasks and the presign function', () => {
    expect(readers.map(({ name, bucket }) => `${name} ${bucket}`)).toEqual([
      'api.PresignRole OutputBucketName',
      'service.TaskRole InputBucketName',
    ])
  })

  it.each(readers)('get 404 for what is not there, and cannot list the users: $name', ({ own, bucket }) => {
    const [list, ...more] = own.filter((statement) => allows(statement, 's3:ListBucket'))
    expect(more).toEqual([])
    expect(list).toMatchObject({
      Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::\${${bucket}}` },
      Condition: { StringLike: { 's3:prefix': '*/?*' } },
    })
  })
})

it('gives tasks their own role, and not that of their instance', () => {
  const { Resources } = readCfnTemplate('cloudformation/cluster.yml')
  const { MetadataOptions, UserData } = Object(Resources.LaunchTemplate?.Properties).LaunchTemplateData
  expect(MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 })
  expect(UserData['Fn::Base64']['Fn::Sub']).toMatch(/^ECS_AWSVPC_BLOCK_IMDS=true$/m)
})

/** Lists the texts of a value with the names that they have. */
function listTexts(value: unknown, name = ''): { name: string; text: string }[] {
  if (typeof value === 'string') return [{ name, text: value }]
  if (Array.isArray(value)) return value.flatMap((each) => listTexts(each, name))
  return Object.entries(Object(value)).flatMap(([key, each]) => listTexts(each, key))
}

describe.each(templates)('$key', ({ path }) => {
  const { Conditions, Resources, Outputs } = readCfnTemplate(path)
  const texts = listTexts({ Conditions, Resources, Outputs })

  it('names its partition and its region', () => {
    expect(texts.filter(({ text }) => /\barn:(?!\$\{AWS::Partition\})/.test(text))).toEqual([])
    expect(texts.filter(({ text }) => /\b[a-z]{2}(-[a-z]+)+-\d\b/.test(text))).toEqual([])
  })

  // Principals of services, also in conditions, the audience of a token, and names of services behind end points, end alike in every partition:
  // https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.region_info.Default.html
  it('has addresses of its partition', () => {
    const alike = /^(Service|Principal|ClientIdList|iam:(AWSServiceName|PassedToService)|.*:aud)$/
    const others = texts.filter(({ name }) => !alike.test(name))
    const isAddress = ({ text }: { text: string }) =>
      /amazonaws\.|\.aws\b/.test(text.replace(`com.amazonaws.\${AWS::Region}`, ''))
    expect(others.filter(isAddress)).toEqual([])
  })
})
