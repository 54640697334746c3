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
  [{ mode: 'daily', month: '2026-09' }, 'month: goes with mode monthly only, got mode daily'],
  [{ mode: 'daily', day: '2026-02-30' }, 'day: expected a day such as 2026-09-14, got "2026-02-30"'],
  [{ table: 'a"; DROP' }, 'table: expected lower-case letters, digits and underscores'],
  [{ workgroup: 'a/b' }, 'workgroup: expected up to 128 letters, digits, dots, underscores and dashes'],
  [{ 'artifact-name': '../bill' }, 'artifact-name: expected a name without any of'],
  [{ tabel: 't' }, 'tabel: unknown input; did you mean "table"'],
])('refuses %j', (given, message) => {
  expect(() => readInputs(given)).toThrow(message)
})

it('reads all of its inputs', () => {
  const shared = {
    ...{ timezone: 'UTC', database: 'd', table: 't_1', workgroup: 'w', rates: 'r.yml', 'late-days': '0' },
    ...{ 'output-directory': 'o', 'artifact-name': 'a', 'timeout-minutes': '1' },
    ...{ draft: 'true', 'dry-run': 'true' },
  }
  const read = {
    ...{ timeZone: 'UTC', database: 'd', table: 't_1', workgroup: 'w', rates: 'r.yml', lateDays: 0 },
    ...{ outputDirectory: 'o', artifactName: 'a', timeoutSeconds: 60, draft: true, dryRun: true },
  }
  expect(readInputs({ ...shared, mode: 'monthly', month: '2026-12' })).toEqual({
    ...read,
    mode: 'monthly',
    month: '2026-12',
    day: undefined,
  })
  expect(readInputs({ ...shared, mode: 'daily', day: '2026-09-14' })).toEqual({
    ...read,
    mode: 'daily',
    month: undefined,
    day: '2026-09-14',
  })
})

it('has the names of the billing stack and half an hour, unless told otherwise', () => {
  expect(readInputs({ mode: 'status' })).toEqual({
    mode: 'status',
    month: undefined,
    day: undefined,
    timeZone: 'Asia/Seoul',
    database: 'ddn_billing_db',
    table: 'restapi_access_log_parquet',
    workgroup: 'ddn-billing',
    rates: 'rates.yml',
    lateDays: 3,
    draft: false,
    outputDirectory: 'bill',
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
  [{ mode: 'weekly' }, 'mode: expected one of monthly, daily, status'],
])('refuses also %j', (given, message) => {
  expect(() => readInputs(given)).toThrow(message)
})

it('derives the names of the database and the workgroup from the prefix, as the billing stack does', () => {
  expect(readInputs({ prefix: 'a-b' })).toMatchObject({
    database: 'a_b_billing_db',
    workgroup: 'a-b-billing',
  })
})
