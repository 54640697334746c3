import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../scripts/local-aws-process.ts'
import { readCfnTemplate } from '../fixtures/cfn-template.ts'

const files = globSync('cloudformation/*.yml', { cwd: root }).map((path) => ({
  key: basename(path, '.yml'),
  path,
}))
const templates = files.filter(({ key }) => key !== 'stacks')

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

describe.each(files)('$key', ({ path }) => {
  const lines = readFileSync(join(root, path), 'utf8')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, ''))

  it('names its partition and its region', () => {
    const arns = lines.filter((line) => /\barn:/.test(line) && !/^\s+AllowedPattern: /.test(line))
    expect(arns.filter((line) => !/\barn:\$\{AWS::Partition\}/.test(line))).toEqual([])
    expect(lines.filter((line) => /\b[a-z]{2}(-[a-z]+)+-\d\b/.test(line))).toEqual([])
  })

  // Principals of services, and names of services behind end points, end alike in every partition:
  // https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.region_info.Default.html
  it('has addresses of its partition', () => {
    const others = lines.filter((line) => !/(Service|Principal): \[?[a-z0-9-]+\.amazonaws\.com\b/.test(line))
    expect(
      others.filter((line) => /amazonaws\.|\.aws\b/.test(line.replace(`'com.amazonaws.\${AWS::Region}`, ''))),
    ).toEqual([])
  })
})
