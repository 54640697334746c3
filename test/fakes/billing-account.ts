import { createHash } from 'node:crypto'
import type { Connections } from '../../actions/billing-report/context.ts'
import { logColumns } from '../../actions/billing-report/input-table.ts'
import type { Athena, Query, Workgroup } from '../../lib/aws/athena.ts'
import type { DeliveryStream } from '../../lib/aws/firehose.ts'
import type { GlueTable } from '../../lib/aws/glue.ts'
import type { Partition } from '../../lib/aws/glue-partitions.ts'
import type { StoredObject } from '../../lib/aws/s3-objects.ts'
import type { Subscription } from '../../lib/aws/subscriptions.ts'
import type { Ledger } from '../../lib/aws/toolkit/ledger.ts'
import { TimeoutError } from '../../lib/errors.ts'
import type { Lock } from '../../lib/service/lock.ts'
import type { DuckDb } from '../fixtures/duckdb.ts'
import { fakeLedger } from './ledger.ts'

/** One row of the access log; a column that is missing is NULL. */
export type LogRow = Partial<Record<(typeof logColumns)[number], string | null>>

/** State of the fake: all that a test may look at or set. */
export type BillingAccount = {
  table: GlueTable | undefined
  workgroup: Workgroup | undefined
  stream: DeliveryStream | undefined
  filters: Subscription[] | undefined
  /** Requests by the hour's start, as API Gateway counted them. */
  requests: Map<number, number>
  /** Age of the oldest row that Firehose has not delivered, by the hour's start, in seconds. */
  freshness: Map<number, number>
  /** Location to text; files of the log have no text. */
  objects: Map<string, StoredObject & { text: string }>
  partitions: Map<string, Map<string, Partition>>
  tables: Map<string, number>
  closed: Map<string, string>
  lock: Lock | undefined
  /** Published files by location: content type and text. */
  published: Map<string, string>
  ledger: Ledger
  queries: Query[]
  /** Bytes that the query of a roll-up scans. */
  scannedBytes: number
  /** How long a query takes: where it may not, it ends in a time-out. */
  querySeconds: number
  /** By the tokens of the queries: a token that was used before starts none. */
  results: Map<string, Result>
  /** Calls by name, in their order. */
  calls: string[]
  /** Fails or delays a call; it is told the name, such as `athena.run`, and how many writes came before. */
  before: (call: string) => Promise<void> | void
  now: () => number
  /** Adds a file of the log that arrives on a day. */
  arrive(day: string, rows: readonly LogRow[]): Promise<void>
  /** Removes the files that arrived on a day, with their rows, as a lifecycle rule does. */
  expire(day: string): Promise<void>
  connect(): Connections
}

const bucket = 'logs'
const raw = '"ddn_billing_db"."restapi_access_log_parquet"'
const columns = [...logColumns, 'year', 'month', 'day']

const projection = Object.fromEntries(
  (
    [
      ['year', '2024,2040', '4'],
      ['month', '1,12', '2'],
      ['day', '1,31', '2'],
    ] as const
  ).flatMap(([key, range, digits]) => [
    [`projection.${key}.range`, range],
    [`projection.${key}.digits`, digits],
  ]),
)

/**
 * The account of a billing pipeline in memory, in which DuckDB runs the statements. The contract of its Athena, which the
 * local AWS holds too (test/contract/athena.test.ts):
 * - the result of a query is there when it has succeeded; a query that fails gives its reason;
 * - a token that was used before starts no second query;
 * - the files of a CREATE TABLE AS stay where they are when its table is removed, and its place has to be empty;
 * - a table without projection shows the files that its partitions point to.
 */
export async function openBillingAccount(duck: DuckDb): Promise<BillingAccount> {
  const fresh = [
    'DROP SCHEMA IF EXISTS "ddn_billing_db" CASCADE',
    'CREATE SCHEMA "ddn_billing_db"',
    `CREATE TABLE ${raw} AS SELECT ${columns.map((name) => `CAST(NULL AS VARCHAR) AS "${name}"`).join(', ')} WHERE 1 = 0`,
  ]
  await duck.run(...fresh)
  let files = 0
  const account: BillingAccount = {
    table: {
      location: `s3://${bucket}/access-logs/`,
      columns,
      parameters: { 'projection.enabled': 'true', ...projection },
    },
    workgroup: {
      name: 'ddn-billing',
      enabled: true,
      enforced: false,
      outputLocation: `s3://${bucket}/results/`,
    },
    stream: {
      arn: 'arn:aws:firehose:ap-northeast-2:1:deliverystream/ddn-access-logs',
      status: 'ACTIVE',
      bucket,
      prefix: 'access-logs/year=!{timestamp:yyyy}/',
      errorPrefix: 'access-logs-errors/!{firehose:error-output-type}/',
      timeZone: 'Asia/Seoul',
    },
    filters: [
      { pattern: '', destination: 'arn:aws:firehose:ap-northeast-2:1:deliverystream/ddn-access-logs' },
    ],
    requests: new Map(),
    freshness: new Map(),
    objects: new Map(),
    partitions: new Map(),
    tables: new Map(),
    closed: new Map(),
    lock: undefined,
    published: new Map(),
    ledger: fakeLedger(new Map()),
    queries: [],
    scannedBytes: 1000,
    querySeconds: 0,
    results: new Map(),
    calls: [],
    before: () => {},
    now: () => Date.parse('2026-10-10T00:00:00Z'),
    arrive: async (day, rows) => {
      const [year = '', month = '', date = ''] = day.split('-')
      files += 1
      put(
        account,
        `s3://${bucket}/access-logs/year=${year}/month=${month}/day=${date}/${files}.parquet`,
        'rows',
      )
      if (rows.length === 0) return
      const literal = (value: string | null | undefined) =>
        value === null || value === undefined ? 'NULL' : `'${value.replaceAll("'", "''")}'`
      const values = rows.map(
        (row) => `(${[...logColumns.map((name) => row[name]), year, month, date].map(literal).join(', ')})`,
      )
      await duck.run(`INSERT INTO ${raw} VALUES ${values.join(', ')}`)
    },
    expire: async (day) => {
      const [year = '', month = '', date = ''] = day.split('-')
      const folder = `s3://${bucket}/access-logs/year=${year}/month=${month}/day=${date}/`
      for (const key of account.objects.keys()) if (key.startsWith(folder)) account.objects.delete(key)
      const isOfDay = `"year" = '${year}' AND "month" = '${month}' AND "day" = '${date}'`
      await duck.run(`DELETE FROM ${raw} WHERE ${isOfDay}`)
    },
    connect: () => connect(account, duck),
  }
  return account
}

/** Puts an object into the bucket. */
export function put(account: BillingAccount, location: string, text: string, modified = account.now()): void {
  const etag = createHash('sha256').update(`${location} ${text}`).digest('hex')
  const key = location.slice(`s3://${bucket}/`.length)
  account.objects.set(location, { key, size: text.length, etag, modified, text })
}

function connect(account: BillingAccount, duck: DuckDb): Connections {
  const call = async <T>(name: string, work: () => Promise<T> | T): Promise<T> => {
    account.calls.push(name)
    await account.before(name)
    return await work()
  }
  return {
    athena: {
      describeWorkgroup: async (name) =>
        await call('athena.describeWorkgroup', () =>
          account.workgroup?.name === name ? account.workgroup : undefined,
        ),
      run: async (query, { signal, timeoutSeconds }) =>
        await call('athena.run', async () => {
          signal.throwIfAborted()
          if (account.querySeconds > timeoutSeconds)
            throw new TimeoutError('query execution q', timeoutSeconds)
          const earlier = account.results.get(query.token)
          const result = earlier ?? (await runQuery(account, duck, query))
          account.results.set(query.token, result)
          return result
        }),
    },
    tables: {
      describe: async () => await call('glue.describe', () => account.table),
      describeColumns: async () =>
        await call('glue.describeColumns', () => [{ name: 'user', type: 'string' }]),
      list: async () =>
        await call('glue.list', () => [...account.tables].map(([name, created]) => ({ name, created }))),
      create: async (_, { name }) =>
        await call('glue.create', () => {
          if (!account.tables.has(name)) account.tables.set(name, account.now())
        }),
      remove: async (database, name) =>
        await call('glue.remove', async () => {
          if (account.tables.delete(name)) await duck.run(`DROP VIEW IF EXISTS "${database}"."${name}"`)
        }),
    },
    partitions: {
      list: async (_, table) =>
        await call('partitions.list', () => [...(account.partitions.get(table)?.values() ?? [])]),
      point: async (_, table, to) =>
        await call('partitions.point', () => {
          const partitions = account.partitions.get(table) ?? new Map<string, Partition>()
          account.partitions.set(table, partitions.set(to.value, to))
        }),
    },
    objects: {
      async *read(location) {
        await call('s3.read', () => undefined)
        const found = account.objects.get(location)
        if (!found) throw Object.assign(new Error(`${location}: missing`), { name: 'NoSuchKey' })
        for (const piece of found.text.match(/[\s\S]{1,4000}/g) ?? []) yield Buffer.from(piece)
      },
      async *list(_, { prefix, after = '', before = '\uffff' }) {
        await call('s3.list', () => undefined)
        const all = [...account.objects.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
        for (const { text: _text, ...object } of all)
          if (object.key.startsWith(prefix) && object.key > after && object.key < before) yield object
      },
      write: async (location, text) => await call('s3.write', () => put(account, location, text)),
      remove: async (_, keys) =>
        await call('s3.remove', () => {
          for (const key of keys) account.objects.delete(`s3://${bucket}/${key}`)
        }),
    },
    metrics: {
      readHours: async ({ namespace }, start, end) =>
        await call('cloudwatch.readHours', () => {
          const values = namespace === 'AWS/Firehose' ? account.freshness : account.requests
          return new Map([...values].filter(([hour]) => hour >= start && hour < end))
        }),
    },
    streams: { describe: async () => await call('firehose.describe', () => account.stream) },
    subscriptions: { list: async () => await call('logs.list', () => account.filters) },
    closedBills: {
      read: async (month, file) => await call('closed.read', () => account.closed.get(`${month}/${file}`)),
      write: async (month, file, text) =>
        await call('closed.write', () => void account.closed.set(`${month}/${file}`, text)),
      writeOnce: async (month, file, text) =>
        await call('closed.writeOnce', () => {
          if (account.closed.has(`${month}/${file}`)) return false
          account.closed.set(`${month}/${file}`, text)
          return true
        }),
      place: (month) => `closed/${month}/`,
    },
    lock: {
      read: async () =>
        await call(
          'lock.read',
          () => account.lock && { lock: account.lock, tag: JSON.stringify(account.lock) },
        ),
      write: async (lock, tag) =>
        await call('lock.put', () => {
          if ((account.lock && JSON.stringify(account.lock)) !== tag) return undefined
          account.lock = lock
          return JSON.stringify(lock)
        }),
    },
    published: {
      read: async (location) =>
        await call('published.read', () => account.published.get(location)?.replace(/^.*\n/, '')),
      write: async (location, text, type) =>
        await call('published.write', () => void account.published.set(location, `${type}\n${text}`)),
      list: async (start) =>
        await call('published.list', () =>
          [...account.published.keys()].filter((location) => location.startsWith(start)),
        ),
      remove: async (location) =>
        await call('published.remove', () => void account.published.delete(location)),
    },
    ledger: { read: async (...query) => await call('ledger.read', () => account.ledger.read(...query)) },
    region: 'ap-northeast-2',
  }
}

type Result = Awaited<ReturnType<Athena['run']>>

async function runQuery(account: BillingAccount, duck: DuckDb, query: Query): Promise<Result> {
  account.queries.push(query)
  const id = `query-${account.queries.length}`
  const values = [...query.parameters]
  const sql = query.sql.replaceAll('?', () => values.shift() ?? '')
  const ctas =
    /^CREATE TABLE "(\w+)"\."(\w+)"\nWITH \(format = 'PARQUET', external_location = '([^']+)'\) AS\n/.exec(
      sql,
    )
  const views = [...account.partitions]
    .filter(([table]) => sql.includes(`"${table}"`))
    .map(([table, partitions]) => {
      const key = table === 'rollup_daily' ? 'day' : 'month'
      const parts = [...partitions.values()].map(
        ({ value, location }) => `SELECT *, '${value}' AS "${key}" FROM "${query.database}"."${location}"`,
      )
      return `CREATE OR REPLACE VIEW "${query.database}"."${table}" AS ${parts.join(' UNION ALL ')}`
    })
  const [text = '', database = '', table = '', location = ''] = ctas ?? []
  const fail = (error: unknown) => {
    throw new Error(`query execution ${id}: failed: ${error instanceof Error ? error.message : error}`)
  }
  if (!ctas) {
    const { rows, names } = await duck.run(...views, sql).catch(fail)
    const cell = (value: string | null | undefined) =>
      value === null || value === undefined ? '' : `"${value.replaceAll('"', '""')}"`
    const lines = [names.map(cell), ...rows.map((row) => names.map((name) => cell(row[name])))]
    put(account, `s3://${bucket}/results/${id}.csv`, `${lines.map((cells) => cells.join(',')).join('\n')}\n`)
    return { id, outputLocation: `s3://${bucket}/results/${id}.csv`, scannedBytes: 10 }
  }
  if ([...account.objects.keys()].some((key) => key.startsWith(location)))
    throw new Error(`HIVE_PATH_ALREADY_EXISTS: ${location}`)
  await duck
    .run(
      ...views,
      `CREATE TABLE "${database}"."${location}" AS ${sql.slice(text.length)}`,
      `CREATE VIEW "${database}"."${table}" AS SELECT * FROM "${database}"."${location}"`,
    )
    .catch(fail)
  account.tables.set(table, account.now())
  put(account, `${location}part-0.parquet`, 'rows')
  query.watch?.(id, account.scannedBytes)
  return { id, outputLocation: '', scannedBytes: account.scannedBytes }
}
