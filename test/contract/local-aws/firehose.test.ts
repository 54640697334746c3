import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { beforeAll, expect, inject, it, vi } from 'vitest'
import { dayAt } from '../../../lib/service/calendar.ts'
import { contractAccount, isLocal, patience, undoLater, uniqueName } from '../../contract-account.ts'
import { makeBucket, openS3 } from '../../fixtures/bucket.ts'
import { readParquet } from '../../fixtures/parquet.ts'
import { stacksOf } from '../../fixtures/stack.ts'

// A log group, and the stream of the billing template behind it.
const account = contractAccount()
const logs = new CloudWatchLogsClient(account.config)
const s3 = openS3(account)
const prefix = uniqueName()
const logGroupName = `/${prefix}/log`
// The zone of the two whose day is not that of UTC at this hour.
const isOtherDay = (zone: string) => dayAt(Date.now(), zone) !== dayAt(Date.now(), 'UTC')
const zone = isOtherDay('Pacific/Kiritimati') ? 'Pacific/Kiritimati' : 'Pacific/Pago_Pago'
let bucket = ''

beforeAll(async () => {
  bucket = await makeBucket(account)
  undoLater(async () => await logs.send(new DeleteLogGroupCommand({ logGroupName })))
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'x' }))
  const parameters = {
    Prefix: prefix,
    AccessLogGroupName: logGroupName,
    LogBucketName: bucket,
    DatabaseName: prefix.replace('-', '_'),
    PartitionTimeZone: zone,
    BufferSeconds: '60',
  }
  const stacks = stacksOf(account)
  const stack = await stacks.create(
    prefix,
    { Resources: {} },
    {
      TemplateBody: readFileSync('cloudformation/billing.yml', 'utf8'),
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Capabilities: ['CAPABILITY_IAM'],
    },
  )
  expect(stack.StackStatus).toBe('CREATE_COMPLETE')
})

async function write(...messages: string[]) {
  const timestamp = Date.now()
  const logEvents = messages.map((message) => ({ timestamp, message }))
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'x', logEvents }))
}

/** Waits until a file with a text in it is below a prefix. */
async function find<T>(Prefix: string, parse: (bytes: Uint8Array) => T, isIt: (content: T) => boolean) {
  return await vi.waitFor(async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }))
    for (const { Key = '' } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))
      const content = parse((await Body?.transformToByteArray()) ?? new Uint8Array())
      if (isIt(content)) return { key: Key, content }
    }
    return expect.fail(`nothing below ${Prefix} yet`)
  }, patience)
}

const line = (requestid: string, more: object = {}) => JSON.stringify({ requestid, ...more })
const findRow = (id: string) =>
  find('access-logs/', readParquet, ({ rows }) => rows.some(({ requestid }) => requestid === id))

it('delivers the messages of a log group as rows of the table, below the day of the zone', async () => {
  const before = dayAt(Date.now(), zone)
  await write(line('a', { USER: 'alice', colour: 'red' }), line('b', { status: '200' }), line('c'))
  const { key, content } = await findRow('a')
  expect(content.rows).toMatchObject([
    { requestid: 'a', user: 'alice', status: null },
    { requestid: 'b', user: null, status: '200' },
    { requestid: 'c' },
  ])
  expect(content.rows[0]).not.toHaveProperty('colour')
  const [year, month, day] = before.split('-')
  const folders = [before, dayAt(Date.now(), zone)].map((each) => each.replaceAll('-', '/'))
  expect(folders).toContain([...key.matchAll(/=(\d+)/g)].map(([, number]) => number).join('/'))
  expect(key).toMatch(new RegExp(`/${prefix}-access-logs-1-${year}-${month}-${day}-[\\w-]+\\.parquet$`))
})

it('puts what it cannot convert below the error prefix, whole and compressed, and loses nothing else', async () => {
  await write(line('good'))
  await write(line('beside'), '{"requestid": broken}')
  await write(line('later'))
  const { key, content } = await find(
    'access-logs-errors/',
    (bytes) => JSON.parse(Buffer.from(bytes).toString()),
    () => true,
  )
  expect(key).toMatch(/^access-logs-errors\/format-conversion-failed\/year=\d{4}\/month=\d\d\/day=\d\d\//)
  expect(content.ErrorCode).toMatch(/^DataFormatConversion\./)
  const envelope = JSON.parse(gunzipSync(Buffer.from(content.rawData, 'base64')).toString())
  expect(envelope).toMatchObject({ messageType: 'DATA_MESSAGE', logGroup: logGroupName })
  expect(envelope.logEvents).toMatchObject([
    { message: line('beside') },
    { message: '{"requestid": broken}' },
  ])
  for (const id of ['good', 'later']) await findRow(id)
})

// There is no client of Firehose among our dependencies.
it.runIf(isLocal)('takes records of CloudWatch Logs only', async () => {
  const scope = `${account.account}/20260101/${account.region}/firehose/aws4_request`
  const Data = Buffer.from('{}').toString('base64')
  const answer = await fetch(inject('endpoint'), {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Firehose_20150804.PutRecord',
    },
    body: JSON.stringify({ DeliveryStreamName: `${prefix}-access-logs`, Record: { Data } }),
  })
  expect([answer.status, await answer.text()]).toEqual([
    400,
    expect.stringContaining('Only requests from CloudWatch Logs are supported'),
  ])
})
