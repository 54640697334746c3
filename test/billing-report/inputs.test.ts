import { expect, it } from 'vitest'
import { readInputs } from '../../actions/billing-report/inputs.ts'

it('bills the last month in Seoul unless told otherwise', () => {
  expect(readInputs({})).toMatchObject({
    mode: 'monthly',
    month: undefined,
    timeZone: 'Asia/Seoul',
    database: 'ddn_billing_db',
    lateDays: 3,
    draft: false,
  })
})

it.each([
  [{ month: '2026-13' }, 'month: expected a month such as 2026-09, got "2026-13"'],
  [{ timezone: 'Asia/Soul' }, 'timezone: expected a name such as Asia/Seoul or UTC, got "Asia/Soul"'],
  [{ day: '2026-09-14' }, 'day: goes with mode daily only, got mode monthly'],
  [{ mode: 'daily', month: '2026-09' }, 'month: goes with mode monthly or close only, got mode daily'],
  [{ mode: 'daily', day: '2026-02-30' }, 'day: expected a day such as 2026-09-14, got "2026-02-30"'],
  [{ table: 'a"; DROP' }, 'table: expected lower-case letters, digits and underscores'],
  [{ workgroup: 'a/b' }, 'workgroup: expected up to 128 letters, digits, dots, underscores and dashes'],
  [{ 'artifact-name': '../bill' }, 'artifact-name: expected a name without any of'],
  ...[
    's3://',
    'bills',
    's3://bills/../x',
    's3://bills//x',
    's3://Bills',
    'https://bills.s3.amazonaws.com',
  ].map((place): [Record<string, string>, string] => [
    { 'publish-to': place },
    'publish-to: expected s3://BUCKET or s3://BUCKET/FOLDER',
  ]),
  [
    { 'compare-rates': 'r.yml' },
    'compare-rates: goes with a dry run of a month only, got mode monthly, dry-run false',
  ],
  [{ 'compare-rates': 'r.yml', 'dry-run': 'true', mode: 'daily' }, 'got mode daily, dry-run true'],
  [{ 'budget-total': '1e3' }, 'budget-total: expected an amount such as 250000 or 199.50, got "1e3"'],
  [{ 'artifact-retention-days': '0' }, 'artifact-retention-days: expected a whole number from 1 to 400'],
  [{ tabel: 't' }, 'tabel: unknown input; did you mean "table"'],
])('refuses %j', (given, message) => {
  expect(() => readInputs(given)).toThrow(message)
})

it('reads all of its inputs', () => {
  const shared = {
    ...{ timezone: 'UTC', database: 'd', table: 't_1', workgroup: 'w', rates: 'r.yml', 'late-days': '0' },
    ...{ 'output-directory': 'o', 'artifact-name': 'a', 'timeout-minutes': '1', prefix: 'p' },
    ...{ draft: 'true', 'dry-run': 'true', 'partition-timezone': 'Asia/Tokyo', columns: 'user=caller' },
    ...{ accept: 'rejected=1', 'adjust-months': '2', 'api-id': 'a1b2c3', 'api-stage': 'v1' },
    ...{ 'access-log-group': '/g', 'max-data-scanned': '2', locale: 'ko', 'csv-bom': 'true' },
    ...{ 'budget-total': '10.5', 'artifact-retention-days': '7', 'publish-to': 's3://bills/a.b/' },
  }
  const read = {
    ...{ timeZone: 'UTC', database: 'd', table: 't_1', workgroup: 'w', rates: 'r.yml', lateDays: 0 },
    ...{ outputDirectory: 'o', artifactName: 'a', timeoutSeconds: 60, draft: true, dryRun: true },
    ...{ prefix: 'p', partitionZone: 'Asia/Tokyo', columns: new Map([['user', 'caller']]) },
    ...{ accept: ['rejected=1'], adjustMonths: 2, api: { id: 'a1b2c3', stage: 'v1' }, logGroup: '/g' },
    ...{ locale: 'ko', csvBom: true, budgetTotal: '10.5', retentionDays: 7, mostScanned: 2 * 1024 ** 3 },
    ...{ publishTo: 's3://bills/a.b', compareRates: undefined },
  }
  expect(readInputs({ ...shared, mode: 'monthly', month: '2026-12' })).toEqual({
    ...read,
    mode: 'monthly',
    month: '2026-12',
    days: undefined,
  })
  const daily = { ...read, mode: 'daily', month: undefined }
  expect(readInputs({ ...shared, mode: 'daily', day: '2026-09-14' })).toEqual({
    ...daily,
    days: { first: '2026-09-14', last: '2026-09-14' },
  })
  expect(readInputs({ ...shared, mode: 'daily', backfill: '2026-08-30..2026-09-02' })).toEqual({
    ...daily,
    days: { first: '2026-08-30', last: '2026-09-02' },
  })
})

it('has the names of the billing stack and half an hour, unless told otherwise', () => {
  expect(readInputs({ mode: 'status' })).toEqual({
    mode: 'status',
    month: undefined,
    days: undefined,
    timeZone: 'Asia/Seoul',
    partitionZone: 'Asia/Seoul',
    prefix: 'ddn',
    database: 'ddn_billing_db',
    table: 'restapi_access_log_parquet',
    columns: new Map(),
    workgroup: 'ddn-billing',
    rates: 'rates.yml',
    lateDays: 3,
    draft: false,
    accept: [],
    adjustMonths: 3,
    api: undefined,
    logGroup: '/aws/vendedlogs/apigw/ddn-access-logs',
    mostScanned: undefined,
    outputDirectory: 'bill',
    locale: 'en',
    csvBom: false,
    retentionDays: undefined,
    budgetTotal: undefined,
    artifactName: undefined,
    timeoutSeconds: 1800,
    dryRun: false,
  })
})

it.each([
  [{ month: '2026-9' }, 'month: expected a month such as 2026-09'],
  [{ month: '2026-00' }, 'month: expected a month such as 2026-09'],
  [{ month: '2026-010' }, 'month: expected a month such as 2026-09'],
  [{ month: '12026-01' }, 'month: expected a month such as 2026-09'],
  [{ database: 'a'.repeat(129) }, 'database: expected lower-case letters'],
  [{ database: 'A' }, 'database: expected lower-case letters, digits, underscores and dashes, got "A"'],
  [{ table: 'a-b' }, 'table: expected lower-case letters, digits and underscores, got "a-b"'],
  [{ table: 'a-' }, 'table: expected lower-case letters'],
  [{ table: '-a' }, 'table: expected lower-case letters'],
  [{ 'late-days': '32' }, 'late-days: expected'],
  [{ 'late-days': '-1' }, 'late-days: expected'],
  [{ 'timeout-minutes': '0' }, 'timeout-minutes: expected'],
  [{ 'timeout-minutes': '601' }, 'timeout-minutes: expected'],
  [{ mode: 'status', day: '2026-09-14' }, 'day: goes with mode daily only, got mode status'],
  [{ mode: 'close', draft: 'true' }, 'draft: a draft cannot be closed'],
  [
    { mode: 'daily', backfill: '2026-09-02..2026-09-01' },
    'backfill: expected a first and a last day such as',
  ],
  [{ mode: 'daily', backfill: '2026-09-02' }, 'backfill: expected a first and a last day such as'],
  [
    { mode: 'daily', backfill: '2026-09-01..2026-09-02..2026-09-03' },
    'backfill: expected a first and a last',
  ],
  [
    { mode: 'monthly', backfill: '2026-09-01..2026-09-02' },
    'backfill: goes with mode daily only, got mode monthly',
  ],
  [
    { mode: 'daily', day: '2026-09-01', backfill: '2026-09-01..2026-09-02' },
    'backfill: goes without day, got both',
  ],
  [{ 'partition-timezone': 'Asia/Soul' }, 'partition-timezone: expected a name such as Asia/Seoul'],
  [{ columns: 'usr=caller' }, 'columns: expected one of requestid, '],
  [{ columns: 'user=status' }, 'columns: user: expected a column of its own, got "status", which is status'],
  [
    { columns: 'requesttime=day' },
    'columns: requesttime: expected a column of its own, got "day", which is day',
  ],
  [{ columns: 'user=a"b' }, 'columns: user: expected lower-case letters, digits and underscores, got "a"b"'],
  [{ 'api-id': 'A/B' }, 'api-id: expected the id of an HTTP API'],
  [{ 'max-data-scanned': '0' }, 'max-data-scanned: expected'],
  [{ month: '9999-12' }, 'month: expected a month such as 2026-09, got "9999-12"'],
  [{ mode: 'daily', backfill: '0001-01-01..2026-01-01' }, 'backfill: expected'],
  [{ mode: 'weekly' }, 'mode: expected one of monthly, close, daily, status'],
])('refuses also %j', (given, message) => {
  expect(() => readInputs(given)).toThrow(message)
})

it('derives the names of the database and the workgroup from the prefix, as the billing stack does', () => {
  expect(readInputs({ prefix: 'a-b' })).toMatchObject({
    database: 'a_b_billing_db',
    workgroup: 'a-b-billing',
  })
})
