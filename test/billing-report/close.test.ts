import { afterAll, describe, expect, it } from 'vitest'
import type { Known } from '../../lib/ending.ts'
import { startOf } from '../../lib/service/calendar.ts'
import { type BillingAccount, openBillingAccount } from '../fakes/billing-account.ts'
import { logRow, runBilling, simpleRates } from '../fixtures/billing-run.ts'
import { startDuckDb } from '../fixtures/duckdb.ts'

const duck = startDuckDb()
afterAll(() => duck.stop())

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
      account.published = new Map([
        [json, open],
        [`${place}/statements/2026-09-draft-dora.csv`, 'text/csv\n'],
      ])
      account.calls = []
    }
    // The roll-ups of its days are there already.
    reopen()
    await runBilling(account, inputs)
    // Queries, and what they leave, are cut in the test of a draft.
    const writes = [...account.calls.entries()].filter(([, call]) =>
      /create|write|point|published.remove/.test(call),
    )
    // The first and the last of each kind; before a write is after the one before it.
    const kinds = [...Map.groupBy(writes, ([, call]) => call).values()]
    const cuts = new Set([
      ...kinds.flatMap((some) => [some[0]?.[0], some.at(-1)?.[0]]),
      account.calls.length - 1,
    ])
    expect(kinds.length).toBe(6)
    for (const cut of cuts) {
      reopen()
      account.before = () => {
        if (account.calls.length > (cut ?? 0)) throw new Error('cut')
      }
      await runBilling(account, inputs).catch(() => undefined)
      account.before = () => {}
      // It ends by itself.
      account.lock = undefined
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

  it('publishes no statement of a user whom a later bill of the month does not have, and leaves all else', async () => {
    const account = await openAccount()
    const others = ['statements/2026-08-dora.html', 'statements/note.html', 'statement-2026-09-dora.html']
    for (const name of others) account.published.set(`${place}/${name}`, 'text/html\nkept')
    const [rates, open] = [
      `${simpleRates}plans:\n  p: {users: [carol], fixed: "5"}\n`,
      { ...inputs, mode: 'monthly' },
    ]
    const statements = () =>
      [...account.published.keys()]
        .map((key) => key.slice(place.length + 1))
        .filter((name) => /^s/.test(name))
    await runBilling(account, open, { rates })
    expect(statements()).toContain('statements/2026-09-carol.csv')
    await runBilling(account, open)
    const users = ['alice', 'bob'].flatMap((user) => ['html', 'csv'].map((form) => `${user}.${form}`))
    expect(statements().sort()).toEqual(
      [...others, ...users.map((name) => `statements/2026-09-${name}`)].sort(),
    )
  })

  it('tells what is done and what is left where the files cannot be published, and plans a closed month', async () => {
    const account = await openAccount()
    account.before = (call) => {
      if (call === 'published.write') throw new Error('denied')
    }
    const known: Known[] = []
    const onFailure = (each: Known) => void known.push(each)
    await expect(runBilling(account, inputs, { onFailure })).rejects.toThrow('denied')
    // The month is closed now: this run only publishes it.
    await expect(runBilling(account, inputs, { onFailure })).rejects.toThrow('denied')
    const left = { title: 'Bill of 2026-09', notDone: ['the files are not in s3://bills/ddn'] }
    expect(known).toMatchObject([left, left])
    const planned = await runBilling(account, { ...inputs, 'dry-run': 'true' })
    expect(planned.outputs.result).toBe('planned')
  })

  it.each([
    ['before its days were read', 's3.list', 1, '333'],
    ['after', 'ledger.read', 0, '222'],
  ])('counts once a file that arrives while a month is closed, %s', async (_, at, calls, total) => {
    const account = await openAccount()
    let left = calls
    account.before = async (call) => {
      if (call !== at || left-- > 0) return
      account.before = () => {}
      await account.arrive('2026-10-02', [logRow('2026-09-30', { user: 'carol' })])
    }
    const closed = await runBilling(account, inputs)
    expect([closed.failure, closed.outputs.total]).toEqual([undefined, total])
    account.now = () => startOf('2026-11-04', 'Asia/Seoul')
    const next = await runBilling(account, { mode: 'close', month: '2026-10', 'api-id': 'a1b2c3' })
    const posted = total === '222' ? [{ month: '2026-09', user: 'carol', amount: '111' }] : []
    expect([next.failure, next.report.adjustments]).toMatchObject([undefined, posted])
  })

  it('leaves the files of another run as they are that has closed the month meanwhile', async () => {
    const account = await openAccount()
    let faster: ReturnType<typeof runBilling> | undefined
    account.before = async (call) => {
      if (call !== 'partitions.point' || !account.tables.has('usage_monthly') || faster) return
      // It has ended, while this run stood still.
      account.lock = undefined
      faster = runBilling(account, inputs, { rates: simpleRates.replace('"100"', '"1"') })
      expect((await faster).outputs.result).toBe('closed')
    }
    const slower = await runBilling(account, inputs)
    expect([slower.outputs.result, slower.files.size]).toEqual(['refused', 0])
    expect(slower.failure).toContain('another run has closed 2026-09 with another bill')
    account.before = () => {}
    const shown = await runBilling(account, inputs)
    expect([shown.failure, shown.files]).toEqual([undefined, (await faster)?.files])
  })

  it('is done once by two runs at once: the second waits, and shows what the first has closed', async () => {
    const account = await openAccount()
    const others = simpleRates.replace('"100"', '"1"')
    const runs = await Promise.all([
      runBilling(account, inputs, { runNumber: 2 }),
      runBilling(account, inputs, { runNumber: 3, rates: others }),
    ])
    const [first] = runs
    for (const { failure, outputs, files } of runs)
      expect([failure, outputs.total, files]).toEqual([undefined, first.outputs.total, first.files])
    const waited = runs.filter(({ lines }) =>
      lines.some((line) => /^wait until close by .*runs\/\d/.test(line)),
    )
    expect(waited.map(({ report }) => report.hasOtherRates)).toEqual([true])
    expect(account.calls.filter((call) => call === 'closed.writeOnce')).toHaveLength(1)
  })

  it.each([
    ['3', ['111', '0']],
    // The later one looked at the month before alone.
    ['1', ['0', '111']],
  ])(
    'posts a correction once where a later month was closed before, with %s months',
    async (months, totals) => {
      const account = await openBillingAccount(duck)
      const inputs = { mode: 'close', 'api-id': 'a1b2c3' }
      const late = { requesttime: String(startOf('2026-08-05', 'Asia/Seoul')) }
      await account.arrive('2026-08-05', [logRow('2026-08-05')])
      account.now = () => startOf('2026-11-04', 'Asia/Seoul')
      await runBilling(account, { ...inputs, month: '2026-08' })
      await account.arrive('2026-09-20', [logRow('2026-09-20', late)])
      const total = async (month: string) =>
        (await runBilling(account, { ...inputs, month, 'adjust-months': months })).outputs.total
      expect([await total('2026-10'), await total('2026-09')]).toEqual(totals)
    },
  )

  it.each([
    [
      'in another currency',
      'KRW',
      0,
      'USD',
      2,
      'expected the currency KRW of 2026-08 for the bill of 2026-09',
    ],
    ['with fewer decimals', 'USD', 2, 'USD', 0, 'expected the decimals 2 of 2026-08 for the bill of 2026-09'],
  ])(
    'posts no correction in a bill %s',
    async (_, currency, decimals, nextCurrency, nextDecimals, refusal) => {
      const account = await openBillingAccount(duck)
      const rates = (code: string, digits: number) =>
        simpleRates
          .replace('currency: KRW\ndecimals: 0', `currency: ${code}\ndecimals: ${digits}`)
          .replace('"100"', '"0.07"')
          .replace('price: "1"', 'price: "0"')
      const inputs = { mode: 'close', 'api-id': 'a1b2c3' }
      for (const day of ['2026-08-05', '2026-09-05'])
        await account.arrive(
          day,
          Array.from({ length: 100 }, () => logRow(day)),
        )
      account.now = () => startOf('2026-10-04', 'Asia/Seoul')
      await runBilling(account, { ...inputs, month: '2026-08' }, { rates: rates(currency, decimals) })
      const late = { requesttime: String(startOf('2026-08-05', 'Asia/Seoul')) }
      await account.arrive(
        '2026-09-20',
        Array.from({ length: 21 }, () => logRow('2026-09-20', late)),
      )
      const next = (more: object = {}) =>
        runBilling(
          account,
          { ...inputs, month: '2026-09', ...more },
          { rates: rates(nextCurrency, nextDecimals) },
        )
      await expect(next()).rejects.toThrow(refusal)
      expect(account.closed.has('2026-09/bill.json')).toBe(false)
      const without = await next({ 'adjust-months': '0', accept: 'late=21' })
      expect([without.failure, without.report.adjustments]).toEqual([undefined, []])
    },
  )

  describe('corrects no closed month from a log that lacks its files', () => {
    const inputs = { mode: 'close', 'api-id': 'a1b2c3' }
    const lateRow = () => logRow('2026-08-05', { user: 'bob' })
    /** Closes August, of two days. */
    async function closeAugust(): Promise<BillingAccount> {
      const account = await openBillingAccount(duck)
      for (const day of ['2026-08-05', '2026-08-06', '2026-09-05', '2026-10-05'])
        await account.arrive(day, [logRow(day)])
      account.now = () => startOf('2026-11-04', 'Asia/Seoul')
      await runBilling(account, { ...inputs, month: '2026-08' })
      return account
    }
    const refusal = (files: string, months = 0) =>
      `adjust-months: expected in the log all files that were read for 2026-08, since rows of it may have arrived after it was closed, got some missing (${files}); restore them, or set adjust-months to ${months}, which leaves 2026-08 out; the bills after it must leave it out, too`

    it.each([
      ['one day', ['05'], '1 file: 1 of 2026-08-05'],
      ['all days', ['05', '06'], '2 files: 1 of 2026-08-05, 1 of 2026-08-06'],
    ])('of %s', async (_, gone, files) => {
      const account = await closeAugust()
      for (const day of gone) await account.expire(`2026-08-${day}`)
      // One row more, and one less.
      await account.arrive('2026-09-20', [lateRow()])
      await expect(runBilling(account, { ...inputs, month: '2026-09' })).rejects.toThrow(refusal(files))
      expect(account.closed.has('2026-09/bill.json')).toBe(false)
      const without = { ...inputs, month: '2026-09', 'adjust-months': '0', accept: 'late=1' }
      const closed = await runBilling(account, without)
      expect([closed.failure, closed.outputs.total]).toEqual([undefined, '111'])
    })

    it('of a later month, closed or only rolled up, with rows of it', async () => {
      const account = await closeAugust()
      await account.arrive('2026-09-20', [lateRow()])
      await runBilling(account, { mode: 'daily', day: '2026-09-20' })
      const files = new Map(account.objects)
      await account.expire('2026-09-20')
      await expect(runBilling(account, { ...inputs, month: '2026-09' })).rejects.toThrow(
        refusal('1 file: 1 of 2026-09-20'),
      )
      for (const [key, file] of files) if (key.includes('month=09/day=20')) account.objects.set(key, file)
      await account.arrive('2026-09-20', [lateRow()])
      const closed = await runBilling(account, { ...inputs, month: '2026-09' })
      expect(closed.report.adjustments).toMatchObject([{ month: '2026-08', user: 'bob', amount: '111' }])
      await account.expire('2026-09-20')
      await account.arrive('2026-10-20', [lateRow()])
      await expect(runBilling(account, { ...inputs, month: '2026-10' })).rejects.toThrow(
        refusal('2 files: 2 of 2026-09-20', 1),
      )
    })

    it('of a month that was never billed, with rows of it that were posted', async () => {
      const account = await closeAugust()
      await account.arrive('2026-09-20', [lateRow()])
      const closed = await runBilling(account, { ...inputs, month: '2026-10' })
      expect(closed.report.adjustments).toMatchObject([{ month: '2026-08', user: 'bob', amount: '111' }])
      await account.expire('2026-09-20')
      account.now = () => startOf('2026-12-04', 'Asia/Seoul')
      await expect(runBilling(account, { ...inputs, month: '2026-11' })).rejects.toThrow(
        refusal('1 file: 1 of 2026-09-20', 2),
      )
    })

    it('of a month that was only rolled up, if its list of files is gone', async () => {
      const account = await closeAugust()
      await account.arrive('2026-09-20', [lateRow()])
      await runBilling(account, { mode: 'daily', day: '2026-09-20' })
      await account.expire('2026-09-20')
      for (const key of account.objects.keys())
        if (key.includes('day=2026-09-20/') && key.endsWith('_manifest.jsonl')) account.objects.delete(key)
      await expect(runBilling(account, { ...inputs, month: '2026-10' })).rejects.toThrow(
        'got no _manifest.jsonl that lists those of 2026-09-20; restore them, or delete',
      )
    })

    it('and needs none where no row of it has arrived since', async () => {
      const account = await closeAugust()
      for (const day of ['05', '06']) await account.expire(`2026-08-${day}`)
      const closed = await runBilling(account, { ...inputs, month: '2026-09' })
      expect([closed.failure, closed.outputs.total, closed.report.adjustments]).toEqual([
        undefined,
        '111',
        [],
      ])
    })
  })

  it('corrects a closed month by no row that it had, also where its late days reach beyond the next month', async () => {
    const account = await openBillingAccount(duck)
    const inputs = { mode: 'close', 'api-id': 'a1b2c3', 'late-days': '31' }
    await account.arrive('2026-01-05', [logRow('2026-01-05')])
    await account.arrive('2026-03-02', [logRow('2026-01-30', { user: 'bob' })])
    account.now = () => startOf('2026-05-02', 'Asia/Seoul')
    await runBilling(account, { ...inputs, month: '2026-01' })
    await account.arrive('2026-02-10', [logRow('2026-01-01', { user: 'carol' })])
    const next = await runBilling(account, { ...inputs, month: '2026-02' })
    expect(next.report.adjustments).toMatchObject([{ month: '2026-01', user: 'carol', amount: '111' }])
    const later = await runBilling(account, { ...inputs, month: '2026-03' })
    expect(later.report.adjustments).toEqual([])
  })

  it('corrects a closed month by rows that had less time to arrive when it was closed', async () => {
    const account = await openBillingAccount(duck)
    const inputs = { mode: 'close', 'api-id': 'a1b2c3' }
    account.now = () => startOf('2026-11-30', 'Asia/Seoul')
    for (const day of ['2026-08-05', '2026-09-05', '2026-10-05']) await account.arrive(day, [logRow(day)])
    await runBilling(account, { ...inputs, month: '2026-08' })
    await account.arrive('2026-09-04', [logRow('2026-08-30', { user: 'bob' })])
    const bill = async (month: string, lateDays: string) =>
      (await runBilling(account, { ...inputs, month, 'late-days': lateDays })).report.adjustments
    expect(await bill('2026-09', '10')).toMatchObject([{ month: '2026-08', user: 'bob', amount: '111' }])
    expect(await bill('2026-10', '20')).toEqual([])
  })

  it('corrects a closed month by rows that arrived in another whose bill did not reach so far', async () => {
    const account = await openBillingAccount(duck)
    const inputs = { mode: 'close', 'api-id': 'a1b2c3' }
    account.now = () => startOf('2026-11-04', 'Asia/Seoul')
    for (const day of ['2026-08-05', '2026-09-05', '2026-10-05']) await account.arrive(day, [logRow(day)])
    await runBilling(account, { ...inputs, month: '2026-08' })
    await account.arrive('2026-09-20', [logRow('2026-08-05', { user: 'bob' })])
    const short = { 'adjust-months': '0', accept: 'late=1' }
    const sep = await runBilling(account, { ...inputs, month: '2026-09', ...short })
    expect([sep.outputs.result, sep.report.adjustments]).toEqual(['closed', []])
    const oct = await runBilling(account, { ...inputs, month: '2026-10' })
    expect(oct.report.adjustments).toMatchObject([{ month: '2026-08', user: 'bob', amount: '111' }])
  })

  it('corrects a closed month by rows that arrived in another which was closed before it', async () => {
    const account = await openBillingAccount(duck)
    const inputs = { mode: 'close', 'api-id': 'a1b2c3' }
    account.now = () => startOf('2026-12-04', 'Asia/Seoul')
    for (const day of ['2026-08-05', '2026-09-05', '2026-10-05', '2026-11-05'])
      await account.arrive(day, [logRow(day)])
    await account.arrive('2026-10-20', [logRow('2026-08-05', { user: 'bob' })])
    const bill = async (month: string, accept = '') =>
      (await runBilling(account, { ...inputs, month, accept })).report.adjustments
    expect(await bill('2026-10', 'late=1')).toEqual([])
    expect([await bill('2026-08'), await bill('2026-09')]).toEqual([[], []])
    const correction = { month: '2026-08', user: 'bob', amount: '111' }
    expect(await bill('2026-11')).toMatchObject([correction])
  })

  it.each(['rates.yml', 'manifest.json'])(
    'corrects no closed month whose %s was changed or removed',
    async (name) => {
      const account = await openBillingAccount(duck)
      const inputs = { mode: 'close', 'api-id': 'a1b2c3' }
      account.now = () => startOf('2026-10-04', 'Asia/Seoul')
      await account.arrive('2026-08-05', [logRow('2026-08-05')])
      await runBilling(account, { ...inputs, month: '2026-08' })
      await account.arrive('2026-09-20', [logRow('2026-08-05')])
      const key = `2026-08/${name}`
      const kept = account.closed.get(key) ?? ''
      for (const change of [() => account.closed.set(key, `${kept}\n`), () => account.closed.delete(key)]) {
        change()
        await expect(runBilling(account, { ...inputs, month: '2026-09' })).rejects.toThrow(
          `closed/2026-08/${name}: is not the file that was closed; restore the earlier version of the object`,
        )
      }
      account.closed.set(key, kept)
      expect((await runBilling(account, { ...inputs, month: '2026-09' })).outputs.total).toBe('111')
    },
  )

  it('corrects a closed month by a file of a day after it that came when the month of that day was closed', async () => {
    const account = await openBillingAccount(duck)
    const inputs = { mode: 'close', 'api-id': 'a1b2c3', 'late-days': '0' }
    account.now = () => startOf('2026-11-04', 'Asia/Seoul')
    for (const day of ['2026-08-05', '2026-09-05']) await account.arrive(day, [logRow(day)])
    for (const month of ['2026-08', '2026-09']) await runBilling(account, { ...inputs, month })
    await account.arrive('2026-09-30', [logRow('2026-08-06'), logRow('2026-09-30')])
    const next = await runBilling(account, { ...inputs, month: '2026-10' })
    expect(next.report.adjustments).toMatchObject([
      { month: '2026-08', user: 'alice', amount: '111' },
      { month: '2026-09', user: 'alice', amount: '111' },
    ])
  })

  it('bills no row twice where the month beside was closed in another time zone, unless that is accepted', async () => {
    const account = await openBillingAccount(duck)
    const inputs = { mode: 'close', 'api-id': 'a1b2c3', 'partition-timezone': 'Asia/Seoul' }
    account.now = () => startOf('2026-11-04', 'Asia/Seoul')
    await account.arrive('2026-09-01', [
      logRow('2026-08-31', { requesttime: String(Date.parse('2026-08-31T20:00:00Z')) }),
    ])
    const aug = await runBilling(account, { ...inputs, month: '2026-08', timezone: 'UTC' })
    const sep = await runBilling(account, { ...inputs, month: '2026-09' })
    expect([aug.outputs.total, sep.outputs.result]).toEqual(['111', 'incomplete'])
    expect(sep.failure).toContain('set accept to borders=540')
    const accepted = await runBilling(account, { ...inputs, month: '2026-09', accept: 'borders=540' })
    expect([accepted.outputs.result, accepted.outputs.total]).toEqual(['closed', '111'])
  })

  it('bills a closed month again only where rows of it have arrived since', async () => {
    const account = await openBillingAccount(duck)
    account.now = () => startOf('2026-11-04', 'Asia/Seoul')
    for (const day of ['2026-08-05', '2026-09-05']) await account.arrive(day, [logRow(day)])
    const again = async (month: string) => {
      const { lines } = await runBilling(account, { mode: 'close', 'api-id': 'a1b2c3', month })
      return lines.filter((line) => line.includes(' again'))
    }
    expect([await again('2026-08'), await again('2026-09')]).toEqual([[], []])
    const late = { requesttime: String(startOf('2026-08-05', 'Asia/Seoul')) }
    await account.arrive('2026-10-20', [logRow('2026-10-20', late)])
    expect(await again('2026-10')).toEqual([
      'bill 2026-08 again: rows of it may have arrived since it was closed',
    ])
  })
})
