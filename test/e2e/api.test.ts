import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { openKeyStore } from '../../scripts/api-key/account.ts'
import { root } from '../../scripts/local-aws-process.ts'
import { makeExampleImage } from '../fixtures/example-image.ts'
import { pushServiceImage, runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

// The HTTP API with its two functions and the service behind it, as the templates deploy them.
const account = localAws()
const s3 = new S3Client({ ...account.config, forcePathStyle: true })
const noisy = readFileSync(join(root, 'example', 'picture', 'noisy.png'))
const json = { 'content-type': 'application/json' }
let stacks: Record<string, Record<string, string>> = {}
let api = ''
const keys = { alice: '', bob: '' }
const network =
  'VpcId=vpc-00000001\nAlbSubnetIds=subnet-00000001,subnet-00000002\nTaskSubnetIds=subnet-00000002,subnet-00000003'

/** Runs the command that gives and takes keys. */
function apiKey(...args: string[]): string {
  const options = { cwd: root, env: account.env, encoding: 'utf8' } as const
  return execFileSync(process.execPath, ['scripts/api-key.ts', ...args], { ...options, stdio: 'pipe' }).trim()
}

async function presign(query: Record<string, string>, key = keys.alice) {
  const answer = await fetch(`${api}/presign?${new URLSearchParams(query)}`, {
    headers: { 'x-api-key': key },
  })
  return { status: answer.status, body: Object(await answer.json()) }
}

async function infer(file: string, headers: Record<string, string> = { 'x-api-key': keys.alice }) {
  const answer = await fetch(`${api}/inference`, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify({ file }),
  })
  return { status: answer.status, body: Object(await answer.json().catch(() => ({}))) }
}

const put = (bucket: string, Key: string, Body: Uint8Array | string) =>
  s3.send(new PutObjectCommand({ Bucket: stacks.storage?.[bucket], Key, Body }))

async function deploy(inputs: Record<string, string>) {
  const run = await runIn(account, 'deploy-stack', { stacks: 'cloudformation/stacks.yml', ...inputs })
  expect(run.lines.filter((line) => line.startsWith('::error::'))).toEqual([])
  stacks = { ...stacks, ...JSON.parse(run.outputs.outputs ?? '{}') }
}

beforeAll(async () => {
  await deploy({ only: 'storage' })
  const image = await pushServiceImage(account, 'deepdenoising-triton', makeExampleImage())
  const parameters = `${network}\nImageUri=${image}`
  await deploy({ only: 'load-balancer, cluster, service, api', parameters })
  api = stacks.api?.ApiUrl ?? ''
  for (const user of ['alice', 'bob'] as const) keys[user] = apiKey('add', user)
  for (const user of ['alice', 'bob']) await put('InputBucketName', `${user}/noisy.png`, noisy)
})

describe('presigned URLs of the HTTP API', () => {
  it('are given to a known key only, and /ping answers anybody', async () => {
    expect((await fetch(`${api}/ping`)).status).toBe(200)
    const query = '/presign?file=a.png&mode=upload'
    expect((await fetch(`${api}${query}`)).status).toBe(401)
    expect((await presign({ file: 'a.png', mode: 'upload' }, 'wrong')).status).toBe(403)
  })

  it('take the announced upload, below the name of the user', async () => {
    const { status, body } = await presign({ file: 'a.png', mode: 'upload', type: 'image/png', length: '5' })
    expect([status, body.method, body.key]).toEqual([200, 'PUT', 'alice/a.png'])
    const headers = { 'content-type': 'image/png' }
    expect((await fetch(body.url, { method: 'PUT', body: '12345', headers })).status).toBe(200)
    const command = new GetObjectCommand({ Bucket: stacks.storage?.InputBucketName, Key: 'alice/a.png' })
    const { Body, ContentType } = await s3.send(command)
    expect([await Body?.transformToString(), ContentType]).toEqual(['12345', 'image/png'])
  })

  it.each([
    ['another length', '123456', 'image/png'],
    ['another type', '12345', 'text/html'],
  ])('refuse an upload of %s than announced', async (_, content, type) => {
    const { body } = await presign({ file: 'b.png', mode: 'upload', type: 'image/png', length: '5' })
    const answer = await fetch(body.url, { method: 'PUT', body: content, headers: { 'content-type': type } })
    expect(answer.status).toBe(403)
  })

  it('download a result of the user, and of nobody else', async () => {
    for (const user of ['alice', 'bob']) await put('OutputBucketName', `${user}/r.png`, `of ${user}`)
    const { body } = await presign({ file: 'r.png', mode: 'download' })
    expect(await (await fetch(body.url)).text()).toBe('of alice')
    expect((await presign({ file: '../bob/r.png', mode: 'download' })).status).toBe(400)
  })

  it('serve nothing when they were changed', async () => {
    const { body } = await presign({ file: 'r.png', mode: 'download' })
    const changed = body.url.replace('alice/r.png', 'bob/r.png')
    expect((await fetch(changed)).status).toBe(403)
  })
})

describe('inference through the HTTP API', () => {
  it('reaches the service as the user of the key, whatever user the client names', async () => {
    const asBob = { 'x-api-key': keys.alice, 'x-ddn-user': 'bob', x_ddn_user: 'bob' }
    expect(await infer('alice/noisy.png', asBob)).toMatchObject({
      status: 200,
      body: { file: 'alice/noisy.png' },
    })
    const foreign = { status: 403, body: { code: 'foreign-file' } }
    expect(await infer('bob/noisy.png', asBob)).toMatchObject(foreign)
    expect(await infer('alice/noisy.png', { 'x-api-key': keys.bob })).toMatchObject(foreign)
  })

  it('is refused without a key, and with a wrong one', async () => {
    expect((await infer('alice/noisy.png', {})).status).toBe(401)
    expect((await infer('alice/noisy.png', { 'x-api-key': 'wrong', 'x-ddn-user': 'alice' })).status).toBe(403)
  })

  it('answers 202 where the client asks for it, and the result is polled by a presigned URL', async () => {
    await put('InputBucketName', 'alice/later.png', noisy)
    const asked = await infer('alice/later.png', { 'x-api-key': keys.alice, prefer: 'respond-async' })
    expect(asked).toEqual({
      status: 202,
      body: { file: 'alice/later.png', error: 'alice/later.png.error.json' },
    })
    await vi.waitFor(
      async () => {
        const { body } = await presign({ mode: 'download', file: 'later.png' })
        const answer = await fetch(body.url)
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png'])
      },
      { timeout: 20_000, interval: 50 },
    )
  })

  it('is found healthy by check-service, which also tries what must be refused', async () => {
    const picture = join(root, 'example', 'picture', 'noisy.png')
    const run = await runIn(account, 'check-service', {
      ...{ url: api, 'api-key': keys.alice, 'other-api-key': keys.bob, picture },
      ...{
        clean: picture.replace('noisy', 'clean'),
        'output-directory': join(account.env.HOME ?? '', 'check'),
      },
      ...{ cluster: 'ddn-ecs-cluster', service: 'ddn-ecs-service' },
    })
    expect(run.lines.filter((line) => line.startsWith('::error::'))).toEqual([])
    const { checks } = JSON.parse(readFileSync(run.outputs.report ?? '', 'utf8'))
    expect(checks.map(({ status }: { status: string }) => status)).toEqual(Array(8).fill('ok'))
    expect(run.summary).toMatch(
      /: 1 of 1 tasks run; 1 of 1 targets are healthy.*\n[\s\S]*\| RUNNING \|[\s\S]*\| healthy \|/,
    )
    expect(run.summary).toContain('Last log lines of')
    expect(run.summary).not.toContain('Not read')
    expect(run.lines.join('\n').replaceAll(`::add-mask::${keys.alice}`, '')).not.toContain(keys.alice)
  })

  it('has a ping of its own for the service', async () => {
    const answer = await fetch(stacks.api?.ServicePingUrl ?? '')
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
  })

  it('is written to the access log with its user', async () => {
    const client = new CloudWatchLogsClient(account.config)
    const command = new FilterLogEventsCommand({ logGroupName: stacks.api?.AccessLogGroupName })
    const { events = [] } = await client.send(command)
    const lines = events.map(({ message = '' }) => JSON.parse(message))
    const common = { httpmethod: 'POST', routekey: 'POST /inference' }
    expect(lines).toContainEqual(
      expect.objectContaining({ ...common, user: 'alice', status: '200', integrationstatus: '200' }),
    )
    expect(lines).toContainEqual(expect.objectContaining({ ...common, user: 'bob', status: '403' }))
    expect(lines).toContainEqual(expect.objectContaining({ ...common, user: '-', status: '401' }))
  })

  // What security groups drop; EC2's API has no client among our dependencies.
  it.each([
    ['the VPC link', 'Ingress', 80, 503, 'has no ingress rule for tcp 80 from'],
    ['the tasks', 'Egress', 50101, 504, 'has no egress rule for tcp 50101 to'],
  ])('does not pass where the load balancer lacks the rule for %s', async (_, way, port, status, line) => {
    const group = stacks['load-balancer']?.SecurityGroupId ?? ''
    const rules = await describeRules(group, way)
    const rule = rules.find((each) => each.includes(`<fromPort>${port}</fromPort>`)) ?? ''
    const peer = /<groupId>([^<]*)<\/groupId>/.exec(rule.replace(/^.*?<groups>/s, ''))?.[1] ?? ''
    const change = (verb: string) =>
      ec2({
        Action: `${verb}SecurityGroup${way}`,
        GroupId: group,
        'IpPermissions.1.IpProtocol': 'tcp',
        'IpPermissions.1.FromPort': String(port),
        'IpPermissions.1.ToPort': String(port),
        'IpPermissions.1.Groups.1.GroupId': peer,
      })
    await change('Revoke')
    expect((await infer('alice/noisy.png')).status).toBe(status)
    await vi.waitFor(() => {
      const log = readFileSync('out/test-local-aws.log', 'utf8')
      expect(log).toContain(`${group} of the load balancer ddn-alb ${line} ${peer}`)
    })
    await change('Authorize')
    expect((await infer('alice/noisy.png')).status).toBe(200)
  })
})

async function ec2(parameters: Record<string, string>): Promise<string> {
  const scope = `${account.account}/20260101/${account.region}/ec2/aws4_request`
  const answer = await fetch(account.endpoint, {
    method: 'POST',
    body: new URLSearchParams(parameters),
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
  })
  const text = await answer.text()
  expect(answer.status, text).toBe(200)
  return text
}

/** Lists the rules of a security group in one direction, as XML. */
async function describeRules(group: string, way: string): Promise<readonly string[]> {
  const text = await ec2({ Action: 'DescribeSecurityGroups', 'GroupId.1': group })
  const element = way === 'Ingress' ? 'ipPermissions' : 'ipPermissionsEgress'
  return text.split(`<${element}>`)[1]?.split(`</${element}>`)[0]?.split('<ipProtocol>') ?? []
}

describe('the command for keys', () => {
  it('lists who has a key, and never the key', () => {
    const listed = apiKey('list')
    expect(listed.split('\n').map((line) => line.split(/ +/)[0])).toEqual(['USER', 'alice', 'bob'])
    expect(listed).not.toContain(keys.alice)
  })

  it('takes a key away at once', async () => {
    const key = apiKey('add', 'carol')
    const ask = async () => (await presign({ file: 'a.png', mode: 'download' }, key)).status
    expect(await ask()).toBe(200)
    expect(apiKey('remove', 'carol')).toMatch(/^removed [0-9a-f]{12} of carol$/)
    expect(await ask()).toBe(403)
  })

  it.each([
    ['no name of a user', ['add', 'a/b'], 'add: expected the name of a user'],
    ['the name of nobody', ['add', '-'], 'add: expected the name of a user'],
    ['no prefix', ['list', '--prefix', 'a/../b'], '--prefix: expected up to 16 lower-case letters'],
    ['a list of one user', ['list', 'alice'], 'api-key: expected add USER, list, or remove'],
  ])('refuses what is %s', (_, args, message) => {
    const command = ['scripts/api-key.ts', ...args]
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: root, env: account.env })
    expect([status, stderr.toString()]).toEqual([1, expect.stringContaining(message)])
  })

  it('tells of a key that no API takes', () => {
    const messageFor = (...args: string[]) =>
      spawnSync(process.execPath, ['scripts/api-key.ts', ...args], { cwd: root, env: account.env }).stderr
    expect(messageFor('add', 'erin', '--prefix', 'lab').toString()).toContain('There is no stack lab-api')
    expect(messageFor('add', 'erin').toString()).not.toContain('There is no')
    apiKey('remove', 'erin')
  })

  it('may be removed by two at once', async () => {
    for (const [name, value] of Object.entries(account.env)) vi.stubEnv(name, value)
    const store = openKeyStore(process.env, 'ddn')
    await store.add('dora', 'd'.repeat(64))
    await Promise.all([store.remove('d'.repeat(64)), store.remove('d'.repeat(64))])
    expect((await store.list()).filter(({ user }) => user === 'dora')).toEqual([])
    vi.unstubAllEnvs()
  })
})

describe('the HTTP API without keys', () => {
  const parameters = `${network}\nAuthMode=none`

  it('is shown with a warning in each preview', async () => {
    const { lines, outputs } = await runIn(account, 'deploy-stack', {
      mode: 'preview',
      only: 'api',
      parameters,
    })
    expect(outputs.result).toBe('previewed')
    expect(lines).toContain(
      '::warning::ddn-api: AuthMode=none: anybody may upload, infer and download, and nothing can be billed',
    )
  })

  it('has one user for all callers, whatever user they name', async () => {
    await deploy({ only: 'api', parameters: `${parameters}\nCorsOrigins=https://app.example.com` })
    await put('InputBucketName', 'public/noisy.png', noisy)
    expect((await infer('public/noisy.png', { 'x-ddn-user': 'bob' })).status).toBe(200)
    expect((await infer('bob/noisy.png', { 'x-ddn-user': 'bob' })).status).toBe(403)
    expect((await presign({ file: 'noisy.png', mode: 'download' })).body.key).toBe('public/noisy.png')
  })

  it('answers web pages of the origins that it was given, and no others', async () => {
    const preflight = async (origin: string) => {
      const headers = { origin, 'access-control-request-method': 'POST' }
      const answer = await fetch(`${api}/inference`, { method: 'OPTIONS', headers })
      return [answer.status, answer.headers.get('access-control-allow-headers')]
    }
    expect(await preflight('https://app.example.com')).toEqual([204, 'content-type,prefer,x-api-key'])
    expect(await preflight('https://other.example.com')).toEqual([403, null])
  })
})
