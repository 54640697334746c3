import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startOf } from '../../lib/service/calendar.ts'
import { type BillingAccount, openBillingAccount, put } from '../fakes/billing-account.ts'
import { fillDays, logRow, runBilling, simpleRates } from '../fixtures/billing-run.ts'
import { startDuckDb } from '../fixtures/duckdb.ts'
import { ledgerEvent } from '../fixtures/ledger-event.ts'

// A month is some 35 statements.
vi.setConfig({ testTimeout: 60_000 })
const duck = startDuckDb()
afterAll(() => duck.stop())

let account: BillingAccount
beforeEach(async () => {
  account = await openBillingAccount(duck)
})

const rollUps = () => account.queries.filter(({ sql }) => sql.startsWith('CREATE TABLE'))
const draft = { month: '2026-09', draft: 'true' }
const at = (day: string, hours = 12) => startOf(day, 'Asia/Seoul') + hours * 3_600_000

describe('the bill of a month', () => {
  it('is made from roll-ups of its days, and has the same bytes when nothing is stale', async () => {
    await fillDays(account, '2026-09-01', '2026-09-30')
    const first = await runBilling(account)
    expect(first.failure).toBeUndefined()
    expect(first.outputs).toMatchObject({ result: 'billed', requests: '30', total: '3333' })
    expect(first.report.findings).toEqual([])
    expect(rollUps()).toHaveLength(31)
    expect([...account.tables.keys()]).toEqual(['rollup_daily', 'usage_monthly'])
    const second = await runBilling(account)
    expect(rollUps()).toHaveLength(32)
    expect(second.files).toEqual(first.files)
  })

  it('is written for its owner and its customers, and fails above its budget', async () => {
    const times = ['200', '30001'].map((responselatency) => logRow('2026-09-01', { responselatency }))
    await account.arrive('2026-09-01', times)
    account.now = () => at('2026-09-02')
    const inputs = { ...draft, 'artifact-name': 'a', 'artifact-retention-days': '7' }
    const within = await runBilling(account, { ...inputs, 'budget-total': '222' })
    expect([within.outputs.result, within.outputs.total, within.failure]).toEqual([
      'billed',
      '222',
      undefined,
    ])
    const bills = ['csv', 'json', 'md', 'html'].map((form) => `bill-2026-09-draft.${form}`)
    const statements = ['html', 'csv'].map((form) => `statements/2026-09-draft-alice.${form}`)
    expect([...within.files.keys()]).toEqual([...bills, ...statements])
    const paths = [...bills, 'run.json', ...statements].map((name) => `bill/${name}`)
    expect(within.uploads).toEqual([['a', paths, 'bill', 7]])
    expect(within.lines).toContain('wrote statements of 1 users')
    const cells = ['≤ 200 ms', '&gt; 30000 ms', '&gt; 30000 ms']
    expect(within.files.get(bills[3] ?? '')).toContain(
      cells.map((cell) => `<td class="number">${cell}</td>`).join(''),
    )
    const above = await runBilling(account, { ...inputs, 'budget-total': '221' })
    expect([above.outputs.result, above.files]).toEqual(['over-budget', within.files])
    expect(above.failure).toMatch(
      /^over-budget: the total of 2026-09 is 222 KRW, and budget-total 221 KRW; the files/,
    )
  })

  it('has rows that arrived in its late days, and later than the roll-up of their day reaches', async () => {
    await fillDays(account, '2026-09-01', '2026-09-30')
    await account.arrive('2026-09-20', [logRow('2026-09-05'), logRow('2026-08-31')])
    await account.arrive('2026-10-03', [logRow('2026-09-05'), logRow('2026-09-30'), logRow('2026-10-03')])
    await account.arrive('2026-10-04', [logRow('2026-09-30')])
    for (const file of account.objects.values()) file.size = 2 ** 30
    const first = await runBilling(account, { accept: 'late=1' })
    expect(first.failure).toBeUndefined()
    expect(first.outputs).toMatchObject({ result: 'billed', requests: '33' })
    expect(first.report.findings).toMatchObject([{ id: 'late', value: '1', accepted: true }])
    // The roll-ups of the days of arrival know the same, and spare the log.
    const fromLog = () => account.queries.filter(({ sql }) => sql.includes('arrived_rows')).length
    expect(fromLog()).toBe(1)
    await runBilling(account, { mode: 'daily', backfill: '2026-10-01..2026-10-03' })
    const again = await runBilling(account, { accept: 'late=1' })
    expect([again.outputs.requests, again.files, fromLog()]).toEqual(['33', first.files, 1])
    await account.arrive('2026-10-02', [logRow('2026-09-05')])
    const more = await runBilling(account, { accept: 'late=1' })
    expect([more.outputs.requests, fromLog()]).toEqual(['34', 2])
    const most = { accept: 'late=1', 'max-data-scanned': '1' }
    await expect(runBilling(account, most)).rejects.toThrow(
      /^max-data-scanned: all days of 2026-09 have to be read again, whose files have \d+ bytes, more than the/,
    )
  })

  it('misses only the days of which no row arrived in time for the month, however late it was for its day', async () => {
    await fillDays(account, '2026-09-01', '2026-09-30')
    for (const day of ['2026-09-05', '2026-09-06']) await account.expire(day)
    await account.arrive('2026-09-20', [logRow('2026-09-05')])
    const { failure, report } = await runBilling(account)
    expect(failure).toContain('set accept to empty-days=2026-09-06;')
    expect([report.requests, report.findings]).toMatchObject(['29', [{ id: 'empty-days' }]])
  })

  it('is not published while something is missing, unless that is accepted by its number', async () => {
    await fillDays(account, '2026-09-01', '2026-09-29')
    const seconds = String(at('2026-09-10') / 1000)
    const [twin, lost] = [logRow('2026-09-11'), logRow('2026-09-12', { responselength: '12x' })]
    await account.arrive('2026-09-10', [logRow('2026-09-10', { requesttime: seconds })])
    await account.arrive('2026-09-11', [twin, { ...twin, responselength: '7' }, twin, lost])
    const errors = '{"errorCode":"DataFormatConversion.ParseError","rawData":"e30="}\n'.repeat(5)
    put(account, 's3://logs/access-logs-errors/format-conversion-failed/year=2026/month=09/day=10/x', errors)
    const refused = await runBilling(account)
    expect(refused.outputs.result).toBe('incomplete')
    expect(refused.failure).toContain(
      'set accept to rejected=5, unreadable=1, empty-days=2026-09-30, event-time=1',
    )
    expect([refused.files.size, refused.uploads]).toEqual([0, []])
    expect(refused.lines.filter((line) => line.startsWith('wrote'))).toEqual([])
    const accepted = await runBilling(account, {
      accept: 'rejected=5, unreadable=1, empty-days=2026-09-29..2026-09-30, event-time=1',
    })
    expect(accepted.failure).toBeUndefined()
    expect(accepted.report).toMatchObject({
      findings: [
        { id: 'rejected', value: '5', accepted: true },
        { id: 'unreadable', value: '1', accepted: true },
        { id: 'id-conflict', value: '1', blocks: false },
        { id: 'empty-days', value: '2026-09-30', accepted: true },
        { id: 'event-time', value: '1', accepted: true },
      ],
      reconciliation: { rows: '33', duplicate: '1', billed: '32' },
    })
    const other = await runBilling(account, {
      accept: 'rejected=4, unreadable=1, empty-days=2026-09-30, event-time=1',
    })
    expect(other.failure).toContain('set accept to rejected=5')
  })
})

describe('a month without any row', () => {
  it('is a bill of nothing where no request was made and the pipeline is healthy, and no bill where not', async () => {
    const inputs = { 'api-id': 'a1b2c3' }
    const healthy = await runBilling(account, inputs)
    expect(healthy.outputs).toMatchObject({ result: 'billed', requests: '0', total: '0' })
    expect(rollUps().filter(({ sql }) => sql.includes('"rollup_2026'))).toHaveLength(1)
    account.filters = []
    const broken = await runBilling(account, inputs)
    expect(broken.outputs.result).toBe('incomplete')
    expect(broken.failure).toContain(
      'the pipeline is broken: /aws/vendedlogs/apigw/ddn-access-logs: sends nothing',
    )
  })
})

describe('a draft', () => {
  it('is made of the days that have begun, and is not kept from being shown by what it lacks', async () => {
    account.now = () => at('2026-09-02')
    await account.arrive('2026-09-02', [logRow('2026-09-02')])
    const { outputs, report, failure } = await runBilling(account, draft)
    expect(failure).toBeUndefined()
    expect(outputs).toMatchObject({ result: 'billed', requests: '1' })
    expect(report).toMatchObject({ draft: true, findings: [{ id: 'empty-days', value: '2026-09-01' }] })
    expect(account.tables.has('usage_monthly')).toBe(false)
    for (const [at, isPaused] of [
      ['2026-08-31T15:00:00.000Z', true],
      ['2026-09-01T15:00:00.000Z', false],
    ] as const)
      await account.ledger.add(ledgerEvent(at, { web: isPaused }), 'id')
    const explained = await runBilling(account, draft)
    expect(explained.report.findings).toEqual([])
    const page = explained.files.get('bill-2026-09-draft.html')
    expect(page).toMatch(/<th scope="row">2026-09-01 \(paused\)<\/th>.*>0<\/td>/)
    expect(page).toMatch(/<th scope="row">web<\/th><td class="number">24\.0<\/td>/)
  })

  it('ends with the same bytes after an interruption before or after any of its writes', async () => {
    account.now = () => at('2026-09-01')
    await account.arrive('2026-09-01', [logRow('2026-09-01'), logRow('2026-09-01', { user: 'bob' })])
    const whole = await runBilling(account, draft)
    const writes = [...account.calls.entries()].filter(([, call]) =>
      /run|create|write|point|remove/.test(call),
    )
    // Before a write is after the one before it.
    const cuts = [...writes.map(([number]) => number), account.calls.length - 1]
    expect(writes.length).toBeGreaterThan(10)
    for (const cut of cuts) {
      account.partitions.clear()
      account.calls = []
      account.before = () => {
        if (account.calls.length > cut) throw new Error('cut')
      }
      await runBilling(account, draft).catch(() => undefined)
      account.before = () => {}
      // It ends by itself.
      account.lock = undefined
      const again = await runBilling(account, draft)
      expect([cut, again.failure, again.files]).toEqual([cut, undefined, whole.files])
      expect([cut, ...account.tables.keys()]).toEqual([cut, 'rollup_daily'])
    }
  })
})

/** Counts one request more in the result of the first query that matches. */
function countOneMore(query: RegExp): void {
  let isChanged = false
  account.before = (call) => {
    const number = account.queries.findIndex(({ sql }) => query.test(sql)) + 1
    if (call !== 's3.read' || number === 0 || isChanged) return
    isChanged = true
    const location = `s3://logs/results/query-${number}.csv`
    const [names = [], ...rows] = (account.objects.get(location)?.text ?? '')
      .split('\n')
      .map((line) => line.split(','))
    const row = rows.find((cells) => cells.includes('"attributed"')) ?? rows[0] ?? []
    const place = names.findIndex((name) => name === '"requests"' || name === '"total"')
    row[place] = `"${Number(row[place]?.slice(1, -1)) + 1}"`
    put(account, location, [names, ...rows].map((cells) => cells.join(',')).join('\n'))
  }
}

describe('a count that is one more than it should be', () => {
  const rolledUp = '2026-09-02: the files that arrived from 2026-09-01 to before 2026-09-06'

  it.each([
    [
      'the rows that a roll-up read',
      /^SELECT '.* AS period/,
      `${rolledUp} hold 1 rows, and the roll-up has read 2`,
    ],
    ['the rows of the files', /^SELECT "year"/, 'hold 2 rows, and the roll-up has read 1'],
    [
      'the rows of a day',
      /^SELECT "day" AS period/,
      'the log has 2 rows in 2026-09, and the classes add up to 1',
    ],
    ['the late rows', /^SELECT COUNT/, '2026-09: the days have 2 rows, 1 of them late, and the month 1'],
    ['the usage', /ORDER BY "user"/, 'the log has 1 rows in 2026-09, and the classes add up to 2'],
  ])('leaves the month unpublished: of %s', async (_, query, why) => {
    account.now = () => at('2026-09-02')
    await account.arrive('2026-09-02', [logRow('2026-09-02')])
    // Without a roll-up of it, late rows are counted in the log.
    await account.arrive('2026-10-01', [])
    countOneMore(query)
    const { outputs, failure, files } = await runBilling(account, draft)
    expect([outputs.result, failure, files.size]).toEqual([
      'unbalanced',
      expect.stringContaining(`${why}; nothing is published`),
      0,
    ])
  })

  it('refuses a comparison of rates', async () => {
    account.now = () => at('2026-09-02')
    await account.arrive('2026-09-02', [logRow('2026-09-02')])
    await runBilling(account, { mode: 'daily', backfill: '2026-09-01..2026-09-02' })
    countOneMore(/ORDER BY "user"/)
    const inputs = { ...draft, 'dry-run': 'true', 'compare-rates': 'other.yml' }
    await expect(runBilling(account, inputs)).rejects.toThrow(
      'compare-rates: the log has 1 rows in 2026-09, and the classes add up to 2; rows may just have arrived, run it again',
    )
  })

  it('leaves a month unpublished that would correct a closed one by it', async () => {
    account.now = () => at('2026-10-06')
    await fillDays(account, '2026-09-01', '2026-09-30')
    const closed = await runBilling(account, { mode: 'close', month: '2026-09' })
    expect(closed.outputs.result).toBe('closed')
    account.now = () => at('2026-10-20')
    await account.arrive('2026-10-19', [logRow('2026-09-30')])
    countOneMore(/_again.*ORDER BY "user"/s)
    const { outputs, failure, files } = await runBilling(account, { month: '2026-10', draft: 'true' })
    expect([outputs.result, failure, files.size]).toEqual([
      'unbalanced',
      expect.stringContaining('the log has 31 rows in 2026-09, and the classes add up to 32'),
      0,
    ])
  })
})

describe('a result', () => {
  it('that breaks off, or never comes, ends the run in a sentence, and leaves no table', async () => {
    account.now = () => at('2026-09-01')
    await account.arrive('2026-09-01', [logRow('2026-09-01')])
    account.before = (call) => {
      if (call === 's3.read') throw new Error('offset 7: expected 9 bytes, got 7')
    }
    await expect(runBilling(account, draft)).rejects.toThrow(
      /^the result of facts: s3:\/\/logs\/results\/\S+: offset 7: expected 9 bytes, got 7$/,
    )
    expect([...account.tables.keys()]).toEqual([])
  })

  it('that a query does not give ends the others, and names the query', async () => {
    account.now = () => at('2026-09-04')
    await fillDays(account, '2026-09-01', '2026-09-04')
    let queries = 0
    account.before = (call) => {
      if (call === 'athena.run' && ++queries === 2)
        throw new Error('query execution q: failed: HIVE_BAD_DATA')
    }
    await expect(runBilling(account, draft)).rejects.toThrow('query execution q: failed: HIVE_BAD_DATA')
    expect([...account.tables.keys()]).toEqual([])
    expect(account.partitions.size).toBe(0)
  })
})

describe('the time of a run', () => {
  const daily = { mode: 'daily', 'timeout-minutes': '1' }
  const hold = (expiresAt: number) => {
    const lock = { owner: 'x', operation: 'close', runUrl: 'https://github.test/run', at: '' }
    account.lock = { ...lock, expiresAt: new Date(expiresAt).toISOString() }
  }

  it('is that of its wait for another run and of its queries together', async () => {
    await account.arrive('2026-09-09', [logRow('2026-09-09')])
    let now = at('2026-09-10')
    account.now = () => now
    account.before = (call) => {
      if (call === 'lock.read') now += 1000
    }
    hold(now + 40_000)
    account.querySeconds = 19
    const { failure } = await runBilling(account, daily)
    expect([failure, now - at('2026-09-10')]).toEqual([undefined, 40_000])
    now = at('2026-09-10')
    account.partitions.clear()
    hold(now + 40_000)
    account.querySeconds = 21
    await expect(runBilling(account, daily)).rejects.toThrow('query execution q: not settled after 20 s')
  })

  it('ends while another run is at work, which is named', async () => {
    await account.arrive('2026-09-09', [logRow('2026-09-09')])
    let now = at('2026-09-10')
    account.now = () => now
    account.before = (call) => {
      if (call !== 'lock.read') return
      now += 1000
      hold(now + 40_000)
    }
    await expect(runBilling(account, daily)).rejects.toThrow(
      /^the end of another run .*: wait until close by https:\/\/github.test\/run is over: not settled after 60 s$/,
    )
  })

  it('ends also where it is at something else', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    account.before = async () => await new Promise(() => {})
    const ended = expect(runBilling(account, daily)).rejects.toThrow('mode daily: not settled after 60 s')
    await vi.advanceTimersByTimeAsync(70_000)
    await ended
    vi.useRealTimers()
  })
})

describe('the roll-ups of days', () => {
  const daily = { mode: 'daily' }

  it('are made again where a file has arrived since, or the SQL is another, and cost no query where not', async () => {
    account.now = () => at('2026-09-10')
    await fillDays(account, '2026-09-05', '2026-09-09')
    const first = await runBilling(account, daily)
    expect(first.report.days).toMatchObject(
      ['06', '07', '08', '09'].map((day) => ({ day: `2026-09-${day}`, why: 'missing', rows: '1' })),
    )
    account.calls = []
    const second = await runBilling(account, daily)
    expect(second.report.days).toEqual([])
    expect(account.calls).not.toContain('athena.run')
    expect(account.calls.length).toBeLessThanOrEqual(10)
    // Within reach of the 7th, and not of the 6th.
    await account.arrive('2026-09-10', [logRow('2026-09-07')])
    const third = await runBilling(account, daily)
    expect(third.report.days).toMatchObject([
      { day: '2026-09-07', why: 'new files', rows: '2' },
      { day: '2026-09-08', why: 'new files', rows: '1' },
      { day: '2026-09-09', why: 'new files', rows: '1' },
    ])
    const fourth = await runBilling(account, { ...daily, 'late-days': '0' })
    expect(fourth.report.days).toMatchObject([{ day: '2026-09-09', why: 'other SQL' }])
  })

  it('stop where their queries together have scanned more than they may', async () => {
    account.now = () => at('2026-09-10')
    await fillDays(account, '2026-09-08', '2026-09-09')
    account.scannedBytes = 0.6 * 2 ** 30
    const inputs = { ...daily, backfill: '2026-09-08..2026-09-09', 'max-data-scanned': '1' }
    await expect(runBilling(account, inputs)).rejects.toThrow(
      /^max-data-scanned: the queries have scanned 128849018\d\.?\d* bytes, more than 1073741824; query execution/,
    )
    expect(account.partitions.size).toBe(0)
  })

  it('stay as they are where files still arrive, or rows are not accounted for', async () => {
    account.now = () => at('2026-09-10')
    await fillDays(account, '2026-09-08', '2026-09-09')
    const day = { ...daily, day: '2026-09-09' }
    let files = 0
    account.before = (call) => {
      if (call !== 'athena.run') return
      files += 1
      put(account, `s3://logs/access-logs/year=2026/month=09/day=09/late-${files}.parquet`, 'rows')
    }
    const moved = await runBilling(account, day)
    expect(moved.report.days).toMatchObject([{ outcome: 'postponed: files still arrive' }])
    expect(account.partitions.size).toBe(0)
    account.before = () => {}
    // A file of a partition that the table does not show.
    put(account, 's3://logs/access-logs/year=2026/month=09/day=10/hidden.parquet', 'rows')
    const hidden = await runBilling(account, day)
    expect(hidden.outputs.result).toBe('unbalanced')
    expect(hidden.failure).toContain('has files of 2026-09-10 in S3, and the table shows no row of them')
    expect(account.partitions.size).toBe(0)
  })

  it('are not replaced by others that lack rows, since files are gone, and the bill is refused until they are back', async () => {
    await fillDays(account, '2026-09-01', '2026-09-09')
    const lost = [logRow('2026-09-10')]
    await account.arrive('2026-09-10', lost)
    await fillDays(account, '2026-09-11', '2026-09-30')
    const backfill = { ...daily, backfill: '2026-09-01..2026-09-30' }
    await runBilling(account, backfill)
    const [key = '', file] = [...account.objects].find(([name]) => name.includes('month=09/day=10/')) ?? []
    await account.expire('2026-09-10')
    // Its rows are in the roll-ups.
    const before = await runBilling(account)
    expect([before.failure, before.outputs.total]).toEqual([undefined, '3333'])
    await account.arrive('2026-09-10', [logRow('2026-09-10', { user: 'bob' })])
    const kept = await runBilling(account, backfill)
    expect([
      kept.outputs.result,
      (kept.report.days as { outcome: string }[]).map(({ outcome }) => outcome),
    ]).toEqual(['incomplete', Array.from({ length: 5 }, () => 'as it was: files are gone from the log')])
    const sentence =
      /roll-up of 2026-09-07, .*, 2026-09-11: expected .* got some missing \(1 file: 1 of 2026-09-10\); restore them, or delete/
    expect(kept.failure).toMatch(sentence)
    await expect(runBilling(account)).rejects.toThrow(sentence)
    account.now = () => at('2026-10-02')
    const shown = await runBilling(account, draft)
    expect([shown.failure, shown.outputs.total, shown.lines.some((line) => sentence.test(line))]).toEqual([
      undefined,
      '3333',
      true,
    ])
    account.now = () => at('2026-10-10')
    if (file) account.objects.set(key, file)
    await account.arrive('2026-09-10', lost)
    const after = await runBilling(account)
    expect([after.failure, after.outputs.requests]).toEqual([undefined, '31'])
  })

  it('are not replaced where nobody knows from which files they were made', async () => {
    await account.arrive('2026-09-10', [logRow('2026-09-10')])
    await runBilling(account, { ...daily, day: '2026-09-10' })
    await account.expire('2026-09-10')
    await account.arrive('2026-09-10', [logRow('2026-09-10', { user: 'bob' })])
    const [key = '', file] = [...account.objects].find(([name]) => name.endsWith('_manifest.jsonl')) ?? []
    account.objects.delete(key)
    const kept = await runBilling(account, { ...daily, day: '2026-09-10' })
    const sentence = 'got no _manifest.jsonl that lists those of 2026-09-10; restore them, or delete'
    expect(kept.failure).toContain(sentence)
    expect(kept.report.days).toMatchObject([{ outcome: 'as it was: the list of its files is gone' }])
    await expect(runBilling(account)).rejects.toThrow(sentence)
    if (file) account.objects.set(key, file)
    await expect(runBilling(account)).rejects.toThrow('some missing (1 file: 1 of 2026-09-10)')
  })

  it('are shown for the days that have settled and add up, whatever another one does', async () => {
    account.now = () => at('2026-09-10')
    await fillDays(account, '2026-09-01', '2026-09-09')
    const inputs = { ...daily, backfill: '2026-09-01..2026-09-09', 'late-days': '0' }
    const outcomesOf = ({ report }: Awaited<ReturnType<typeof runBilling>>) =>
      (report.days as { day: string; outcome: string }[]).map(({ day, outcome }) => `${day}: ${outcome}`)
    const others = Array.from({ length: 7 }, (_, at) => `2026-09-0${at + 1}: rolled up`)
    let files = 0
    const arriveUpTo = (most: number) => (call: string) => {
      if (call !== 'athena.run' || files === most) return
      files += 1
      put(account, `s3://logs/access-logs/year=2026/month=09/day=09/late-${files}.parquet`, 'rows')
    }
    account.before = arriveUpTo(100)
    const moving = outcomesOf(await runBilling(account, inputs))
    expect(moving.slice(0, 7)).toEqual(others)
    expect(moving.at(-1)).toBe('2026-09-09: postponed: files still arrive')
    account.partitions.clear()
    account.before = arriveUpTo(files + 1)
    expect(outcomesOf(await runBilling(account, inputs))).toEqual([
      ...others,
      '2026-09-08: rolled up',
      '2026-09-09: rolled up',
    ])
    account.partitions.clear()
    account.before = () => {}
    put(account, 's3://logs/access-logs/year=2026/month=09/day=10/hidden.parquet', 'rows')
    const odd = await runBilling(account, { ...inputs, backfill: '2026-09-01..2026-09-10' })
    expect(odd.outputs.result).toBe('unbalanced')
    expect(outcomesOf(odd).slice(0, 7)).toEqual(others)
    expect(outcomesOf(odd).at(-1)).toBe('2026-09-10: odd')
  })

  it('leave nothing behind: tables of runs that were killed, and what no partition shows after a day', async () => {
    account.now = () => at('2026-09-10')
    await fillDays(account, '2026-09-08', '2026-09-09')
    for (const name of ['rollup_2026_09_09_0123456789ab', 'usage_2025_01_0123456789ab_whole', 'rollup_own'])
      account.tables.set(name, at('2026-09-10', 11))
    account.tables.set('rollup_2026_09_01_0123456789ab', at('2026-09-09'))
    const old = 's3://logs/rollup/day=2026-09-09/run=old/part-0.parquet'
    put(account, old, 'rows', at('2026-09-09', 11))
    put(account, old.replace('old', 'young'), 'rows', at('2026-09-09', 13))
    await runBilling(account, { ...daily, day: '2026-09-09' })
    expect([...account.tables.keys()]).toEqual([
      'usage_2025_01_0123456789ab_whole',
      'rollup_own',
      'rollup_daily',
    ])
    expect(account.objects.has(old)).toBe(false)
    expect(account.objects.has(old.replace('old', 'young'))).toBe(true)
  })
})

describe('what a run needs', () => {
  it.each([
    [
      'no table',
      () => (account.table = undefined),
      'table: no table "ddn_billing_db.restapi_access_log_parquet"',
    ],
    [
      'a column less',
      () => (account.table = account.table && { ...account.table, columns: account.table.columns.slice(1) }),
      'has no column requestid; it has extendedrequestid',
    ],
    ['no workgroup', () => (account.workgroup = undefined), 'workgroup: no workgroup "ddn-billing"'],
    [
      'an enforcing workgroup',
      () => (account.workgroup = account.workgroup && { ...account.workgroup, enforced: true }),
      'workgroup: "ddn-billing" enforces its settings',
    ],
  ])('is said where there is %s, before a query is paid', async (_, change, message) => {
    change()
    await expect(runBilling(account)).rejects.toThrow(message)
    expect(account.queries).toEqual([])
  })

  it('are rates that hold in the month, and findings that are known', async () => {
    const rates = simpleRates.replace('2026-01-01', '2027-01-01')
    await expect(runBilling(account, {}, { rates })).rejects.toThrow(
      'expected a first day up to 2026-09-01, on which 2026-09 begins, got 2027-01-01',
    )
    await expect(runBilling(account, { accept: 'nothing=1' })).rejects.toThrow('accept: expected NAME=NUMBER')
    expect(account.calls).toEqual([])
  })

  it('is shown in a dry run, which asks no query', async () => {
    await account.arrive('2026-09-01', [logRow('2026-09-01')])
    const { report, outputs, summary } = await runBilling(account, { 'dry-run': 'true' })
    expect(outputs.result).toBe('planned')
    const days = ['2026-09-01', '2026-09-02'].map((day) => ({ day, why: 'missing' }))
    expect(summary.markdown).toMatch(/```sql\nSELECT [^`]*-- \? = '2026-10-01'\n```$/)
    expect(report).toMatchObject({ days, estimatedBytes: 8, statements: { length: 7 } })
    expect(account.queries).toEqual([])
  })

  it('are roll-ups, for a comparison of rates, which shows both totals user by user and writes nothing', async () => {
    account.now = () => at('2026-09-03')
    await account.arrive('2026-09-01', [logRow('2026-09-01'), logRow('2026-09-01', { user: 'bob' })])
    await account.arrive('2026-09-02', [logRow('2026-09-02', { user: 'bob' })])
    const other = simpleRates
      .replace('"100"', '"50"')
      .concat('  - valid-from: 2026-09-02\n', simpleRates.split('2026-01-01\n')[1] ?? '')
    const files = { 'other.yml': other, 'dollars.yml': other.replace('KRW', 'USD') }
    const inputs = { ...draft, 'dry-run': 'true', 'compare-rates': 'other.yml' }
    await expect(runBilling(account, inputs, { files })).rejects.toThrow(
      'compare-rates: 3 days of 2026-09 have no roll-up, or a stale one; run mode daily with backfill 2026-09-01..2026-09-03',
    )
    await runBilling(account, { mode: 'daily', backfill: '2026-09-01..2026-09-03' })
    const objects = account.objects.size
    const { report, summary, files: written } = await runBilling(account, inputs, { files })
    expect(report.comparison).toMatchObject({
      ...{ users: 2, now: '333', other: '223' },
      largest: [
        { user: 'alice', now: '111', other: '56' },
        { user: 'bob', now: '222', other: '167' },
      ],
    })
    expect(summary.markdown).toMatch(/\*\*333 → 223 [A-Z]{3}\*\*, 2 users\./)
    expect(summary.markdown).toContain('| bob | 222 | 167 | \\-55 |\n| **all** | 333 | 223 | \\-110 |')
    expect([written.size, account.tables.size, account.objects.size - objects]).toEqual([0, 1, 4])
    const dollars = { ...inputs, 'compare-rates': 'dollars.yml' }
    await expect(runBilling(account, dollars, { files })).rejects.toThrow(
      'dollars.yml: expected the currency KRW of rates.yml, got USD',
    )
  })

  it.each([
    ['within the month', '2026-09-20'],
    ['after it', '2026-10-02'],
  ])(
    'compare what the bill has, rows included that arrived %s and later than their day reaches',
    async (_, arrival) => {
      await fillDays(account, '2026-09-01', '2026-09-30')
      await account.arrive(arrival, [logRow('2026-09-05', { user: 'bob' }), logRow('2026-09-05')])
      for (const file of account.objects.values()) file.size = 2 ** 25
      const halved = simpleRates.replace('"100"', '"50"')
      const later = simpleRates.concat('  - valid-from: 2026-09-05\n', halved.split('2026-01-01\n')[1] ?? '')
      const files = { 'same.yml': simpleRates, 'later.yml': later }
      const bill = await runBilling(account)
      expect(bill.outputs.total).toBe('3555')
      const { size } = account.objects
      const compare = async (path: string, more = {}) =>
        await runBilling(account, { 'dry-run': 'true', 'compare-rates': path, ...more }, { files })
      const same = await compare('same.yml')
      expect(same.report.comparison).toMatchObject({ users: 2, now: '3555', other: '3555' })
      // Of alice 4 days at 101 and 27 rows at 51, and of bob one.
      const { report } = await compare('later.yml')
      expect(report.comparison).toMatchObject({
        ...{ now: '3555', other: '2015' },
        largest: [
          { user: 'alice', now: '3444', other: '1959' },
          { user: 'bob', now: '111', other: '56' },
        ],
      })
      const written = [...account.objects.keys()].slice(size)
      expect(written.filter((key) => !/^s3:..logs.results./.test(key))).toEqual([])
      // All files once are below the limit, and twice above.
      await expect(compare('same.yml', { 'max-data-scanned': '1' })).rejects.toThrow(
        /^max-data-scanned: all days of 2026-09, counted once for each rates file, have to be read again, whose files have \d+ bytes/,
      )
    },
  )
})
