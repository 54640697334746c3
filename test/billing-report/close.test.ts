import { afterAll, describe, expect, it } from 'vitest'
import { addDays, listDays, startOf } from '../../lib/service/calendar.ts'
import { makeRandom } from '../../scripts/access-log/rows.ts'
import { type BillingAccount, type LogRow, openBillingAccount } from '../fakes/billing-account.ts'
import { type Arrival, billByHand, changingRates } from '../fixtures/billing-model.ts'
import { logRow, runBilling } from '../fixtures/billing-run.ts'
import { startDuckDb } from '../fixtures/duckdb.ts'

const duck = startDuckDb()
afterAll(() => duck.stop())

const rates = changingRates
const september = { first: '2026-09-01', next: '2026-10-01' }
const october = { first: '2026-10-01', next: '2026-11-01' }

/** Makes rows of all kinds that arrive from a day on, some of them late, twice, damaged, or on a border. */
function makeArrivals(random: () => number, first: string, next: string): Arrival[] {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  return listDays(first, next).flatMap((day) => {
    const rows = Array.from({ length: 1 + Math.floor(random() * 3) }, (): Arrival[] => {
      const late = pick([0, 0, 0, 0, 0, 1, 2, 3, 4, 9, 20, 33])
      const event = addDays(day, -late)
      const [start, end] = [startOf(event, 'Asia/Seoul'), startOf(addDays(event, 1), 'Asia/Seoul')]
      const time = pick([start, end - 1, start + Math.floor(random() * (end - start))])
      const change: LogRow = {
        requesttime: String(time),
        user: pick(['alice', 'alice', 'bob', 'carol', "o'neil", '-', '', null]),
        status: pick(['200', '200', '200', '202', '404', '500', '-', 'ok']),
        routekey: pick(['POST /inference', 'POST /inference', 'GET /ping', null]),
        responselength: pick(['1000', '1', '999999', '0', '-', '12x', '-5', null]),
      }
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
async function acceptAll(account: BillingAccount, inputs: Record<string, string>): Promise<Run> {
  const first = await runBilling(account, inputs, { rates })
  const accept = /set accept to (.*)$/.exec(first.failure ?? '')?.[1]
  return accept
    ? await runBilling(account, { ...inputs, accept: accept.split(';')[0] ?? '' }, { rates })
    : first
}

describe.each([1, 2])('random logs, seed %i', (seed) => {
  it('are billed as by hand, and adjustments give what an open month would have shown', async () => {
    const account = await openBillingAccount(duck)
    const arrivals = makeArrivals(makeRandom(seed), '2026-09-01', '2026-11-04')
    await deliver(account, arrivals)

    account.now = () => startOf('2026-10-04', 'Asia/Seoul')
    const closed = await acceptAll(account, { mode: 'close', month: '2026-09' })
    expect([closed.outputs.result, closed.failure]).toEqual(['closed', undefined])
    const atClose = billByHand(arrivals, { ...september, until: '2026-10-04' })
    expect(readBill(closed, '2026-09').totals).toEqual(withoutZeros(atClose))

    account.now = () => startOf('2026-11-04', 'Asia/Seoul')
    const next = await acceptAll(account, { month: '2026-10' })
    expect([next.outputs.result, next.failure]).toEqual(['billed', undefined])
    const bill = readBill(next, '2026-10')
    expect(bill.totals).toEqual(withoutZeros(billByHand(arrivals, { ...october, until: '2026-11-04' })))
    const open = billByHand(arrivals, { ...september, until: '2026-11-01' })
    const differences = new Map(
      [...open].map(([user, total]) => [`2026-09 ${user}`, total - (atClose.get(user) ?? 0n)]),
    )
    expect(withoutZeros(differences).size).toBeGreaterThan(0)
    expect(withoutZeros(bill.adjustments)).toEqual(withoutZeros(differences))

    expect(next.files.get('bill-2026-10.html')).toContain('2026-10 and 2026-09')

    // The closed month is shown as it was, whatever the rates are now.
    account.calls = []
    const shown = await runBilling(account, { month: '2026-09' }, { rates: rates.replace('"100"', '"1"') })
    expect(shown.outputs).toMatchObject({ result: 'closed', total: closed.outputs.total })
    expect([...shown.files]).toEqual([...closed.files])
    expect(shown.report).toMatchObject({ hasOtherRates: true })
    expect(account.calls).not.toContain('athena.run')
  }, 120_000)
})

describe('closing a month', () => {
  const place = 's3://bills/ddn'
  const json = `${place}/bill-2026-09.json`
  const inputs = { mode: 'close', month: '2026-09', 'api-id': 'a1b2c3', 'publish-to': place }
  const open = 'application/json\n{"state":"open"}'

  async function openAccount(): Promise<BillingAccount> {
    const account = await openBillingAccount(duck)
    account.now = () => startOf('2026-10-04', 'Asia/Seoul')
    await account.arrive('2026-09-01', [logRow('2026-09-01'), logRow('2026-09-01', { user: 'bob' })])
    account.requests.set(startOf('2026-09-01', 'Asia/Seoul') + 10 * 3_600_000, 2)
    account.published.set(json, open)
    return account
  }

  it('ends with the same bytes, and once, after an interruption before or after each kind of write', async () => {
    const account = await openAccount()
    const whole = await runBilling(account, inputs)
    expect([whole.outputs.result, whole.failure]).toEqual(['closed', undefined])
    const kept = { closed: new Map(account.closed), published: new Map(account.published) }
    const reopen = () => {
      account.closed.clear()
      account.published = new Map([[json, open]])
      account.calls = []
    }
    // The roll-ups of its days are there already.
    reopen()
    await runBilling(account, inputs)
    // Queries, and what they leave, are cut in the test of a draft.
    const writes = [...account.calls.entries()].filter(([, call]) => /create|write|point/.test(call))
    // The first and the last of each kind; before a write is after the one before it.
    const kinds = [...Map.groupBy(writes, ([, call]) => call).values()]
    const cuts = new Set([
      ...kinds.flatMap((some) => [some[0]?.[0], some.at(-1)?.[0]]),
      account.calls.length - 1,
    ])
    expect(kinds.length).toBe(5)
    for (const cut of cuts) {
      reopen()
      account.before = () => {
        if (account.calls.length > (cut ?? 0)) throw new Error('cut')
      }
      await runBilling(account, inputs).catch(() => undefined)
      account.before = () => {}
      const wasClosed = account.closed.has('2026-09/bill.json')
      const isPublished = account.published.get(json) !== open
      expect([cut, isPublished && account.published.size < kept.published.size]).toEqual([cut, false])
      account.calls = []
      const again = await runBilling(account, inputs)
      expect([cut, again.failure, again.files]).toEqual([cut, undefined, whole.files])
      expect({ closed: account.closed, published: account.published }).toEqual(kept)
      expect([cut, account.calls.includes('athena.run')]).toEqual([cut, !wasClosed])
    }
  }, 120_000)

  it('publishes all files with their types, within the budget, and over no other closed bill', async () => {
    const account = await openAccount()
    const closed = await runBilling(account, inputs)
    const forms = { csv: 'text/csv', html: 'text/html', json: 'application/json', md: 'text/markdown' }
    for (const [name, text] of closed.files) {
      const there = account.published.get(`${place}/${name}`) ?? ''
      expect(there.slice(there.indexOf('\n') + 1)).toBe(text)
      expect(there).toMatch(new RegExp(`^${forms[name.split('.').at(-1) as keyof typeof forms]}`))
    }
    expect(account.published.size).toBe(closed.files.size)
    expect(closed.report).toMatchObject({ published: place })

    account.published.clear()
    const above = await runBilling(account, { ...inputs, 'budget-total': '221' })
    expect(above.outputs).toMatchObject({ result: 'over-budget', total: '222' })
    expect([above.files, account.published.size]).toEqual([closed.files, 0])

    account.published.set(json, 'application/json\n{"state":"closed"}')
    await expect(runBilling(account, inputs)).rejects.toThrow(
      `publish-to: ${json}: expected no bill of 2026-09, an open one or this one, got another whose state is "closed"; it stays`,
    )
    account.closed.clear()
    account.calls = []
    await expect(runBilling(account, inputs)).rejects.toThrow('state is "closed"; it stays as it is')
    expect([account.published.size, account.calls.includes('athena.run')]).toEqual([1, false])
  })

  it('leaves the files of another run as they are that has closed the month meanwhile', async () => {
    const account = await openAccount()
    let faster: Promise<Run> | undefined
    account.before = async (call) => {
      if (call !== 'partitions.point' || !account.tables.has('usage_monthly') || faster) return
      faster = runBilling(account, inputs, { rates: rates.replace('"100"', '"1"') })
      expect((await faster).outputs.result).toBe('closed')
    }
    const slower = await runBilling(account, inputs)
    expect([slower.outputs.result, slower.files.size]).toEqual(['refused', 0])
    expect(slower.failure).toContain('another run has closed 2026-09 with another bill')
    account.before = () => {}
    const shown = await runBilling(account, inputs)
    expect([shown.failure, shown.files]).toEqual([undefined, (await faster)?.files])
  })
})
