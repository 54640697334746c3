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
