import { expect, it } from 'vitest'
import { closeMonth, readClosedFiles } from '../../../actions/billing-report/apply/close.ts'
import { parseClosed } from '../../../actions/billing-report/bill/closed.ts'
import { whole } from '../../../actions/billing-report/rates/decimal.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'
import { billOf, usageRow } from '../../fixtures/bill.ts'
import { makeRates } from '../../fixtures/rates.ts'

const rates = makeRates({
  '2026-01-01': [
    '{id: calls, match: {routes: ["POST /inference"], status: [200]}, unit: request, tiers: [{price: "1"}]}',
  ],
})
const facts = { state: 'closed', adjustments: [] } as const
const period = monthPeriod('2026-03', 'UTC')
const { bill } = await billOf(period, [usageRow('ann', 7n)], rates, 7n, facts)
const rendered = new Map([
  ['bill-2026-03.csv', 'user,total\nann,7\n'],
  ['statements/2026-03-ann.csv', 'ann'],
  ['bill-2026-03.json', '{}'],
  ['statements/my-bill-ann.csv', 'ann, too'],
])
const kept = {
  rendered,
  totals: new Map([['ann', whole(7n)]]),
  rates: 'rates',
  manifest: 'files',
  corrected: ['2026-02'],
}
const inputs = { timeZone: 'UTC', partitionZone: 'Asia/Seoul', lateDays: 3, adjustMonths: 2 }

/** Keeps closed bills in memory; `before` comes before the record is written. */
function makeSession(files = new Map<string, string>(), before = () => {}, isLost = false) {
  const writes: string[] = []
  const closedBills = {
    place: (month: string) => `s3://b/closed/${month}/`,
    read: async (month: string, name: string) => files.get(`${month}/${name}`),
    write: async (month: string, name: string, text: string) => {
      writes.push(name)
      files.set(`${month}/${name}`, text)
    },
    writeOnce: async (month: string, name: string, text: string) => {
      before()
      writes.push(name)
      const isFirst = !files.has(`${month}/${name}`)
      if (isFirst) files.set(`${month}/${name}`, text)
      return isFirst && !isLost
    },
  }
  const log = { info: (line: string) => writes.push(line) }
  const hold = async () => void writes.push('hold')
  const session = { aws: { closedBills }, inputs, context: { log }, hold } as never
  return { session, files, writes, closedBills }
}

const record = '2026-03/bill.json'

it('keeps the files first, each while it holds the lock, and then what makes the month closed', async () => {
  const { session, files, writes, closedBills } = makeSession()
  expect(await closeMonth(bill, kept, session)).toBe(true)
  const names = [
    'bill-2026-03.csv',
    'bill-2026-03.json',
    'statements.json',
    'rates.yml',
    'manifest.json',
    'bill.json',
  ]
  expect(writes).toEqual([
    ...names.flatMap((name) => ['hold', name]),
    'closed 2026-03 in s3://b/closed/2026-03/',
  ])
  const closed = parseClosed(files.get(record) ?? '', record)
  expect(closed).toMatchObject({
    ...inputs,
    month: '2026-03',
    totals: { ann: '7' },
    zoneData: expect.stringMatching(/^\d{4}/),
  })
  expect(await readClosedFiles(closed, { closedBills })).toEqual(rendered)
})

it('takes the same bill for closed where it was, writes nothing, and takes no other', async () => {
  const { session, files, writes } = makeSession()
  await closeMonth(bill, kept, session)
  writes.length = 0
  expect(await closeMonth(bill, kept, session)).toBe(true)
  files.set(record, 'other')
  expect(await closeMonth(bill, kept, session)).toBe(false)
  expect(writes).toEqual([])
})

it.each([
  [true, 'whose answer was lost', undefined],
  [false, 'that came after that of another run', 'other'],
])('tells by what is there whether the month is closed: %s of a write %s', async (isClosed, _, other) => {
  const files = new Map<string, string>()
  const before = () => other && files.set(record, other)
  const { session } = makeSession(files, () => void before(), true)
  expect(await closeMonth(bill, kept, session)).toBe(isClosed)
})

it.each([
  ['bill-2026-03.csv', 'user,total\nann,8\n'],
  ['bill-2026-03.json', undefined],
  ['statements.json', '{}'],
])('publishes no file that is not the one that was closed: %s', async (name, text) => {
  const { session, files, closedBills } = makeSession()
  await closeMonth(bill, kept, session)
  const closed = parseClosed(files.get(record) ?? '', record)
  if (text === undefined) files.delete(`2026-03/${name}`)
  else files.set(`2026-03/${name}`, text)
  await expect(readClosedFiles(closed, { closedBills })).rejects.toThrow(
    `s3://b/closed/2026-03/${name}: is not the file that was closed; restore the earlier version of the object`,
  )
})
