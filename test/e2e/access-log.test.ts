import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AthenaClient, GetQueryExecutionCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena'
import { GetTableCommand, GlueClient } from '@aws-sdk/client-glue'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { dayAt } from '../../lib/service/calendar.ts'
import { encodeDays } from '../../scripts/access-log/parquet.ts'
import { makeRows } from '../../scripts/access-log/rows.ts'
import { root } from '../../scripts/local-aws-process.ts'
import { writeTemporary } from '../fixtures/archive.ts'
import { type ParquetFile, readParquet } from '../fixtures/parquet.ts'
import { ratesText } from '../fixtures/rates.ts'
import { setControl } from '../fixtures/registry.ts'
import { runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

// Calls of the API, on their way through access log, subscription and Firehose into the bucket, and what is read of them.
const account = localAws()
const s3 = new S3Client({ ...account.config, forcePathStyle: true })
const database = 'ddn_billing_db'
const table = 'restapi_access_log_parquet'
const months = new Set<string>()
const addMonth = () => months.add(dayAt(Date.now(), 'Asia/Seoul').slice(0, 7))

// Functions of CloudFormation become what they are given.
const template = readFileSync('cloudformation/api.yml', 'utf8')
const api: Record<string, { Properties?: Record<string, unknown> }> = parse(template, {
  logLevel: 'error',
}).Resources
const routes = Object.values(api).flatMap(({ Properties }) => Properties?.RouteKey ?? [])
const format: string = Object(api.Stage?.Properties?.AccessLogSettings).Format

const calls = [
  {
    user: 'alice',
    route: 'GET /presign',
    query: '?mode=upload&file=a.png&type=image/png&length=5',
    status: 200,
  },
  { user: 'alice', route: 'GET /presign', query: '?mode=download&file=a.png', status: 200 },
  { user: 'alice', route: 'GET /presign', query: '?mode=no', status: 400 },
  { user: 'bob', route: 'GET /presign', query: '?mode=download&file=b.png', status: 200 },
  // There is no service behind it.
  { user: 'bob', route: 'POST /inference', query: '', status: 503 },
  { user: '-', route: 'POST /inference', query: '', status: 401 },
  { user: '-', route: 'GET /ping', query: '', status: 200 },
]
const countCalls = (user: string, isCounted: (call: (typeof calls)[number]) => boolean = () => true) =>
  calls.filter((call) => call.user === user && isCounted(call)).length
let files: readonly ParquetFile[] = []

beforeAll(async () => {
  const { outputs } = await runIn(account, 'deploy-stack', {
    stacks: 'cloudformation/stacks.yml',
    only: 'storage, load-balancer, api, billing',
    parameters: 'VpcId=vpc-00000001\nAlbSubnetIds=subnet-00000001,subnet-00000002',
  })
  const stacks = JSON.parse(outputs.outputs ?? '{}')
  const add = (user: string) =>
    execFileSync(process.execPath, ['scripts/api-key.ts', 'add', user], { cwd: root, env: account.env })
  const keys = new Map(['alice', 'bob'].map((user) => [user, add(user).toString().trim()]))
  addMonth()
  for (const { user, route, query, status } of calls) {
    const [method = '', path] = route.split(' ')
    const key = keys.get(user)
    const headers: Record<string, string> = key ? { 'x-api-key': key } : {}
    const answer = await fetch(`${stacks.api.ApiUrl}${path}${query}`, { method, headers })
    expect([route, query, answer.status]).toEqual([route, query, status])
  }
  await setControl(account, 'firehose-delivery', { deliveryStream: stacks.billing.DeliveryStreamName })
  addMonth()
  files = await readFiles(stacks.storage.LogBucketName)
})

async function readFiles(Bucket: string): Promise<ParquetFile[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'access-logs' }))
  return await Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      return readParquet((await Body?.transformToByteArray()) ?? new Uint8Array())
    }),
  )
}

describe('the access log in the bucket', () => {
  it('has one row for each call, with its user', () => {
    const rows = files.flatMap((file) => file.rows)
    expect(rows.map(({ user, routekey, status }) => `${user} ${routekey} ${status}`).sort()).toEqual(
      calls.map(({ user, route, status }) => `${user} ${route} ${status}`).sort(),
    )
  })

  it('has the columns and types of the sample rows, of the table, and of the format of the stage', async () => {
    const [sample] = [...encodeDays(makeRows('2026-09-01', '2026-09-02', 'Asia/Seoul')).values()].map(
      readParquet,
    )
    for (const { columns } of files) expect(columns).toEqual(sample?.columns)
    const glue = new GlueClient(account.config)
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: table }))
    const ofTable = Table?.StorageDescriptor?.Columns?.map(({ Name, Type }) => [Name, Type])
    // A text of Glue is an annotated run of bytes in Parquet.
    const glueTypes: Record<string, string> = { 'BYTE_ARRAY UTF8': 'string' }
    expect(
      sample?.columns.map(({ name, type, annotation }) => [name, glueTypes[`${type} ${annotation}`]]),
    ).toEqual(ofTable)
    expect(Object.keys(JSON.parse(format))).toEqual(ofTable?.map(([name]) => name))
  })

  it('has values of the same forms as the sample rows', () => {
    const sample = [...makeRows('2026-09-01', '2026-10-01', 'Asia/Seoul').values()].flat()
    for (const row of [...sample, ...files.flatMap((file) => file.rows)]) {
      expect(row).toEqual({
        requestid: expect.stringMatching(/^[\w=-]{15,}$/),
        extendedrequestid: row.requestid,
        requesttime: expect.stringMatching(/^\d{13}$/),
        httpmethod: row.routekey?.split(' ')[0],
        routekey: expect.toBeOneOf(routes),
        status: expect.stringMatching(/^[2-5]\d\d$/),
        user: expect.stringMatching(/^[\w.@-]{1,64}$/),
        responselength: expect.stringMatching(/^\d+$/),
        dataprocessed: expect.stringMatching(/^\d+$/),
        responselatency: expect.stringMatching(/^\d+$/),
        // A request that the authorizer refuses reaches no integration.
        integrationlatency: expect.stringMatching(row.status === '401' ? /^-$/ : /^\d+$/),
        integrationstatus: row.status === '401' ? '-' : row.status,
      })
      const isOpen = row.routekey?.startsWith('GET /ping')
      expect(row.user === '-', JSON.stringify(row)).toBe(row.status === '401' || isOpen)
    }
  })
})

describe('the queries of the guide', () => {
  const guide = readFileSync('cloudformation/README.md', 'utf8')
  const [byDay = '', byUser = ''] = [...guide.matchAll(/```sql\n([\s\S]*?)```/g)].map(
    (match) => match[1] ?? '',
  )

  it('count the requests of a month by day, method, route and status', async () => {
    const rows = await query(byDay)
    expect(rows.map(([day]) => day)).toEqual(rows.map(() => expect.stringMatching(/^[0-3]\d$/)))
    const counted = rows.flatMap(([, ...key]) =>
      Array.from({ length: Number(key.pop()) }, () => key.join(' ')),
    )
    expect(counted.sort()).toEqual(
      calls.map(({ route, status }) => `${route.split(' ')[0]} ${route} ${status}`).sort(),
    )
  })

  it('count the requests, successes and errors of each user in a month', async () => {
    const sums = new Map<string, number[]>()
    for (const [user = '', ...counts] of await query(byUser)) {
      sums.set(
        user,
        counts.map((count, at) => Number(count) + (sums.get(user)?.[at] ?? 0)),
      )
    }
    const isSuccess = ({ status }: { status: number }) => status < 300
    const expected = ['-', 'alice', 'bob'].map((user): [string, number[]] => {
      const successes = countCalls(user, isSuccess)
      return [user, [countCalls(user), successes, countCalls(user) - successes]]
    })
    expect(sums).toEqual(new Map(expected))
  })
})

/** Runs a query of the guide for the months of the calls; gives the rows of its results. */
async function query(sql: string): Promise<string[][]> {
  const rows: string[][] = []
  for (const month of months) {
    const [year, number] = month.split('-')
    const QueryString = sql.replace("'2026'", `'${year}'`).replace("'09'", `'${number}'`)
    rows.push(...(await readResult(QueryString)))
  }
  return rows
}

async function readResult(QueryString: string): Promise<string[][]> {
  const athena = new AthenaClient(account.config)
  const started = await athena.send(new StartQueryExecutionCommand({ QueryString, WorkGroup: 'ddn-billing' }))
  const command = new GetQueryExecutionCommand({ QueryExecutionId: started.QueryExecutionId })
  const describe = async () => (await athena.send(command)).QueryExecution
  await expect.poll(async () => (await describe())?.Status?.State, { timeout: 20_000 }).toBe('SUCCEEDED')
  const { hostname, pathname } = new URL((await describe())?.ResultConfiguration?.OutputLocation ?? '')
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: hostname, Key: pathname.slice(1) }))
  const [, ...lines] = ((await Body?.transformToString()) ?? '').trimEnd().split('\n')
  return lines.map((line) => line.slice(1, -1).split('","'))
}

it('is billed: exactly the calls that were made, by user', async () => {
  const meter =
    '{id: presign, match: {routes: ["GET /presign", "POST /inference"], status: [2xx]}, unit: request, tiers: [{price: "1"}]}'
  const rates = writeTemporary(Buffer.from(ratesText({ '2026-01-01': [meter] }, { tax: '0' })), 'rates.yml')
  const folder = join(account.env.HOME ?? '', 'bill')
  const requests = new Map<string, number>()
  let rows = 0
  for (const month of months) {
    const inputs = { month, rates, draft: 'true', 'output-directory': folder }
    expect((await runIn(account, 'billing-report', inputs)).outputs.result).toBe('billed')
    const bill = JSON.parse(readFileSync(join(folder, `bill-${month}-draft.json`), 'utf8'))
    rows += Number(bill.reconciliation.rows)
    for (const { user, requests: more } of bill.largest) {
      requests.set(user, Number(more) + (requests.get(user) ?? 0))
    }
    expect(bill.reconciliation).toMatchObject({ malformed: '0', duplicate: '0', unattributed: '0' })
  }
  const isBilled = ({ status }: { status: number }) => status < 300
  expect(requests).toEqual(new Map(['alice', 'bob'].map((user) => [user, countCalls(user, isBilled)])))
  expect(rows).toBe(calls.length)
})
