import { createHash } from 'node:crypto'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { beforeAll, describe, expect, it } from 'vitest'
import { runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

// The HTTP API with its two functions, as the template deploys it.
const account = localAws()
const s3 = new S3Client({ ...account.config, forcePathStyle: true })
let api = ''
let buckets = { InputBucketName: '', OutputBucketName: '' }

async function giveKey(key: string, user: string): Promise<void> {
  const Name = `/ddn/api-keys/${createHash('sha256').update(key).digest('hex')}`
  await new SSMClient(account.config).send(new PutParameterCommand({ Name, Value: user, Type: 'String' }))
}

async function presign(query: Record<string, string>, key = 'key-of-alice') {
  const answer = await fetch(`${api}/presign?${new URLSearchParams(query)}`, {
    headers: { 'x-api-key': key },
  })
  return { status: answer.status, body: Object(await answer.json()) }
}

beforeAll(async () => {
  const { outputs } = await runIn(account, 'deploy-stack', {
    stacks: 'cloudformation/stacks.yml',
    only: 'storage, api',
  })
  const stacks = JSON.parse(outputs.outputs ?? '')
  api = stacks.api.ApiUrl
  buckets = stacks.storage
  await giveKey('key-of-alice', 'alice')
})

describe('the HTTP API', () => {
  it('answers /ping to anybody, and /presign to a known key only', async () => {
    expect((await fetch(`${api}/ping`)).status).toBe(200)
    const query = '/presign?file=a.png&mode=upload'
    expect((await fetch(`${api}${query}`)).status).toBe(401)
    expect((await presign({ file: 'a.png', mode: 'upload' }, 'wrong')).status).toBe(403)
  })

  it('gives a URL that takes the announced upload, below the name of the user', async () => {
    const { status, body } = await presign({ file: 'a.png', mode: 'upload', type: 'image/png', length: '5' })
    expect([status, body.method, body.key]).toEqual([200, 'PUT', 'alice/a.png'])
    const headers = { 'content-type': 'image/png' }
    expect((await fetch(body.url, { method: 'PUT', body: '12345', headers })).status).toBe(200)
    const command = new GetObjectCommand({ Bucket: buckets.InputBucketName, Key: 'alice/a.png' })
    const { Body, ContentType } = await s3.send(command)
    expect([await Body?.transformToString(), ContentType]).toEqual(['12345', 'image/png'])
  })

  it.each([
    ['another length', '123456', 'image/png'],
    ['another type', '12345', 'text/html'],
  ])('refuses an upload of %s than announced', async (_, content, type) => {
    const { body } = await presign({ file: 'b.png', mode: 'upload', type: 'image/png', length: '5' })
    const answer = await fetch(body.url, { method: 'PUT', body: content, headers: { 'content-type': type } })
    expect(answer.status).toBe(403)
  })

  it('gives a URL that downloads a result of the user, and of nobody else', async () => {
    for (const user of ['alice', 'bob']) {
      const Key = `${user}/r.png`
      await s3.send(new PutObjectCommand({ Bucket: buckets.OutputBucketName, Key, Body: `of ${user}` }))
    }
    const { body } = await presign({ file: 'r.png', mode: 'download' })
    expect(await (await fetch(body.url)).text()).toBe('of alice')
    expect((await presign({ file: '../bob/r.png', mode: 'download' })).status).toBe(400)
  })

  it('stops to serve a URL that was changed', async () => {
    const { body } = await presign({ file: 'r.png', mode: 'download' })
    const changed = body.url.replace('alice/r.png', 'bob/r.png')
    expect((await fetch(changed)).status).toBe(403)
  })

  it('is shown with a warning in each preview where it asks for no key', async () => {
    const parameters = 'AuthMode=none'
    const { lines } = await runIn(account, 'deploy-stack', { mode: 'preview', only: 'api', parameters })
    expect(lines).toContain(
      '::warning::ddn-api: AuthMode=none: anybody may upload and download, and nothing can be billed',
    )
  })
})
