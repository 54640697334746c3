import { randomUUID } from 'node:crypto'
import {
  AthenaClient,
  CreateWorkGroupCommand,
  DeleteWorkGroupCommand,
  GetQueryExecutionCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import {
  CreateDatabaseCommand,
  DeleteDatabaseCommand,
  DeleteTableCommand,
  GetTableCommand,
  GetTablesCommand,
  GlueClient,
} from '@aws-sdk/client-glue'
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it } from 'vitest'
import { contractAccount, isLocal, patience, undoLater, uniqueName } from '../../contract-account.ts'
import { makeBucket, openS3 } from '../../fixtures/bucket.ts'

const account = contractAccount()
const athena = new AthenaClient(account.config)
const glue = new GlueClient(account.config)
const s3 = openS3(account)
let bucket: string
// Athena reads no hyphen in a name without quotes: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
const database = uniqueName().replace('-', '_')
const workgroup = uniqueName()
// A query takes AWS some seconds, not minutes.
const often = { ...patience, interval: Math.min(patience.interval, 500) }

async function start(QueryString: string, more: object = {}) {
  const place = { WorkGroup: workgroup, QueryExecutionContext: { Database: database } }
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({ QueryString, ...place, ...more }),
  )
  return QueryExecutionId ?? ''
}

async function run(sql: string, ...ExecutionParameters: string[]) {
  const id = await start(sql, ExecutionParameters.length > 0 ? { ExecutionParameters } : {})
  const describe = async () =>
    (await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))).QueryExecution
  await expect.poll(async () => (await describe())?.Status?.State, often).toMatch(/SUCCEEDED|FAILED/)
  return { ...(await describe()), id }
}

async function read({ ResultConfiguration }: Awaited<ReturnType<typeof run>>): Promise<string> {
  const { pathname } = new URL(ResultConfiguration?.OutputLocation ?? '')
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: pathname.slice(1) }))
  return (await Body?.transformToString()) ?? ''
}

const create = (table: string, select: string) =>
  `CREATE TABLE "${database}"."${table}" WITH (format = 'PARQUET', external_location = 's3://${bucket}/${table}/') AS ${select}`

async function makeWorkgroup(Name: string, enforced: boolean) {
  const ResultConfiguration = { OutputLocation: `s3://${bucket}/results/` }
  const Configuration = { ResultConfiguration, EnforceWorkGroupConfiguration: enforced }
  const whole = { WorkGroup: Name, RecursiveDeleteOption: true }
  undoLater(async () => await athena.send(new DeleteWorkGroupCommand(whole)))
  await athena.send(new CreateWorkGroupCommand({ Name, Configuration }))
}

async function removeDatabase() {
  const { TableList = [] } = await glue.send(new GetTablesCommand({ DatabaseName: database }))
  for (const { Name } of TableList) await glue.send(new DeleteTableCommand({ DatabaseName: database, Name }))
  await glue.send(new DeleteDatabaseCommand({ Name: database }))
}

beforeAll(async () => {
  bucket = await makeBucket(account)
  undoLater(removeDatabase)
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }))
  await makeWorkgroup(workgroup, false)
})

describe('the local Athena', () => {
  it('writes Parquet and a table by CTAS, and reads it', async () => {
    const select = "SELECT CAST('a' AS varchar) AS name, SUM(x) AS total FROM (VALUES (1), (2)) AS v(x)"
    const made = await run(create('t', select))
    expect(made.Status?.State).toBe('SUCCEEDED')
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 't/' }))
    expect(Contents).toHaveLength(1)
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: 't' }))
    expect(Table?.StorageDescriptor?.Columns).toMatchObject([
      { Name: 'name', Type: 'string' },
      { Name: 'total', Type: 'bigint' },
    ])
    const result = await run(`SELECT * FROM "${database}"."t"`)
    expect(await read(result)).toBe('"name","total"\n"a","3"\n')
    const scanned = result.Statistics?.DataScannedInBytes
    expect(scanned).toBeGreaterThan(0)
    expect(scanned).toBeLessThanOrEqual(Contents?.[0]?.Size ?? 0)
    // AWS counts the columns of a Parquet file that it reads.
    if (isLocal) expect(scanned).toBe(Contents?.[0]?.Size)
  })

  it('refuses a place that holds something', async () => {
    await run(create('u', 'SELECT 1 AS x'))
    const again = create('u', 'SELECT 1 AS x').replace('"u"', '"v"')
    expect((await run(again)).Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: expect.stringContaining('HIVE_PATH_ALREADY_EXISTS'),
    })
  })

  it('refuses a CTAS with a place of its own where the workgroup enforces one', async () => {
    const enforcing = uniqueName()
    await makeWorkgroup(enforcing, true)
    await expect(start(create('w', 'SELECT 1 AS x'), { WorkGroup: enforcing })).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining('an Athena Workgroup that enforces a centralized output location'),
    })
  })

  it('puts values in the places of question marks, and not within quotes', async () => {
    const sql = `SELECT '?' AS mark FROM (VALUES (1, 'a'), (2, 'b')) AS v(x, y) WHERE x >= ? AND y = ?`
    expect(await read(await run(sql, '1', "'b'"))).toBe('"mark"\n"?"\n')
    await expect(start(sql, { ExecutionParameters: ['1'] })).rejects.toThrow('expected 2 but found 1')
  })

  it('tells NULL and an empty text apart in its result', async () => {
    expect(await read(await run(`SELECT NULL AS a, '' AS b, 'x"y' AS c`))).toBe('"a","b","c"\n,"","x""y"\n')
  })

  it('gives the same execution for the same token, and refuses another query with it', async () => {
    const ClientRequestToken = randomUUID()
    const first = await start('SELECT 1', { ClientRequestToken })
    expect(await start('SELECT 1', { ClientRequestToken })).toBe(first)
    await expect(start('SELECT 2', { ClientRequestToken })).rejects.toThrow('Idempotent')
  })

  // What is expected instead, and where a query goes wrong, is told by Trino alone.
  it.each([
    ['SELEC 1', /^line 1:1: mismatched input 'SELEC'/],
    ['-- nothing', /^line 1:\d+: mismatched input '<EOF>'/],
    [
      '-- all\nSELECT a\n  FROM t WHERE WHERE x',
      isLocal ? /syntax error.*WHERE/ : /^line 3:16: mismatched input 'WHERE'/,
    ],
  ])('does not start what is no SQL: %s', async (sql, message) => {
    await expect(start(sql)).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringMatching(message),
      AthenaErrorCode: 'MALFORMED_QUERY',
    })
  })

  it.each([
    ['empty', '', 'Member must have length greater than or equal to 1'],
    ['too long', ' '.repeat(262_145), 'Member must have length less than or equal to 262144'],
  ])('does not start a query that is %s', async (_, sql, message) => {
    await expect(start(sql)).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining(`at 'queryString' failed to satisfy constraint: ${message}`),
    })
  })

  it.each([
    [
      'SELECT *\nFROM nothing',
      `TABLE_NOT_FOUND: line 2:6: Table 'awsdatacatalog.${database}.nothing' does not exist`,
    ],
    [
      'SELECT y FROM (VALUES (1)) AS v(x)',
      "COLUMN_NOT_FOUND: line 1:8: Column 'y' cannot be resolved or requester is not authorized to access requested resources",
    ],
    ['SELECT nothing(1)', "FUNCTION_NOT_FOUND: line 1:8: Function 'nothing' not registered"],
  ])('fails for a name that is not there: %s', async (sql, StateChangeReason) => {
    expect((await run(sql)).Status).toMatchObject({ State: 'FAILED', StateChangeReason })
  })
})
