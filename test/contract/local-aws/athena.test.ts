import {
  AthenaClient,
  CreateWorkGroupCommand,
  GetQueryExecutionCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, GetTableCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it } from 'vitest'
import { localAws } from '../../local-aws.ts'

const { config } = localAws()
const athena = new AthenaClient(config)
const glue = new GlueClient(config)
const s3 = new S3Client({ ...config, forcePathStyle: true })
const place = { WorkGroup: 'w', QueryExecutionContext: { Database: 'd' } }

async function start(QueryString: string, more: object = {}) {
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({ QueryString, ...place, ...more }),
  )
  return QueryExecutionId ?? ''
}

async function run(sql: string, ...ExecutionParameters: string[]) {
  const id = await start(sql, ExecutionParameters.length > 0 ? { ExecutionParameters } : {})
  const describe = async () =>
    (await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))).QueryExecution
  await expect.poll(async () => (await describe())?.Status?.State).toMatch(/SUCCEEDED|FAILED/)
  return { ...(await describe()), id }
}

async function read({ ResultConfiguration }: Awaited<ReturnType<typeof run>>): Promise<string> {
  const { pathname } = new URL(ResultConfiguration?.OutputLocation ?? '')
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'athena-data', Key: pathname.slice(1) }))
  return (await Body?.transformToString()) ?? ''
}

const create = (table: string, select: string) =>
  `CREATE TABLE "d"."${table}" WITH (format = 'PARQUET', external_location = 's3://athena-data/${table}/') AS ${select}`

beforeAll(async () => {
  await s3.send(
    new CreateBucketCommand({
      Bucket: 'athena-data',
      CreateBucketConfiguration: { LocationConstraint: 'ap-northeast-2' },
    }),
  )
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'd' } }))
  const ResultConfiguration = { OutputLocation: 's3://athena-data/results/' }
  await athena.send(new CreateWorkGroupCommand({ Name: 'w', Configuration: { ResultConfiguration } }))
})

describe('the local Athena', () => {
  it('writes Parquet and a table by CTAS, and reads it', async () => {
    const made = await run(create('t', "SELECT 'a' AS name, SUM(x) AS total FROM (VALUES (1), (2)) AS v(x)"))
    expect(made.Status?.State).toBe('SUCCEEDED')
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'athena-data', Prefix: 't/' }))
    expect(Contents).toHaveLength(1)
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: 'd', Name: 't' }))
    expect(Table?.StorageDescriptor?.Columns).toMatchObject([
      { Name: 'name', Type: 'string' },
      { Name: 'total', Type: 'bigint' },
    ])
    const result = await run('SELECT * FROM "d"."t"')
    expect(await read(result)).toBe('"name","total"\n"a","3"\n')
    expect(result.Statistics?.DataScannedInBytes).toBe(Contents?.[0]?.Size)
  })

  it('refuses a place that holds something', async () => {
    await run(create('u', 'SELECT 1 AS x'))
    const again = create('u', 'SELECT 1 AS x').replace('"u"', '"v"')
    expect((await run(again)).Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: expect.stringContaining('HIVE_PATH_ALREADY_EXISTS'),
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
    const ClientRequestToken = 'token-of-thirty-two-characters-0'
    const first = await start('SELECT 1', { ClientRequestToken })
    expect(await start('SELECT 1', { ClientRequestToken })).toBe(first)
    await expect(start('SELECT 2', { ClientRequestToken })).rejects.toThrow('Idempotent')
  })

  it.each([
    ['SELEC 1', /^line 1:1: mismatched input 'SELEC'. Expecting: 'ALTER', .*, <query>$/],
    ['', /^line 1:1: mismatched input '<EOF>'/],
    ['-- all\nSELECT a,\n  FROM WHERE x', /^line 3:8: mismatched input 'WHERE'$/],
    [`SELECT ${'a, '.repeat(80)} FROM t WHERE (`, /^line 1:262: mismatched input '\('$/],
  ])('does not start what is no SQL: %s', async (sql, message) => {
    await expect(start(sql)).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringMatching(message),
      AthenaErrorCode: 'MALFORMED_QUERY',
    })
  })

  it.each([
    ['SELECT *\nFROM nothing', "TABLE_NOT_FOUND: line 2:6: Table 'awsdatacatalog.d.nothing' does not exist"],
    [
      'SELECT y FROM (VALUES (1)) AS v(x)',
      "COLUMN_NOT_FOUND: line 1:8: Column 'y' cannot be resolved or requester is not authorized to access requested resources",
    ],
    ['SELECT nothing(1)', "FUNCTION_NOT_FOUND: line 1:8: Function 'nothing' not registered"],
  ])('fails for a name that is not there: %s', async (sql, StateChangeReason) => {
    expect((await run(sql)).Status).toMatchObject({ State: 'FAILED', StateChangeReason })
  })
})
