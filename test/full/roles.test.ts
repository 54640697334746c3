import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalAws, root, startLocalAws } from '../../scripts/local-aws-process.ts'
import { globToPattern } from '../../scripts/permissions/glob.ts'
import {
  evaluate,
  type PolicyDocument,
  type PolicyRequest,
  type PolicyStatement,
  readPolicies,
} from '../fixtures/policy-evaluator.ts'
import { makeServiceArchive, runIn } from '../fixtures/service.ts'
import { deployRoles, signIn, subjectPrefix } from '../fixtures/workflow-roles.ts'
import { type LocalAccount, localAws } from '../local-aws.ts'

const folder = mkdtempSync(join(tmpdir(), 'roles-'))
const archive = join(folder, 'app.tar')
const main = `${subjectPrefix}:ref:refs/heads/main`
const subjects = { deploy: main, preview: `${subjectPrefix}:pull_request`, pause: main, report: main }
type Role = keyof typeof subjects
const names: readonly Role[] = ['deploy', 'preview', 'pause', 'report']

let aws: LocalAws
let account: LocalAccount
let iam: IAMClient
let roles: Record<Role, LocalAccount>
let image = ''
let ended: string[] = []

// Where a role may not look for a resource, or not drain, the action goes on.
const complaint = /^::(error[ :]|warning.*: denied)/

/** Runs an action as a role, and returns how it ended: its result, or its error. */
async function act(role: Role, action: string, inputs: Record<string, string> = {}) {
  const run = await runIn(roles[role], action, inputs)
  if (run.outputs['image-uri']) image = run.outputs['image-uri']
  const error = run.lines.find((line) => complaint.test(line))
  return { result: run.outputs.result ?? '', error: error ?? '' }
}

const parametersOf = (more = '') =>
  [
    `PermissionsBoundaryArn=arn:aws:iam::${account.account}:policy/github-ddn-boundary`,
    `ImageUri=${image}`,
    more,
  ].join('\n')
const push = (tag: string) =>
  act('deploy', 'push-image', { archive, repository: 'deepdenoising-triton', tags: tag })
// Stacks that are deployed where one of their parameters is given.
const optional = ['endpoints.SessionManager=true', 'monitoring.AlarmEmail=a@example.com', 'MonthlyBudget=900']
const deploy = (more?: string) =>
  act('deploy', 'deploy-stack', { parameters: parametersOf([...optional, more].join('\n')) })
const preview = () =>
  act('preview', 'deploy-stack', { mode: 'preview', parameters: parametersOf('CpuTarget=61') })
const pause = (operation: string) =>
  act('pause', 'pause-resume', { operation, cluster: 'ddn-ecs-cluster', services: 'all', prefix: 'ddn' })
const bill = (inputs: Record<string, string>) =>
  act('report', 'billing-report', {
    rates: 'example/rates.yml',
    'output-directory': join(folder, 'bill'),
    ...inputs,
  })

/** Goes through the workflows of a service, each with its role. */
async function live(): Promise<string[]> {
  const storage = { only: 'storage', parameters: parametersOf().replace('ImageUri=\n', '') }
  const empty = {
    mode: 'preview',
    parameters: [
      parametersOf().replace('ImageUri=', `ImageUri=app@sha256:${'0'.repeat(64)}`),
      ...optional,
    ].join('\n'),
  }
  const runs = [
    () => act('preview', 'deploy-stack', empty),
    () => act('deploy', 'deploy-stack', storage),
    () => push('latest'),
    () => deploy(),
    () => deploy('CpuTarget=70'),
    preview,
    () => pause('pause'),
    () => pause('resume'),
    () => pause('status'),
    async () => {
      const days = ['--first', '2026-08-31', '--next', '2026-10-01']
      const bucket = `ddn-apigw-accesslog-${account.account}-${account.region}`
      const script = join(root, 'scripts', 'access-log.ts')
      execFileSync(process.execPath, [script, '--bucket', bucket, ...days], {
        env: account.env,
        stdio: 'ignore',
      })
      return await bill({ month: '2026-09' })
    },
    () => bill({ mode: 'daily', day: '2026-09-10' }),
    () => bill({ mode: 'status' }),
  ]
  const results: string[] = []
  for (const run of runs) {
    const { result, error } = await run()
    results.push(error || result)
  }
  return results
}

beforeAll(async () => {
  aws = await startLocalAws({ iam: true, logFile: 'out/roles-local-aws.log' })
  account = localAws(aws.endpoint)
  iam = new IAMClient(account.config)
  writeFileSync(archive, makeServiceArchive())
  await deployRoles(account, { Prefix: 'ddn', SubjectPrefix: subjectPrefix })
  const signedIn = await Promise.all(names.map((name) => signIn(account, name, subjects[name])))
  roles = Object.fromEntries(names.map((name, index) => [name, signedIn[index]])) as typeof roles
  ended = await live()
}, 600_000)

afterAll(async () => {
  await aws?.stop()
})

it.each<[Role, string]>([
  ['deploy', `${subjectPrefix}:ref:refs/heads/feature`],
  ['deploy', `${subjectPrefix}:pull_request`],
  ['deploy', 'repo:acme/denoise:ref:refs/heads/main'],
  ['preview', main],
  ['pause', `${subjectPrefix}:environment:production`],
])('gives no credentials of the role %s to %s', async (role, subject) => {
  await expect(signIn(account, role, subject)).rejects.toThrow('Not authorized')
})

it('runs each workflow with its role', () => {
  expect(ended).toEqual([
    'previewed',
    'created',
    'pushed',
    'created',
    'changed',
    'previewed',
    'paused',
    'resumed',
    'status',
    'billed',
    'rolled-up',
    'status',
  ])
})

it.each<[Role, string]>([
  ['deploy', 'ResourceNotFoundException'],
  ['pause', 'ResourceNotFoundException'],
  ['report', 'AccessDeniedException'],
])('lets the role %s read the log of a task, or not: %s', async (role, name) => {
  const log = { logGroupName: '/ecs/ddn-task', logStreamName: 'none' }
  const logs = new CloudWatchLogsClient(roles[role].config)
  await expect(logs.send(new GetLogEventsCommand(log))).rejects.toMatchObject({ name })
})

type Decision = PolicyRequest & { allowed: boolean }

async function readDecisions(): Promise<Decision[]> {
  const answer = await fetch(`${aws.endpoint}/_local/iam?account=${account.account}`)
  return (await answer.text()).split('\n').map((line) => JSON.parse(line))
}

/** The policies of a role without an action: of one statement, or of all. */
const without = (
  policies: readonly PolicyDocument[],
  action: string,
  from?: PolicyStatement,
): PolicyDocument[] =>
  policies.map(({ Version, Statement }) => ({
    Version,
    Statement: Statement.map((statement) =>
      from && statement !== from
        ? statement
        : { ...statement, Action: [statement.Action].flat().filter((one) => one !== action) },
    ).filter(({ Action }) => Action.length > 0),
  }))

const permissionsOf = (policies: readonly PolicyDocument[]) =>
  policies
    .flatMap(({ Statement }) => Statement)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap((statement) => [statement.Action].flat().map((action) => ({ action, statement })))

const matches = (globs: string | readonly string[], text: string) =>
  [globs].flat().some((glob) => glob === text || globToPattern(glob).test(text))

/** Takes one action from the policy of a role that has it, while something is done. */
async function withoutPermission<T>(role: Role, action: string, work: () => Promise<T>): Promise<T> {
  const RoleName = `github-ddn-${role}`
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))
  const documents = await readPolicies(iam, RoleName)
  const index = documents.findIndex((one) => permissionsOf([one]).some((each) => each.action === action))
  const [document] = without(documents.slice(index, index + 1), action)
  const { PolicyArn } = AttachedPolicies[index] ?? {}
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }))
  const changed = { PolicyArn, PolicyDocument: JSON.stringify(document), SetAsDefault: true }
  const { PolicyVersion } = await iam.send(new CreatePolicyVersionCommand(changed))
  try {
    return await work()
  } finally {
    const restored = { ...changed, PolicyDocument: JSON.stringify(documents[index]) }
    await iam.send(new CreatePolicyVersionCommand(restored))
    for (const VersionId of [PolicyVersion?.VersionId, Policy?.DefaultVersionId])
      await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }))
  }
}

describe('without one permission, a run fails and names it', () => {
  it.each<[Role, string, () => Promise<{ result: string; error: string }>, string]>([
    ['deploy', 'ecr:GetAuthorizationToken', () => push('a'), 'ecr:GetAuthorizationToken'],
    ['deploy', 'ecr:DescribeRepositories', () => push('b'), 'deepdenoising-triton'],
    ['deploy', 'ecr:BatchGetImage', () => push('c'), 'deepdenoising-triton'],
    ['deploy', 'ecr:PutImage', () => push('d'), 'deepdenoising-triton'],
    ['deploy', 'cloudformation:DescribeStacks', () => deploy('CpuTarget=50'), 'ddn-'],
    ['deploy', 'cloudformation:CreateChangeSet', () => deploy('CpuTarget=50'), 'ddn-'],
    ['deploy', 'cloudformation:ExecuteChangeSet', () => deploy('CpuTarget=50'), 'changeSet/deploy-'],
    ['deploy', 'iam:CreateServiceLinkedRole', () => deploy('CpuTarget=50'), 'ecs.amazonaws.com'],
    ['deploy', 'application-autoscaling:PutScalingPolicy', () => deploy('CpuTarget=51'), 'CpuPolicy'],
    ['deploy', 'iam:PassRole', () => deploy('TaskCpu=3000'), 'TaskDefinition'],
    ['deploy', 'ecs:RegisterTaskDefinition', () => deploy('TaskCpu=3001'), 'TaskDefinition'],
    ['deploy', 'logs:PutRetentionPolicy', () => deploy('LogDays=7'), 'LogGroup'],
    ['preview', 'cloudformation:CreateChangeSet', preview, 'ddn-'],
    ['preview', 'cloudformation:DescribeChangeSet', preview, 'changeSet/preview-'],
    ['pause', 'ecs:ListServices', () => pause('pause'), 'ddn-ecs-cluster'],
    ['pause', 'ecs:DescribeServices', () => pause('pause'), 'ddn-ecs-service'],
    ['pause', 'application-autoscaling:RegisterScalableTarget', () => pause('pause'), 'ddn-ecs-service'],
    ['pause', 's3:ListBucket', () => pause('pause'), 'ddn-toolkit'],
    ['report', 'athena:StartQueryExecution', () => bill({ month: '2026-09' }), 'ddn-billing'],
    ['report', 'glue:GetTable', () => bill({ month: '2026-09' }), 'restapi_access_log_parquet'],
    ['report', 's3:GetObject', () => bill({ month: '2026-09' }), 'ddn-toolkit'],
  ])('%s: %s', async (role, action, run, resource) => {
    const { error } = await withoutPermission(role, action, run)
    expect(error).toContain(action)
    expect(error).toContain(resource)
    expect(error).toContain('docs/permissions.md')
  })
})

it('closes a month, and keeps it', async () => {
  expect(await bill({ mode: 'close', month: '2026-09' })).toEqual({ result: 'closed', error: '' })
})

it('destroys the stacks, and drains the cluster before', async () => {
  const ending = await act('deploy', 'deploy-stack', { mode: 'destroy', confirm: 'ddn' })
  expect(ending).toEqual({ result: 'destroyed', error: '' })
})

it('adopts what a destroy leaves behind', async () => {
  const storage = { only: 'storage', parameters: parametersOf() }
  expect(await act('preview', 'deploy-stack', { ...storage, mode: 'preview' })).toEqual({
    result: 'previewed',
    error: '',
  })
  expect(await act('deploy', 'deploy-stack', storage)).toEqual({ result: 'created', error: '' })
})

// Last, when all has been asked for.
it('has no needless permission: without any, a call that the runs made is denied, or none asked for it', async () => {
  const decisions = (await readDecisions()).filter(({ allowed }) => allowed)
  const found = { noticed: 0, unasked: [] as string[], needless: [] as string[] }
  for (const role of names) {
    const policies = await readPolicies(iam, `github-ddn-${role}`)
    const requests = decisions.filter(({ principal }) => principal.includes(`/github-ddn-${role}/`))
    const permissions = permissionsOf(policies).map(({ action, statement }) => ({
      name: `${role}: ${action}`,
      policies: without(policies, action, statement),
      alone: [{ Version: '2012-10-17', Statement: [{ ...statement, Action: action }] }],
      requests: requests.filter(
        (asked) => matches(action, asked.action) && matches(statement.Resource, asked.resource),
      ),
    }))
    // Of several statements with an action, the one whose condition holds.
    const allowed = evaluate(permissions.map(({ alone, ...rest }) => ({ ...rest, policies: alone })))
    const questions = permissions.map((permission) => {
      const decided = allowed.splice(0, permission.requests.length)
      return { ...permission, requests: permission.requests.filter((_, at) => decided[at] === 'Allow') }
    })
    const answers = evaluate(questions)
    for (const { name, requests: asked } of questions) {
      const decided = answers.splice(0, asked.length)
      if (asked.length === 0) found.unasked.push(name)
      else if (decided.includes('ImplicitDeny')) found.noticed++
      else found.needless.push(name)
    }
  }
  console.log(
    `${found.noticed} permissions are needed by the runs; not asked for: ${found.unasked.join(', ')}`,
  )
  expect(found.needless).toEqual([])
  expect(found.noticed).toBeGreaterThan(250)
})
