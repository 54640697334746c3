import { afterAll, describe, expect, it, vi } from 'vitest'
import { addDays, addMonths, dayAt, listDays, monthPeriod, startOf } from '../../lib/service/calendar.ts'
import { makeRandom } from '../../scripts/access-log/rows.ts'
import { type BillingAccount, type LogRow, openBillingAccount, put } from '../fakes/billing-account.ts'
import { type Arrival, billByHand, changingRates, type Setting } from '../fixtures/billing-model.ts'
import { logRow, runBilling } from '../fixtures/billing-run.ts'
import { otherEngine, startSqlEngines } from '../fixtures/duckdb.ts'

// Another engine compiles each query anew.
vi.setConfig({ testTimeout: otherEngine ? 1_800_000 : 120_000 })
const duck = startSqlEngines()
afterAll(() => duck.stop())

type Case = Setting & { seed: number; month: string; next: string; late: readonly [string, string] }

/** Where clocks change, the days begin and end in the midst of those of arrival: its rows are in time a day longer. */
const zones = [
  { timeZone: 'Asia/Seoul', partitionZone: 'Asia/Seoul', lateDay: '04' },
  { timeZone: 'America/New_York', partitionZone: 'UTC', lateDay: '05' },
] as const

/** A month, and the days of arrival before which its rows, and those of the next, are in time. */
function makeCase(seed: number): Case {
  const { timeZone, partitionZone, lateDay } = zones[seed % 2 === 1 ? 0 : 1]
  const month = addMonths('2026-09', (seed - 1) % 9)
  const next = addMonths(month, 1)
  const late = [`${next}-${lateDay}`, `${addMonths(next, 1)}-${lateDay}`] as const
  return { seed, timeZone, partitionZone, change: `${month}-16`, month, next, late }
}

/** Two, unless more are asked for: `npm run check:sql` does. */
const cases = Array.from({ length: Number(process.env.RANDOM_MONTHS ?? 2) }, (_, at) => makeCase(at + 1))

/** Makes rows of all kinds that arrive from a day on, some of them late, twice, damaged, or on a border. */
function makeArrivals(
  random: () => number,
  [first, next]: readonly [string, string],
  { timeZone, partitionZone }: Setting,
): Arrival[] {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  const mostly = <T>(usual: T, others: readonly T[]): T => (random() < 0.85 ? usual : pick(others))
  return listDays(first, next).flatMap((arrival) => {
    const rows = Array.from({ length: 1 + Math.floor(random() * 3) }, (): Arrival[] => {
      const event = addDays(arrival, -pick([0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 9, 20, 33]))
      const [start, end] = [startOf(event, timeZone), startOf(addDays(event, 1), timeZone)]
      const time = pick([start, end - 1, start + Math.floor(random() * (end - start))])
      const change: LogRow = {
        requestid: mostly(`r${random()}`, ['-', '', null, 'same']),
        requesttime: mostly(String(time), ['-', null, 'soon', '1.5e12', String(Math.floor(time / 1000))]),
        user: mostly('alice', ['bob', 'carol', "o'neil", '-', '', null]),
        status: mostly('200', ['202', '404', '500', '-', 'ok']),
        routekey: mostly('POST /inference', ['GET /ping', null]),
        responselength: mostly('1000', ['1', '999999', '0', '-', '12x', '-5', null]),
      }
      // Nothing arrives before it happens.
      const [, day = arrival] = [arrival, dayAt(time, partitionZone)].sort()
      const row = { day, row: logRow(event, change) }
      const conflict = { day, row: { ...row.row, responselength: '7' } }
      const again = { ...row, day: pick([day, addDays(day, 1), addDays(day, 5)]) }
      return pick([[row], [row], [row], [row, row], [row, again], [row, conflict]])
    })
    return rows.flat()
  })
}

async function deliver(account: BillingAccount, arrivals: readonly Arrival[]): Promise<void> {
  for (const [day, some] of Map.groupBy(arrivals, ({ day }) => day))
    await account.arrive(
      day,
      some.map(({ row }) => row),
    )
}

/** Puts some records on each day of a month where Firehose puts what it cannot convert; returns their number. */
function reject(account: BillingAccount, month: string, random: () => number): number {
  const { firstDay, nextDay } = monthPeriod(month, 'UTC')
  const counts = listDays(addDays(firstDay, -1), addDays(nextDay, 1)).map((day) => {
    const count = Math.floor(random() * 3)
    const [year, number, date] = day.split('-')
    const key = `access-logs-errors/x/year=${year}/month=${number}/day=${date}/${day}`
    put(account, `s3://logs/${key}`, '{"rawData":"e30="}\n'.repeat(count))
    return count
  })
  return counts.slice(1, -1).reduce((sum, count) => sum + count, 0)
}

type Run = Awaited<ReturnType<typeof runBilling>>

/** Reads the totals of the users out of the CSV, without adjustments, and the adjustments by month and user. */
function readBill({ files }: Run, month: string) {
  const lines = (files.get(`bill-${month}.csv`) ?? '')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
  const adjustments = new Map<string, bigint>()
  const totals = new Map<string, bigint>()
  for (const [user = '', , , , kind, item, , , , , amount = ''] of lines) {
    const name = user.replace(/^'/, '')
    if (kind === 'adjustment') adjustments.set(`${item} ${name}`, BigInt(amount))
    if (kind === 'total') totals.set(name, BigInt(amount))
  }
  for (const [key, amount] of adjustments) {
    const name = key.slice('2026-09 '.length)
    totals.set(name, (totals.get(name) ?? 0n) - amount)
  }
  return { totals: withoutZeros(totals), adjustments }
}

const withoutZeros = (totals: ReadonlyMap<string, bigint>) =>
  new Map([...totals].filter(([, amount]) => amount !== 0n).sort())

/** Accepts whatever the bill says that it has to. */
async function acceptAll(
  account: BillingAccount,
  inputs: Record<string, string>,
  rates: string,
): Promise<Run> {
  const first = await runBilling(account, inputs, { rates })
  const accept = /set accept to (.*)$/.exec(first.failure ?? '')?.[1]
  return accept
    ? await runBilling(account, { ...inputs, accept: accept.split(';')[0] ?? '' }, { rates })
    : first
}

const spanOf = (month: string) => {
  const { firstDay, nextDay } = monthPeriod(month, 'UTC')
  return { first: firstDay, next: nextDay }
}

describe.each(cases)('random logs of $month in $timeZone', (setting) => {
  it('are billed as by hand, and adjustments give what an open month would have shown', async () => {
    const { seed, timeZone, partitionZone, change, month, next, late } = setting
    const account = await openBillingAccount(duck)
    const random = makeRandom(seed)
    const arrivals = makeArrivals(random, [spanOf(month).first, late[1]], setting)
    await deliver(account, arrivals)
    const rejected = reject(account, month, random)
    const inZones = { timezone: timeZone, 'partition-timezone': partitionZone }
    const rates = changingRates(change)
    const byHand = (span: { first: string; next: string }, until: string) =>
      billByHand(arrivals, { ...span, until }, setting)

    account.now = () => startOf(addDays(spanOf(month).next, 3), timeZone)
    // Late rows are counted in the roll-ups of the days after the month where they are there, else in the log.
    if (partitionZone !== timeZone) await runBilling(account, { ...inZones, mode: 'daily' }, { rates })
    const closed = await acceptAll(account, { ...inZones, mode: 'close', month }, rates)
    expect([closed.outputs.result, closed.failure]).toEqual(['closed', undefined])
    const isRead = ({ sql }: { sql: string }) => sql.includes('arrived_rows') && sql.includes(`"day" = '01'`)
    expect(account.queries.some(isRead)).toBe(partitionZone === timeZone)
    expect(closed.report.findings).toContainEqual(
      expect.objectContaining({ id: 'rejected', value: String(rejected) }),
    )
    const atClose = byHand(spanOf(month), late[0])
    expect(readBill(closed, month).totals).toEqual(withoutZeros(atClose))

    account.now = () => startOf(addDays(spanOf(next).next, 3), timeZone)
    const later = await acceptAll(account, { ...inZones, month: next }, rates)
    expect([later.outputs.result, later.failure]).toEqual(['billed', undefined])
    const bill = readBill(later, next)
    expect(later.files.get(`bill-${next}.html`)).toContain(`${next} and ${month}`)
    expect(bill.totals).toEqual(withoutZeros(byHand(spanOf(next), late[1])))
    const differences = new Map(
      [...byHand(spanOf(month), spanOf(next).next)].map(([user, total]) => [
        `${month} ${user}`,
        total - (atClose.get(user) ?? 0n),
      ]),
    )
    expect(withoutZeros(differences).size).toBeGreaterThan(0)
    expect(withoutZeros(bill.adjustments)).toEqual(withoutZeros(differences))

    // The closed month is shown as it was, whatever the rates are now.
    account.calls = []
    const others = rates.replace('"100"', '"1"')
    const shown = await runBilling(account, { ...inZones, month }, { rates: others })
    expect(shown.outputs).toMatchObject({ result: 'closed', total: closed.outputs.total })
    expect([...shown.files]).toEqual([...closed.files])
    expect(shown.report).toMatchObject({ hasOtherRates: true })
    expect(account.calls).not.toContain('athena.run')
  })
})
