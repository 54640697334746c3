import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { beforeAll, describe, expect, it } from 'vitest'
import { evaluate, readPolicies } from '../fixtures/policy-evaluator.ts'
import { deployRoles } from '../fixtures/workflow-roles.ts'
import { localAws } from '../local-aws.ts'

const aws = localAws()
const { account, region, config } = aws
const iam = new IAMClient(config)
const issuer = 'token.actions.githubusercontent.com'
const provider = `arn:aws:iam::${account}:oidc-provider/${issuer}`
const boundary = `arn:aws:iam::${account}:policy/github-ddn-boundary`

const named = 'repo:acme/denoise'
const numbered = 'repo:acme@1234/denoise@5678'

beforeAll(async () => {
  await deployRoles(aws, { Prefix: 'ddn', SubjectPrefix: named, ArchiveBucketName: 'builds' })
  const more = { SubjectPrefix: numbered, DeployEnvironment: 'production', ProviderArn: provider }
  await deployRoles(aws, { Prefix: 'ddn-2', ...more })
})

const subjectOf = async (role: string): Promise<unknown> => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: `github-${role}` }))
  const { Statement } = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))
  const [{ Condition, ...rest }, ...more] = Statement
  expect(more).toEqual([])
  expect(rest).toEqual({
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
  })
  expect(Object.keys(Condition)).toEqual(['StringEquals'])
  const { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: subject, ...others } = Condition.StringEquals
  expect(others).toEqual({})
  expect(audience).toBe('sts.amazonaws.com')
  return subject
}

describe('the trust of a role', () => {
  it.each([
    ['ddn-deploy', `${named}:ref:refs/heads/main`],
    ['ddn-preview', `${named}:pull_request`],
    ['ddn-pause', `${named}:ref:refs/heads/main`],
    ['ddn-report', `${named}:ref:refs/heads/main`],
    ['ddn-2-deploy', `${numbered}:environment:production`],
    ['ddn-2-preview', `${numbered}:pull_request`],
    ['ddn-2-pause', `${numbered}:ref:refs/heads/main`],
  ])('%s is in one subject alone', async (role, subject) => {
    expect(await subjectOf(role)).toBe(subject)
  })
})

it.each(['repo:acme/*', 'repo:*', 'acme/denoise', 'repo:acme/denoise:ref:refs/heads/main'])(
  'refuses the subject prefix %s',
  async (SubjectPrefix) => {
    await expect(deployRoles(aws, { Prefix: 'ddn3', SubjectPrefix })).rejects.toThrow(/SubjectPrefix/)
  },
)

const stack = `arn:aws:cloudformation:${region}:${account}:stack/ddn-api/1`
const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`
const changeSet = (name: string) => ({ 'cloudformation:ChangeSetName': name })
const bounded = { 'iam:PermissionsBoundary': boundary }
const tagged = (of: 'Request' | 'Resource', prefix: string) => ({
  [`aws:${of}Tag/gpu-service-actions:prefix`]: prefix,
})
const key = `arn:aws:kms:${region}:${account}:key/1`
const repository = (name: string) => `arn:aws:ecr:${region}:${account}:repository/${name}`
const logGroup = (name: string) => `arn:aws:logs:${region}:${account}:log-group:${name}`
const to = (service: string) => ({ 'iam:PassedToService': service })

const decisions: readonly (readonly [
  role: string,
  action: string,
  resource: string,
  ask: Record<string, string>,
  decision: string,
])[] = [
  ['preview', 'cloudformation:CreateChangeSet', stack, changeSet('preview-1'), 'Allow'],
  ['preview', 'cloudformation:CreateChangeSet', stack, changeSet('deploy-1'), 'ImplicitDeny'],
  ['preview', 'cloudformation:CreateChangeSet', stack, {}, 'ImplicitDeny'],
  [
    'preview',
    'cloudformation:DeleteChangeSet',
    stack,
    changeSet(`arn:aws:cloudformation:${region}:${account}:changeSet/preview-1/2`),
    'Allow',
  ],
  [
    'preview',
    'cloudformation:DeleteChangeSet',
    stack,
    changeSet(`arn:aws:cloudformation:${region}:${account}:changeSet/deploy-1/2`),
    'ImplicitDeny',
  ],
  ['preview', 'cloudformation:DescribeStacks', stack, {}, 'Allow'],
  ['preview', 'cloudformation:ExecuteChangeSet', stack, changeSet('preview-1'), 'Deny'],
  ['preview', 'cloudformation:DeleteStack', stack, {}, 'Deny'],
  ['preview', 'iam:PassRole', roleArn('ddn-x'), to('lambda.amazonaws.com'), 'Deny'],
  ['preview', 's3:PutObject', `arn:aws:s3:::ddn-toolkit-${account}-${region}/assets/1`, {}, 'Deny'],
  ['preview', 's3:CreateBucket', `arn:aws:s3:::ddn-toolkit-${account}-${region}`, {}, 'Deny'],
  ['deploy', 'cloudformation:ExecuteChangeSet', stack, changeSet('deploy-1'), 'Allow'],
  ['deploy', 'cloudformation:ExecuteChangeSet', stack.replace('ddn-api', 'other'), {}, 'ImplicitDeny'],
  ['deploy', 'iam:CreateRole', roleArn('ddn-api-PresignRole-1'), bounded, 'Allow'],
  ['deploy', 'iam:CreateRole', roleArn('ddn-api-PresignRole-1'), {}, 'ImplicitDeny'],
  ['deploy', 'iam:CreateRole', roleArn('admin'), bounded, 'ImplicitDeny'],
  [
    'deploy',
    'iam:PutRolePolicy',
    roleArn('ddn-api-PresignRole-1'),
    { 'iam:PermissionsBoundary': `${boundary}2` },
    'ImplicitDeny',
  ],
  ['deploy', 'iam:DeleteRolePermissionsBoundary', roleArn('ddn-api-PresignRole-1'), bounded, 'ImplicitDeny'],
  ['deploy', 'iam:PassRole', roleArn('ddn-api-PresignRole-1'), to('lambda.amazonaws.com'), 'Allow'],
  ['deploy', 'iam:PassRole', roleArn('ddn-api-PresignRole-1'), to('glue.amazonaws.com'), 'ImplicitDeny'],
  ['deploy', 'iam:PutRolePolicy', roleArn('github-ddn-deploy'), bounded, 'Deny'],
  ['deploy', 'iam:CreatePolicyVersion', boundary, {}, 'Deny'],
  ['deploy', 'iam:UpdateOpenIDConnectProviderThumbprint', provider, {}, 'Deny'],
  ['deploy', 'iam:CreatePolicy', `arn:aws:iam::${account}:policy/ddn-x`, {}, 'ImplicitDeny'],
  ['deploy', 'ecr:CreateRepository', repository('deepdenoising-triton'), {}, 'Allow'],
  ['deploy', 'ecr:CreateRepository', repository('ddn-triton'), {}, 'ImplicitDeny'],
  ['2-deploy', 'ecr:CreateRepository', repository('ddn-2-triton'), {}, 'Allow'],
  ['2-deploy', 'ecr:CreateRepository', repository('deepdenoising-triton'), {}, 'ImplicitDeny'],
  ['2-preview', 'ecr:DescribeRepositories', repository('ddn-2-triton'), {}, 'Allow'],
  ['deploy', 'logs:PutRetentionPolicy', logGroup('/aws/vendedlogs/apigw/ddn-access-logs'), {}, 'Allow'],
  ['deploy', 'logs:PutRetentionPolicy', logGroup('/aws/apigw/ddn-access-logs'), {}, 'Allow'],
  ['deploy', 'logs:PutRetentionPolicy', logGroup('/aws/apigw/other'), {}, 'ImplicitDeny'],
  ['deploy', 's3:GetObject', 'arn:aws:s3:::builds/app.tar', {}, 'Allow'],
  ['deploy', 's3:GetObject', `arn:aws:s3:::ddn-in-${account}-${region}/alice/1.png`, {}, 'ImplicitDeny'],
  ['deploy', 'kms:CreateKey', '*', tagged('Request', 'ddn'), 'Allow'],
  ['deploy', 'kms:CreateKey', '*', tagged('Request', 'other'), 'ImplicitDeny'],
  ['deploy', 'kms:ScheduleKeyDeletion', key, tagged('Resource', 'ddn'), 'Allow'],
  ['deploy', 'kms:ScheduleKeyDeletion', key, tagged('Resource', 'other'), 'ImplicitDeny'],
  ['deploy', 'kms:PutKeyPolicy', key, {}, 'ImplicitDeny'],
  ['deploy', 'kms:Decrypt', key, tagged('Resource', 'ddn'), 'ImplicitDeny'],
  ['deploy', 'cloudwatch:PutDashboard', `arn:aws:cloudwatch::${account}:dashboard/other`, {}, 'ImplicitDeny'],
  [
    'pause',
    'ecs:UpdateService',
    `arn:aws:ecs:${region}:${account}:service/ddn-ecs-cluster/ddn-ecs-service`,
    {},
    'Allow',
  ],
  [
    'pause',
    'ecs:UpdateService',
    `arn:aws:ecs:${region}:${account}:service/other/ddn-ecs-service`,
    {},
    'ImplicitDeny',
  ],
  ['pause', 'cloudformation:ExecuteChangeSet', stack, {}, 'ImplicitDeny'],
  [
    'report',
    'athena:StartQueryExecution',
    `arn:aws:athena:${region}:${account}:workgroup/ddn-billing`,
    {},
    'Allow',
  ],
  [
    'report',
    's3:PutObject',
    `arn:aws:s3:::ddn-apigw-accesslog-${account}-${region}/access-logs/1.parquet`,
    {},
    'ImplicitDeny',
  ],
]

it('lets each role do what its workflow does, and no more', async () => {
  const roles = [...new Set(decisions.map(([role]) => role))]
  const policies = new Map(
    await Promise.all(
      roles.map(async (role) => [role, await readPolicies(iam, `github-ddn-${role}`)] as const),
    ),
  )
  const questions = decisions.map(([role, action, resource, context]) => ({
    policies: policies.get(role) ?? [],
    requests: [{ principal: roleArn(`github-ddn-${role}`), action, resource, region, context }],
  }))
  const answers = evaluate(questions)
  const made = decisions.map(([...row], index) => [...row.slice(0, 4), answers[index]])
  expect(made).toEqual(decisions)
})

it('lets the bill of a prefix with dashes read the database that the billing stack names with underscores', async () => {
  const policies = await readPolicies(iam, 'github-ddn-2-report')
  const ask = (database: string) => ({
    principal: roleArn('github-ddn-2-report'),
    action: 'glue:GetDatabase',
    resource: `arn:aws:glue:${region}:${account}:database/${database}`,
    region,
    context: {},
  })
  const requests = [ask('ddn_2_billing_db'), ask('ddn_billing_db')]
  expect(evaluate([{ policies, requests }])).toEqual(['Allow', 'ImplicitDeny'])
})
