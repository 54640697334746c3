import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateDatabaseCommand,
  CreateTableCommand,
  GetTableCommand,
  GetTablesCommand,
  GlueClient,
} from '@aws-sdk/client-glue'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it } from 'vitest'
import { encodeDays, folderOf } from '../../scripts/access-log/parquet.ts'
import { type LogRow, makeRows } from '../../scripts/access-log/rows.ts'
import { runActionProcess } from '../../scripts/action-process.ts'
import { behindProxy, type Rules } from '../fixtures/aws-proxy.ts'
import { runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

const account = localAws()
const bucket = `ddn-apigw-accesslog-${account.account}-${account.region}`
const bill = (inputs: Record<string, string> = {}) =>
  runIn(account, 'billing-report', {
    month: '2026-09',
    rates: 'example/rates.yml',
    'output-directory': join(account.env.HOME ?? '', 'bill'),
    ...inputs,
  })
const read = (name: string) => readFileSync(join(account.env.HOME ?? '', 'bill', name), 'utf8')

const arrivals = makeRows('2026-08-01', '2026-10-01', 'Asia/Seoul')
// What the API does not write and something else may have left, and a call while there were no keys.
const model = [...arrivals.values()][0]?.[0]
const like = (change: Partial<LogRow>) => ({ ...(model as LogRow), ...change })
const foreign = new Map([
  ['2026-09-10', [like({ status: '-' }), like({ requesttime: 'soon' })]],
  ['2026-09-20', [like({ requestid: '-' }), like({ user: '-', requesttime: `${Date.UTC(2026, 8, 20)}` })]],
])

// The month counted again, without SQL: by the rows themselves.
function countSeptember() {
  const [start, end] = [Date.UTC(2026, 7, 31, 15), Date.UTC(2026, 8, 30, 15)]
  const all = [...arrivals, ...foreign].flatMap(([day, rows]) =>
    rows.map((row) => ({ day, row, text: JSON.stringify(row) })),
  )
  const isMalformed = ({ requestid, status, requesttime }: LogRow) =>
    requestid === '-' || status === '-' || Number.isNaN(Number(requesttime))
  const malformed = all.filter(({ day, row }) => isMalformed(row) && day.startsWith('2026-09'))
  const inMonth = all.filter(
    ({ row }) => !isMalformed(row) && Number(row.requesttime) >= start && Number(row.requesttime) < end,
  )
  const distinct = new Map(inMonth.map(({ row, text }) => [text, row]))
  const metered = [...distinct.values()].filter(({ routekey }) => routekey.startsWith('POST /'))
  const billable = metered.filter(({ status }) => status.startsWith('2'))
  const billed = billable.filter(({ user }) => user !== '-')
  return {
    rows: String(inMonth.length + malformed.length),
    malformed: String(malformed.length),
    duplicate: String(inMonth.length - distinct.size),
    unattributed: String(billable.length - billed.length),
    excluded: {
      status: String(metered.length - billable.length),
      noRate: String(distinct.size - metered.length),
    },
    billed: String(billed.length),
  }
}

beforeAll(async () => {
  const deployed = await runIn(account, 'deploy-stack', {
    stacks: 'cloudformation/stacks.yml',
    only: 'storage, load-balancer, api, billing',
    parameters: 'VpcId=vpc-00000001\nAlbSubnetIds=subnet-00000001,subnet-00000002',
  })
  expect(deployed.outputs.result).toBe('created')
  execFileSync(process.execPath, ['scripts/access-log.ts', '--bucket', bucket], { env: account.env })
  const client = new S3Client({ ...account.config, forcePathStyle: true })
  for (const [day, Body] of encodeDays(foreign)) {
    const Key = `${folderOf(day)}foreign.parquet`
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }))
  }
})

describe('billing-report', () => {
  it('bills a month: each row in one class, as counted without SQL', async () => {
    const { outputs, summary } = await bill()
    expect(outputs).toMatchObject({ result: 'billed', total: '26964' })
    expect(Number(outputs['data-scanned-bytes'])).toBeGreaterThan(0)
    const report = JSON.parse(read('bill-2026-09.json'))
    expect(report.reconciliation).toEqual(countSeptember())
    expect(outputs.requests).toBe(report.reconciliation.billed)
    expect(summary).toContain('Total: **26,964 KRW**')
    const totals = read('bill-2026-09.csv')
      .split('\n')
      .filter((line) => line.includes(',total,total,'))
    expect(totals.map((line) => Number(line.split(',').at(-1))).reduce((sum, total) => sum + total)).toBe(
      26_964,
    )
  })

  it('gives the same bytes again, and leaves no table behind', async () => {
    const names = ['csv', 'json', 'md', 'html'].map((form) => `bill-2026-09.${form}`)
    const before = names.map(read)
    await bill()
    expect(names.map(read)).toEqual(before)
    const { TableList } = await new GlueClient(account.config).send(
      new GetTablesCommand({ DatabaseName: 'ddn_billing_db' }),
    )
    expect(TableList?.map(({ Name }) => Name).sort()).toEqual([
      'restapi_access_log_parquet',
      'rollup_daily',
      'usage_monthly',
    ])
  })

  it('closes a month once, and shows it as it was closed', async () => {
    const place = `s3://${bucket}/bills`
    const closed = await bill({ mode: 'close', 'publish-to': place })
    expect(closed.outputs).toMatchObject({ result: 'closed', total: '26964' })
    const text = read('bill-2026-09.csv')
    const again = await bill({ mode: 'close' })
    expect(again.outputs).toMatchObject({ result: 'closed', total: '26964', 'data-scanned-bytes': '0' })
    expect((await bill()).outputs).toMatchObject({ result: 'closed', total: '26964' })
    expect(read('bill-2026-09.csv')).toBe(text)
    const client = new S3Client({ ...account.config, forcePathStyle: true })
    const object = { Bucket: bucket, Key: 'bills/bill-2026-09.csv' }
    const { Body, ContentType } = await client.send(new GetObjectCommand(object))
    expect([await Body?.transformToString(), ContentType]).toEqual([text, 'text/csv; charset=utf-8'])
  })

  it('rolls up days that are missing, and no day again', async () => {
    const daily = { month: '', mode: 'daily' }
    await bill({ ...daily, day: '2026-08-31' })
    const days = { ...daily, backfill: '2026-08-30..2026-08-31' }
    const { outputs, summary } = await bill(days)
    expect(outputs.result).toBe('rolled-up')
    expect(Number(outputs.requests)).toBeGreaterThan(0)
    expect(summary).toMatch(/\| 2026-08-30 \| missing \| rolled up \| \d+ \|/)
    expect(summary).not.toContain('| 2026-08-31 |')
    expect((await bill(days)).summary).toContain('All 2 days are up to date.')
  })

  it('has a database without dashes whatever the prefix is, and reads one that has them', async () => {
    const logs = new CloudWatchLogsClient(account.config)
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/ddn/access' }))
    const { outputs: deployed } = await runIn(account, 'deploy-stack', {
      ...{ stacks: 'cloudformation/stacks.yml', only: 'billing', prefix: 'my-app' },
      parameters: `AccessLogGroupName=/ddn/access\nLogBucketName=${bucket}`,
    })
    expect(JSON.parse(deployed.outputs ?? '{}').billing?.DatabaseName).toBe('my_app_billing_db')
    const glue = new GlueClient(account.config)
    const { Table } = await glue.send(
      new GetTableCommand({ DatabaseName: 'ddn_billing_db', Name: 'restapi_access_log_parquet' }),
    )
    const { Name = '', StorageDescriptor, PartitionKeys, Parameters } = Table ?? {}
    const DatabaseName = 'my-app_billing_db'
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DatabaseName } }))
    const TableInput = { Name, StorageDescriptor, PartitionKeys, Parameters, TableType: 'EXTERNAL_TABLE' }
    await glue.send(new CreateTableCommand({ DatabaseName, TableInput }))
    const day = { month: '', mode: 'daily', day: '2026-08-14', database: DatabaseName }
    const { outputs } = await bill(day)
    expect(outputs.result).toBe('rolled-up')
    expect(Number(outputs.requests)).toBeGreaterThan(0)
    const { TableList } = await glue.send(new GetTablesCommand({ DatabaseName }))
    expect(TableList?.map((table) => table.Name)).toEqual([Name, 'rollup_daily'])
  })

  it('tells of a query that failed, and of a cancel, what was scanned, and that nothing is published', async () => {
    const output = join(account.env.HOME ?? '', 'unpublished')
    const stop = async (month: string, rules: Rules, cancelAt?: RegExp) => {
      const { env } = await behindProxy(account, rules)
      const cancel = new AbortController()
      const run = await runActionProcess({
        action: 'billing-report',
        inputs: { month, rates: 'example/rates.yml', 'output-directory': output },
        env: { ...env, RUNNER_TEMP: env.HOME ?? '' },
        onLine: (line) => {
          if (cancelAt?.test(line)) cancel.abort()
        },
        signal: cancel.signal,
      })
      return { ...run, report: JSON.parse(readFileSync(run.outputs.report ?? '', 'utf8')) }
    }
    let ended = 0
    const failing: Rules['rewrite'] = ({ operation }, answer) =>
      operation === 'GetQueryExecution' && answer.includes('"SUCCEEDED"') && ++ended > 2
        ? answer.replace('"SUCCEEDED"', '"FAILED"')
        : undefined
    const failed = await stop('2026-08', { rewrite: failing })
    expect([failed.exitCode, failed.outputs.result]).toEqual([1, 'failed'])
    expect(failed.outputs['data-scanned-bytes']).toMatch(/^\d+$/)
    expect(failed.report.done).toContainEqual(
      expect.stringMatching(/^query roll up 2026-08-\d\d: .* scanned$/),
    )
    expect(failed.report.notDone).toContainEqual(
      expect.stringMatching(/^query roll up 2026-08-\d\d: stopped$/),
    )
    expect(failed.report.notDone.at(-1)).toBe('nothing is published')
    expect(failed.report.goesOn).toEqual([])
    expect(failed.summary).toContain('## Bill of 2026-08: failed')

    const running: Rules['rewrite'] = ({ operation }, answer) =>
      operation === 'GetQueryExecution' ? answer.replace('"SUCCEEDED"', '"RUNNING"') : undefined
    const cancelled = await stop('2026-08', { rewrite: running }, /^roll up 2026-08/)
    expect([cancelled.exitCode, cancelled.outputs.result]).toEqual([1, 'cancelled'])
    expect(cancelled.report).toMatchObject({ done: [], goesOn: [], files: [] })
    expect(cancelled.report.notDone).toContain('query roll up 2026-08-01: stopped')
    expect(cancelled.report.notDone.at(-1)).toBe('nothing is published')
    expect(existsSync(output)).toBe(false)
  })

  it('tells how the pipeline stands', async () => {
    const client = new S3Client({ ...account.config, forcePathStyle: true })
    const [year, month, day] = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10).split('-')
    const Key = `access-logs/year=${year}/month=${month}/day=${day}/x.parquet`
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }))
    const { outputs, summary, exitCode } = await bill({ month: '', mode: 'status' })
    expect([exitCode, outputs.result, outputs.verdict]).toEqual([0, 'status', 'healthy'])
    expect(summary).toMatch(new RegExp(`${year}-${month}-${day} \\| 1 \\| 1 B`))
  })

  it.each([
    [{ month: '2036-09' }, 'month: 2036-09 has not begun; it can be billed from 2036-10-04 on'],
    [
      { month: '2026-08', table: 'none' },
      'table: no table "ddn_billing_db.none"; deploy the billing stack first',
    ],
    [
      { month: '2026-08', workgroup: 'none' },
      'workgroup: no workgroup "none"; deploy the billing stack first',
    ],
    [{ rates: 'none.yml' }, 'none.yml: does not exist; write one, or name another with the input rates'],
  ])('refuses %j in one sentence', async (inputs, message) => {
    const { exitCode, outputs, lines } = await bill(inputs)
    expect([exitCode, outputs.result]).toEqual([1, 'refused'])
    expect(lines.find((line) => line.startsWith('::error::'))).toContain(message)
  })
})
