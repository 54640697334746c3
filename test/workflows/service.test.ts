import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from '@aws-sdk/client-application-auto-scaling'
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { findRoles } from '../../scripts/adopt/roles.ts'
import { renderSetup } from '../../scripts/adopt/setup.ts'
import { actions } from '../../scripts/entry-point.ts'
import { startLocalAws } from '../../scripts/local-aws-process.ts'
import { startArtifactService } from '../fakes/artifact-service.ts'
import { startConnectProxy } from '../fakes/connect-proxy.ts'
import { startGithub } from '../fakes/github.ts'
import { startTokenEndpoint } from '../fakes/token-endpoint.ts'
import { type ActEvent, makeRepository, placeActions, runAct } from '../fixtures/act.ts'
import { makeServiceArchive } from '../fixtures/service.ts'
import { hasAws, startTenMinutes, subjectPrefix } from '../fixtures/ten-minutes.ts'
import { deployRoles } from '../fixtures/workflow-roles.ts'
import { localAws } from '../local-aws.ts'

// The README's ten minutes, and what follows them: what the commands do on GitHub, act does here. Roles may do only what
// their policies allow, and are given to the subjects that they trust.
const aws = await startLocalAws({ iam: true, logFile: 'out/workflows-local-aws.log' })
const account = localAws(aws.endpoint)
const { env, config, region } = account
const arn = (resource: string) => `arn:aws:iam::${account.account}:${resource}`
const role = (name: string) => arn(`role/github-ddn-${name}`)
const variables = {
  AWS_DEPLOY_ROLE: role('deploy'),
  AWS_PREVIEW_ROLE: role('preview'),
  AWS_PAUSE_ROLE: role('pause'),
  AWS_REPORT_ROLE: role('report'),
  IMAGE_ARCHIVE: 's3://my-bucket/app.tar',
  STACK_PARAMETERS: `PermissionsBoundaryArn=${arn('policy/github-ddn-boundary')}`,
  SERVICE_PREFIX: 'ddn',
  AWS_REGION: region,
}
const tenMinutes = startTenMinutes(env)
const [write, setUp, push, pause] = tenMinutes.blocks
const pageOf = (name: string) =>
  new RegExp(`https://github.com/acme/gpu-service-actions/blob/[0-9a-f]{40}/docs/${name}`)
const token = await startTokenEndpoint()
const artifacts = await startArtifactService()
const github = await startGithub()
let repository = ''
let toolkit = ''
// By which the service is paused whenever the test runs.
const endedCalendar = `version: 1
zone: Asia/Seoul
running: []
openings: [{from: 2026-01-05 08:00, until: 2026-01-05 09:00, reason: trial}]
`
const s3 = new S3Client({ ...config, forcePathStyle: true })
const upload = (Key: string, Body: Uint8Array) =>
  s3.send(new PutObjectCommand({ Bucket: 'my-bucket', Key, Body }))

beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'my-bucket' }))
  await upload('app.tar', makeServiceArchive())
  await tenMinutes.run(write)
  const roles = { Prefix: 'ddn', SubjectPrefix: subjectPrefix, ArchiveBucketName: 'my-bucket' }
  if (hasAws) await tenMinutes.run(setUp)
  else await deployRoles(account, roles)
  await tenMinutes.run(push)
  repository = await makeRepository({ files: { 'ended.yml': endedCalendar }, fill: tenMinutes.checkOut })
  toolkit = placeActions(actions, ['.github/actions'])
})
beforeEach(() => {
  token.audiences.length = 0
})
afterAll(async () => {
  token.close()
  artifacts.close()
  github.close()
  await aws.stop()
})

/** Runs workflows that get an account and a region by their own sign-in only. */
async function run(event: ActEvent, awsEndpoint = aws.endpoint): Promise<string> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_DEFAULT_REGION, ...without } = env
  const given = {
    ...{ ...without, ...token.env, ...artifacts.env, AWS_ENDPOINT_URL: awsEndpoint },
    ...github.env,
  }
  token.subject = `${subjectPrefix}:${event.event === 'pull_request' ? 'pull_request' : 'ref:refs/heads/main'}`
  const brought = { workflow: join(repository, '.github/workflows/deploy.yml'), folder: toolkit }
  return await runAct(repository, { ...event, brought }, given)
}

const byHand = (workflow: string, inputs: Record<string, string>) =>
  run({ event: 'workflow_dispatch', workflow, inputs, variables })

const atNight = (more: Record<string, string> = {}) =>
  run({
    ...{ event: 'schedule', workflow: 'pause.yml', payload: { schedule: '13 22 * * *' } },
    variables: { ...variables, ...more },
  })

async function look() {
  const ecs = new ECSClient(config)
  const { services } = await ecs.send(
    new DescribeServicesCommand({ cluster: 'ddn-ecs-cluster', services: ['ddn-ecs-service'] }),
  )
  const [service] = services ?? []
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition }),
  )
  const { ScalableTargets } = await new ApplicationAutoScalingClient(config).send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }),
  )
  return {
    image: taskDefinition?.containerDefinitions?.[0]?.image?.split('/').at(-1),
    tasks: [service?.desiredCount, service?.runningCount],
    bounds: ScalableTargets?.map(({ MinCapacity, MaxCapacity }) => [MinCapacity, MaxCapacity]),
  }
}

async function findImage(): Promise<string> {
  const { imageDetails } = await new ECRClient(config).send(
    new DescribeImagesCommand({ repositoryName: 'deepdenoising-triton' }),
  )
  expect(imageDetails?.map(({ imageTags }) => imageTags)).toEqual([['latest', 'ddn-running']])
  return `deepdenoising-triton@${imageDetails?.[0]?.imageDigest}`
}

// act prints a command that it took as one in this form.
const noticesOf = (stdout: string) =>
  [...stdout.matchAll(/❓ {2}::notice title=(.*)/g)].map(([, notice]) => notice).sort()

const resumed = { tasks: [1, 1], bounds: [[1, 4]] }
const paused = { tasks: [0, 0], bounds: [[0, 0]] }

it.runIf(hasAws)('the commands of the README make roles and variables', async () => {
  expect(tenMinutes.variables()).toEqual(variables)
  const roles = new Map([
    ['AWS_DEPLOY_ROLE', role('deploy')],
    ['AWS_PAUSE_ROLE', role('none')],
  ])
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const kindsFor = async (subject: string) =>
    (await findRoles(roles, subject, process.env)).map(({ kind }) => kind)
  expect(await kindsFor(subjectPrefix)).toEqual(['ok', 'missing'])
  expect(await kindsFor('repo:acme@1/my')).toEqual(['wrong', 'missing'])
  vi.unstubAllEnvs()
})

describe('without variables', () => {
  it('nothing is called, and notices say which to set', async () => {
    const proxy = await startConnectProxy('127.0.0.1:1')
    const stdout = await run(
      { event: 'workflow_dispatch', inputs: { reason: 'a try', confirm: 'ddn' } },
      proxy.url,
    )
    proxy.close()
    const page = pageOf('workflows.md#variables')
    expect(noticesOf(stdout).map((notice) => notice?.replace(page, 'PAGE'))).toEqual([
      'Not all was looked at::Set the repository variables AWS_PAUSE_ROLE and AWS_REPORT_ROLE; see PAGE',
      'Nothing was billed::Set the repository variable AWS_REPORT_ROLE; see PAGE',
      'Nothing was compared::Set the repository variable AWS_DEPLOY_ROLE; see PAGE',
      'Nothing was deployed::Set the repository variables AWS_DEPLOY_ROLE and IMAGE_ARCHIVE; see PAGE',
      'Nothing was destroyed::Set the repository variable AWS_DEPLOY_ROLE; see PAGE',
      'Nothing was paused::Set the repository variable AWS_PAUSE_ROLE; see PAGE',
      'Nothing was resumed::Set the repository variable AWS_PAUSE_ROLE; see PAGE',
      'Nothing was rolled up::Set the repository variable AWS_REPORT_ROLE; see PAGE',
    ])
    expect(token.audiences).toEqual([])
    expect(proxy.asked).toEqual([])
  })

  it('a deployment needs both of its variables', async () => {
    const { AWS_DEPLOY_ROLE } = variables
    const stdout = await run({ event: 'push', workflow: 'deploy.yml', variables: { AWS_DEPLOY_ROLE } })
    expect(noticesOf(stdout)).toHaveLength(1)
    expect(token.audiences).toEqual([])
  })
})

describe('with variables', () => {
  it('a push to main deploys the archive by its digest', async () => {
    expect(tenMinutes.asked()).toContain('run watch --repo acme/my-service')
    const stdout = await run({ event: 'push', workflow: 'deploy.yml', variables })
    expect(noticesOf(stdout)).toEqual([])
    expect(stdout).toContain(`signed in as ${role('deploy')} in ${region}`)
    expect(token.audiences).toEqual(['sts.amazonaws.com'])
    expect(await look()).toEqual({ image: await findImage(), ...resumed })
  })

  it.runIf(hasAws)('the script that set the repository up adds where the API is', async () => {
    const choice = { repository: 'acme/my-service', archive: variables.IMAGE_ARCHIVE, prefix: 'ddn' }
    await tenMinutes.run(renderSetup(choice).replace(/# 1\.[\s\S]*(?=# 4\.)/, ''))
    const { API_URL = '', API_ID = '-' } = tenMinutes.variables()
    expect(API_URL).toContain(API_ID)
    expect((await fetch(`${API_URL}/ping/service`)).status).toBe(200)
  })

  it('the README pauses the service by hand, and the check finds nothing missing', async () => {
    const answer = (path: string, body: object) => github.answers.set(path, { status: 200, body })
    answer('', {})
    answer('/actions/variables', {
      variables: Object.entries(variables).map(([name, value]) => ({ name, value })),
    })
    answer('/environments/production', hasAws ? tenMinutes.environment() : { deployment_branch_policy: {} })
    const found = await tenMinutes.run(pause, { GITHUB_API_URL: github.apiUrl, GH_TOKEN: 'of-the-job' })
    expect(found).toContain('ok        environment production restricts branches')
    const [, workflow = ''] = /^workflow run (\S+) /.exec(tenMinutes.asked().at(-1) ?? '') ?? []
    const stdout = await byHand(workflow, {})
    expect(stdout).toContain(`signed in as ${role('pause')} in ${region}`)
    expect(await look()).toMatchObject(paused)
  })

  it('neither a deployment by hand nor a night by the calendar wakes it', async () => {
    await byHand('deploy.yml', {})
    const stdout = await atNight({ SERVICE_CALENDAR: 'ended.yml' })
    expect(stdout).toContain('ended.yml: expected a time to run within a year, got none')
    expect(stdout).toContain('the calendar says paused')
    expect(await look()).toEqual({ image: await findImage(), ...paused })
  })

  it('a resume by hand brings it back, and keeps it awake when the night comes', async () => {
    const until = { 'keep-awake-until': '2099-01-01 08:00' }
    const stdout = await byHand('resume.yml', { services: 'ddn-ecs-service', reason: 'a trial', ...until })
    expect(stdout).toContain(`signed in as ${role('pause')} in ${region}`)
    expect(await look()).toMatchObject(resumed)
    const night = await atNight()
    expect(night).toContain('::set-output:: result=kept-awake')
    expect(night).toContain('kept awake until 2099-01-01 08:00 Asia/Seoul')
    expect(await look()).toMatchObject(resumed)
  })

  it('the region is a variable too; a service that is not there fails the run, and somebody is told', async () => {
    const wrong = run({
      ...{ event: 'workflow_dispatch', workflow: 'resume.yml', inputs: { reason: 'a trial' } },
      variables: { ...variables, AWS_REGION: 'us-west-2' },
      secrets: { GITHUB_TOKEN: 'of-the-job' },
    })
    await expect(wrong).rejects.toMatchObject({
      stdout: expect.stringMatching(/signed in as .* in us-west-2[\s\S]*::error::.*ddn-ecs-cluster/),
    })
    const [{ title, body } = expect.fail('no issue was opened'), ...others] = github.issues
    expect([title, others]).toEqual(['Resuming the services failed', []])
    expect(body).toMatch(pageOf('troubleshooting.md'))
  })

  it('a deployment whose service does not answer the smoke test is taken back, and somebody is told', async () => {
    const before = await look()
    await upload('new.tar', makeServiceArchive('v2'))
    const key = execFileSync(process.execPath, ['scripts/api-key.ts', 'add', 'smoke'], {
      env,
    })
    const failing = run({
      event: 'push',
      workflow: 'deploy.yml',
      variables: { ...variables, IMAGE_ARCHIVE: 's3://my-bucket/new.tar' },
      secrets: { SMOKE_TEST_API_KEY: key.toString().trim(), GITHUB_TOKEN: 'of-the-job' },
    })
    const { stdout } = await failing.then(
      () => expect.fail('the check did not fail'),
      (error) => error,
    )
    expect(stdout).toContain('failed: a picture is inferred: inference: expected success, got 501')
    expect(stdout).not.toContain(key.toString().trim())
    expect(await look()).toEqual(before)
    expect(github.issues.at(-1)).toMatchObject({ title: 'The deployment failed' })
  })

  it('a pull request is previewed in one comment with the values before and after, and one from another repository is not', async () => {
    // Each may be a fork: this repository too, for those who run the service from a fork of the toolkit.
    const preview = async (from: string) => {
      const repo = { full_name: from, fork: true }
      const payload = { number: 7, pull_request: { number: 7, head: { repo } } }
      const changed = {
        ...variables,
        STACK_PARAMETERS: `${variables.STACK_PARAMETERS}\napi.LogDays=60`,
      }
      return await run({
        ...{ event: 'pull_request', workflow: 'preview.yml', payload, variables: changed },
        secrets: { GITHUB_TOKEN: 'of-the-job' },
      })
    }
    expect(noticesOf(await preview('mallory/service'))).toHaveLength(1)
    expect(github.asked.filter((call) => call.includes('/issues/7/'))).toEqual([])
    expect(noticesOf(await preview('acme/service'))).toEqual([])
    const [{ body } = expect.fail('there is no comment'), ...others] = github.comments
    expect(others).toEqual([])
    expect(body).toMatch(/\| replaced \| removed \|[\s\S]*<details>[\s\S]*RetentionInDays: `30` → `60`/)
  })

  it('a month is billed by hand, and closed after an approval; the bill is an artifact', async () => {
    const bucket = `ddn-apigw-accesslog-${account.account}-${region}`
    const days = ['--first', '2026-08-31', '--next', '2026-10-01']
    execFileSync(process.execPath, ['scripts/access-log.ts', '--bucket', bucket, ...days], { env })
    const stdout = await byHand('billing-report.yml', { month: '2026-09' })
    expect(stdout).toContain(`signed in as ${role('report')} in ${region}`)
    expect(stdout).not.toContain('production')
    const zip = artifacts.artifacts.get('bill-2026-09')?.toString('latin1')
    for (const form of ['csv', 'html', 'json', 'md']) expect(zip).toContain(`bill-2026-09.${form}`)
    const closing = await byHand('billing-report.yml', { mode: 'close', month: '2026-09' })
    expect(closing).toMatch(/approved in the environment production[\s\S]*::set-output:: result=closed/)
  })

  it('a day is rolled up, and one summary shows how all stands', async () => {
    const daily = await byHand('billing-daily.yml', { day: '2026-09-14' })
    expect(daily).toContain(`signed in as ${role('report')} in ${region}`)
    const stdout = await byHand('status.yml', {})
    for (const name of ['pause', 'report'])
      expect(stdout).toContain(`signed in as ${role(name)} in ${region}`)
  })

  it('the stacks are compared with their templates each week', async () => {
    const stdout = await byHand('drift.yml', {})
    expect(stdout).toContain(`signed in as ${role('deploy')} in ${region}`)
    expect(stdout).toContain('::set-output:: result=in-sync')
  })

  it('all is destroyed by hand, after the prefix is given', async () => {
    await byHand('destroy.yml', { confirm: 'ddn' })
    const { services } = await new ECSClient(config)
      .send(new DescribeServicesCommand({ cluster: 'ddn-ecs-cluster', services: ['ddn-ecs-service'] }))
      .catch(() => ({ services: [] }))
    expect(services?.filter(({ status }) => status === 'ACTIVE')).toEqual([])
  })
})
