import { describe, expect, it } from 'vitest'
import { run } from '../../actions/billing-report/run.ts'
import type { Query } from '../../lib/aws/athena.ts'
import { escapeMarkdown } from '../../lib/markdown.ts'
import { type FakeAthena, fakeAthena, scannedBytes } from '../fakes/athena.ts'
import { fakeClock } from '../fakes/clock.ts'
import { makeContext } from '../fixtures/context.ts'

const rates = `version: 1
currency: KRW
decimals: 0
tax: {name: VAT, percent: "10"}
rates:
  - valid-from: 2026-01-01
    meters:
      - {id: inference, match: {routes: ["POST /inference"], status: [2xx]}, unit: request, tiers: [{price: "10"}]}
`
const header =
  'user,rates_version,routekey,status,row_class,requests,duplicates,responselength,dataprocessed,responselatency,integrationlatency'
const usage = `${header}
,0,,-,malformed,2,0,0,0,0,0
,0,POST /inference,200,unattributed,3,0,0,0,0,0
"al,ice",0,POST /inference,200,attributed,100,5,900,0,0,0
bob,0,POST /inference,500,attributed,7,0,0,0,0,0
bob,0,GET /ping,200,attributed,11,0,0,0,0,0
`
// 2 + 3 + 100 + 5 copies + 7 + 11
const rows = 128

const columns = ['requestid', 'requesttime', 'routekey', 'status', 'user', 'year', 'month', 'day']
const logs = 's3://logs/access-log'
const workgroup = {
  name: 'ddn-billing',
  enabled: true,
  enforced: false,
  outputLocation: 's3://logs/results/',
}

const makeAccount = (
  answers: { usage?: string; rows?: string; failure?: (query: Query) => string | undefined } = {},
): FakeAthena => ({
  workgroups: new Map([['ddn-billing', workgroup]]),
  executions: [],
  objects: new Map(),
  answer: (query) => {
    const failure = answers.failure?.(query)
    if (failure) return { failure }
    if (query.sql.startsWith('CREATE TABLE')) return 'rows\n1\n'
    return query.sql.startsWith('SELECT COUNT')
      ? (answers.rows ?? `total\n${rows}\n`)
      : (answers.usage ?? usage)
  },
})

type Options = {
  inputs?: Record<string, string>
  now?: string
  looks?: number
  table?: { location: string; columns: string[] } | undefined
  signal?: AbortSignal
  noUpload?: boolean
}

/** Runs the action on a day on which September 2026 can be billed, unless told otherwise. */
async function act(account: FakeAthena, options: Options = {}) {
  const { inputs = {}, now = '2026-10-10T00:00:00Z', looks = 2 } = options
  const files = new Map<string, string>()
  const uploads: unknown[] = []
  const removed: string[] = []
  const lines: string[] = []
  const table = 'table' in options ? options.table : { location: logs, columns }
  const seen = { files, uploads, removed, lines }
  const outcome = run({
    ...makeContext(),
    inputs,
    log: { info: (line) => lines.push(line), warning: () => {}, mask: () => {} },
    ...(options.signal && { signal: options.signal }),
    clock: fakeClock(Date.parse(now)),
    readFile: (path) => (path === 'rates.yml' ? rates : ''),
    writeFiles: (folder, written) => {
      for (const [name, content] of written) files.set(`${folder}/${name}`, content)
      return [...files.keys()]
    },
    makeId: () => '0123456789abcdef0123456789abcdef',
    connect: () => ({
      ...fakeAthena(account, { looks }),
      tables: {
        describe: async () => table,
        remove: async (database, name) => {
          removed.push(`${database}.${name}`)
        },
      },
    }),
    upload: options.noUpload ? undefined : async (...upload) => void uploads.push(upload),
  })
  return { seen, outcome }
}

async function bill(account: FakeAthena, options: Options = {}) {
  const { seen, outcome } = await act(account, options)
  const ended = await outcome
  return { ...ended, summary: ended.summary.markdown, ...seen }
}

const usageTable = 'ddn_billing_db.usage_2026_09_0123456789ab'

describe('the bill of a month', () => {
  it('bills the last month that is over, and publishes it as files and as an artifact', async () => {
    const account = makeAccount()
    const ended = await bill(account)
    const names = ['csv', 'json', 'md', 'html'].map((form) => `bill/bill-2026-09.${form}`)
    expect(ended.outputs).toEqual({
      result: 'billed',
      requests: '100',
      total: '1100',
      'data-scanned-bytes': String(3 * scannedBytes),
    })
    expect([...ended.files.keys()]).toEqual(names)
    expect(ended.uploads).toEqual([['bill-2026-09', names, 'bill']])
    expect(ended.failure).toBeUndefined()
    expect(ended.report).toMatchObject({ result: 'billed', draft: false, files: names })
    expect(ended.summary).toContain('"al,ice"'.replaceAll('"', ''))
    expect(ended.summary).not.toContain('Draft')
    expect(ended.lines).toEqual([
      'roll up 2026-09 (Asia/Seoul) into s3://logs/usage/month=2026-09/run=0123456789abcdef0123456789abcdef/',
      `roll up: query execution query-0, ${scannedBytes} bytes scanned`,
      `read: query execution query-1, ${scannedBytes} bytes scanned`,
      `count: query execution query-2, ${scannedBytes} bytes scanned`,
      ...names.map((name) => `wrote ${name}`),
    ])
  })

  it('asks with a token a query, and takes its table away', async () => {
    const account = makeAccount()
    const { removed } = await bill(account, { inputs: { workgroup: 'ddn-billing' } })
    const tokens = account.executions.map(({ query }) => query.token)
    expect(tokens).toEqual([1, 2, 3].map((each) => `0123456789abcdef0123456789abcdef-${each}`))
    expect(removed).toEqual([usageTable])
    expect(account.executions.every(({ query }) => query.database === 'ddn_billing_db')).toBe(true)
  })

  it('bills the month, the folder and the artifact that it is told', async () => {
    const inputs = { month: '2026-08', 'output-directory': 'out', 'artifact-name': 'a' }
    const { files, uploads } = await bill(makeAccount(), { inputs })
    expect([...files.keys()][0]).toBe('out/bill-2026-08.csv')
    expect(uploads).toMatchObject([['a', { length: 4 }, 'out']])
  })

  it('writes the files also where the runner takes no artifact', async () => {
    const { files, outputs } = await bill(makeAccount(), { noUpload: true })
    expect([outputs.result, files.size]).toEqual(['billed', 4])
  })

  it('plans in a dry run, and runs no query', async () => {
    const account = makeAccount()
    const { outputs, report, summary } = await bill(account, { inputs: { 'dry-run': 'true' } })
    expect(outputs).toEqual({ result: 'planned' })
    expect(report).toMatchObject({ result: 'planned', period: '2026-09', statements: { length: 3 } })
    expect(summary).toContain('3 statements')
    expect(account.executions).toEqual([])
  })

  it('bills a month without rows as nothing', async () => {
    const account = makeAccount({ usage: `${header}\n`, rows: 'total\n0\n' })
    const { outputs, files } = await bill(account)
    expect(outputs).toMatchObject({ result: 'billed', requests: '0', total: '0' })
    expect(files.size).toBe(4)
  })
})

describe('the guards of the bill', () => {
  // Seoul is nine hours ahead: the fourth of October begins there at 15:00.
  it.each([
    ['2026-10-03T14:59:59Z', {}, '2026-10-04'],
    ['2026-10-08T14:59:59Z', { 'late-days': '8' }, '2026-10-09'],
    ['2026-10-03T14:59:59Z', { month: '2026-10' }, '2026-11-04'],
  ])('refuses to bill at %s with %j, before late rows have arrived', async (now, inputs, first) => {
    const account = makeAccount()
    await expect(bill(account, { now, inputs })).rejects.toThrow(
      `can be billed from ${first} on, when late rows have arrived; set draft to true for a draft now`,
    )
    expect(account.executions).toEqual([])
  })

  it.each([
    ['2026-10-03T15:00:00Z', {}],
    ['2026-10-08T15:00:00Z', { 'late-days': '8' }],
    ['2026-09-30T15:00:00Z', { 'late-days': '0' }],
  ])('bills for good from %s on, with %j', async (now, inputs) => {
    const { report } = await bill(makeAccount(), { now, inputs: { draft: 'true', ...inputs } })
    expect(report).toMatchObject({ result: 'billed', draft: false })
  })

  it('marks a draft as one', async () => {
    const { report, summary } = await bill(makeAccount(), {
      now: '2026-10-01T00:00:00Z',
      inputs: { draft: 'true' },
    })
    expect(report).toMatchObject({ result: 'billed', draft: true })
    expect(summary.split('\n')[0]).toBe('> Draft: rows of this month may still arrive.')
  })

  it.each([rows - 1, rows + 1, 0])('publishes nothing where the log has %i rows', async (total) => {
    const ended = await bill(makeAccount({ rows: `total\n${total}\n` }))
    const why = `the log has ${total} rows in 2026-09, and the classes add up to ${rows}`
    expect(ended.outputs).toEqual({ result: 'unbalanced', 'data-scanned-bytes': String(3 * scannedBytes) })
    expect(ended.failure).toBe(
      `unbalanced: ${why}; nothing is published, run it again, and look for rows that arrive now; still costs: 28.6 MiB scanned by Athena`,
    )
    expect(ended.summary).toContain(
      `## Bill of 2026-09: unbalanced\n\nunbalanced: ${why}; nothing is published`,
    )
    expect(ended.report).toMatchObject({ result: 'unbalanced', why })
    expect([ended.files.size, ended.uploads]).toEqual([0, []])
    expect(ended.removed).toEqual([usageTable])
  })

  it.each([
    [`${header}\nbob,0,GET /x,200,other,1,0,0,0,0,0\n`, 'roll-up: expected a class of rows, got "other"'],
    [
      `${header}\nbob,0,GET /x,200,attributed,1.5,0,0,0,0,0\n`,
      'roll-up: requests: expected a whole number, got "1.5"',
    ],
    [
      `${header}\nbob,,GET /x,200,attributed,1,0,0,0,0,0\n`,
      'roll-up: rates_version: expected a whole number, got ""',
    ],
  ])('takes no result that is not as its SQL gives it: %j', async (odd, message) => {
    await expect(bill(makeAccount({ usage: odd }))).rejects.toThrow(message)
  })
})

describe('a query that does not come to its end', () => {
  it.each(['CREATE TABLE', 'SELECT COALESCE', 'SELECT COUNT'])(
    'fails with the reason of Athena where %s fails, and takes the table away',
    async (sql) => {
      const account = makeAccount({
        failure: (query) => (query.sql.startsWith(sql) ? 'HIVE_BAD_DATA' : undefined),
      })
      const { seen, outcome } = await act(account)
      await expect(outcome).rejects.toThrow(/^query execution query-\d: failed: HIVE_BAD_DATA$/)
      expect(seen.removed).toEqual([usageTable])
      expect([seen.files.size, seen.uploads]).toEqual([0, []])
    },
  )

  it('is stopped at the time-out', async () => {
    const account = makeAccount()
    const { seen, outcome } = await act(account, { looks: 900, inputs: { 'timeout-minutes': '1' } })
    await expect(outcome).rejects.toThrow('query execution query-0: not settled after 60 s')
    expect(account.executions.map(({ state }) => state)).toEqual(['CANCELLED'])
    expect(seen.removed).toEqual([usageTable])
  })

  it('leaves all queries together the time of one', async () => {
    const account = makeAccount()
    const { outcome } = await act(account, { looks: 5, inputs: { 'timeout-minutes': '1' } })
    await expect(outcome).rejects.toThrow(/^query execution query-[12]: not settled after \d+(\.\d+)? s$/)
  })

  it('is stopped at a cancel', async () => {
    const account = makeAccount()
    const { outcome } = await act(account, { signal: AbortSignal.abort(new Error('cancelled')) })
    await expect(outcome).rejects.toThrow('cancelled')
    expect(account.executions.map(({ state }) => state)).toEqual(['CANCELLED'])
  })
})

describe('what a roll-up needs', () => {
  it.each([
    [
      undefined,
      'table: no table "ddn_billing_db.restapi_access_log_parquet"; deploy the billing stack first',
    ],
    [
      { location: logs, columns: columns.filter((each) => !/^(user|day)$/.test(each)) },
      'table: "ddn_billing_db.restapi_access_log_parquet" has no column user, day; it has requestid, requesttime, routekey, status, year, month',
    ],
  ])('is a table as the stack makes it, not %j', async (table, message) => {
    await expect(bill(makeAccount(), { table })).rejects.toThrow(message)
  })

  it('is a workgroup that is there and lets the roll-up choose its place', async () => {
    const account = makeAccount()
    account.workgroups.set('own', { ...workgroup, enforced: true })
    await expect(bill(account, { inputs: { workgroup: 'no' } })).rejects.toThrow(
      'workgroup: no workgroup "no"; deploy the billing stack first',
    )
    await expect(bill(account, { inputs: { workgroup: 'own' } })).rejects.toThrow(
      'workgroup: "own" enforces its settings, and a roll-up needs a place of its own',
    )
  })
})

describe('the roll-up of a day', () => {
  it('rolls up yesterday, by route and status', async () => {
    const ended = await bill(makeAccount(), { inputs: { mode: 'daily' }, now: '2026-10-10T16:00:00Z' })
    expect(ended.outputs).toEqual({
      result: 'rolled-up',
      requests: String(rows),
      'data-scanned-bytes': String(3 * scannedBytes),
    })
    expect(ended.report).toEqual({
      result: 'rolled-up',
      day: '2026-10-10',
      location: 's3://logs/rollup/day=2026-10-10/run=0123456789abcdef0123456789abcdef/',
      rows: String(rows),
      routes: [
        { routeKey: '', status: '-', requests: '2' },
        { routeKey: 'GET /ping', status: '200', requests: '11' },
        { routeKey: 'POST /inference', status: '200', requests: '103' },
        { routeKey: 'POST /inference', status: '500', requests: '7' },
      ],
    })
    expect(ended.summary.split('\n')[0]).toBe('## Roll-up of 2026-10-10 (Asia/Seoul)')
    expect(ended.removed).toEqual(['ddn_billing_db.rollup_2026_10_10_0123456789ab'])
    expect(ended.files.size).toBe(0)
  })

  it('rolls up the day that it is told, and plans it in a dry run', async () => {
    const account = makeAccount()
    const inputs = { mode: 'daily', day: '2026-09-14', 'dry-run': 'true' }
    expect((await bill(account, { inputs })).report).toMatchObject({ period: '2026-09-14' })
    expect(account.executions).toEqual([])
  })
})

describe('the status of the pipeline', () => {
  it('counts what arrived in the last seven days', async () => {
    const account = makeAccount()
    account.objects.set('s3://logs/access-log/year=2026/month=10/day=10/a.parquet', 'x'.repeat(2000))
    account.objects.set('s3://logs/access-log/year=2026/month=10/day=10/b.parquet', 'x')
    account.objects.set('s3://logs/access-log/year=2026/month=10/day=04/c.parquet', 'xy')
    account.objects.set('s3://logs/access-log/year=2026/month=10/day=03/d.parquet', 'xyz')
    const { report, summary, outputs } = await bill(account, { inputs: { mode: 'status' } })
    expect(outputs).toEqual({ result: 'status' })
    const days = ['04', '05', '06', '07', '08', '09', '10'].map((day) => ({
      day: `2026-10-${day}`,
      objects: day === '10' ? 2 : day === '04' ? 1 : 0,
      bytes: day === '10' ? 2001 : day === '04' ? 2 : 0,
    }))
    expect(report).toEqual({
      result: 'status',
      table: { location: logs, columns },
      workgroup,
      arrivals: days,
    })
    expect(summary).toContain(`enabled, results in ${escapeMarkdown('s3://logs/results/')}`)
    expect(summary).toContain(escapeMarkdown(logs))
  })

  it('says what is missing, disabled or without a place', async () => {
    const account = makeAccount()
    account.workgroups.clear()
    const missing = await bill(account, { inputs: { mode: 'status' }, table: undefined })
    expect(missing.report).toEqual({ result: 'status', table: null, workgroup: null, arrivals: [] })
    expect(missing.summary.match(/missing/g)).toHaveLength(2)
    account.workgroups.set('ddn-billing', { ...workgroup, enabled: false, outputLocation: undefined })
    const disabled = await bill(account, { inputs: { mode: 'status' } })
    expect(disabled.summary).toContain('disabled, results in no place')
  })
})
