import { describe, expect, it } from 'vitest'
import { acceptFindings, parseAccepted } from '../../../actions/billing-report/bill/accepted.ts'
import { blockingFindings, findingIds } from '../../../actions/billing-report/bill/finding.ts'
import { type Evidence, findIncomplete } from '../../../actions/billing-report/bill/incomplete.ts'
import { makeUncounted } from '../../../actions/billing-report/bill/uncounted.ts'
import type { UsageRow } from '../../../actions/billing-report/bill/usage.ts'
import { parseRates } from '../../../actions/billing-report/rates/rates-file.ts'
import { monthPeriod, startOf } from '../../../lib/service/calendar.ts'
import { billOf, usageRow } from '../../fixtures/bill.ts'
import { simpleRates } from '../../fixtures/billing-run.ts'

const period = monthPeriod('2026-09', 'Asia/Seoul')
const rates = parseRates(simpleRates, 'rates.yml')
const row = (change: Partial<UsageRow> = {}) => usageRow('alice', 5n, change)
const nothing: Evidence = {
  ...{ days: new Map(), rejected: 0n, conflicts: 0n, eventTime: 0n, late: 0n, neighbours: [] },
  ...{ hours: new Map(), requests: undefined, paused: new Set(), broken: [] },
}
const billWith = async (evidence: Partial<Evidence>, usage: UsageRow[] = []) => {
  const { bill } = await billOf(period, usage, rates, 0n, {
    ...{ state: 'open', adjustments: [] },
    findIncomplete: (uncounted) =>
      acceptFindings(findIncomplete(period, rates, { ...nothing, ...evidence, ...uncounted }), new Map()),
  })
  return bill
}
const find = async (evidence: Partial<Evidence>, usage: UsageRow[] = []) =>
  (await billWith(evidence, usage)).findings.map(({ id, value, blocks }) => [id, value, blocks])

const noon = startOf('2026-09-03', 'Asia/Seoul') + 12 * 3_600_000

describe('what may make a bill incomplete', () => {
  it('is nothing where all is there', async () => {
    expect(await find({ days: new Map([['2026-09-03', 1n]]) }, [row()])).toEqual([])
  })

  it.each<[string, Partial<Evidence>, [string, string, boolean]]>([
    ['rejected records', { rejected: 12n }, ['rejected', '12', true]],
    ['request ids that come twice', { conflicts: 2n }, ['id-conflict', '2', false]],
    ['a day without a row', { days: new Map([['2026-09-03', 0n]]) }, ['empty-days', '2026-09-03', true]],
    ['late rows', { late: 3n }, ['late', '3', true]],
    [
      'a month before and one after that were closed in another zone',
      { neighbours: ['2026-08', '2026-10'].map((month) => ({ month, timeZone: 'UTC' })) },
      ['borders', '1080', true],
    ],
    ['times that cannot be', { eventTime: 4n }, ['event-time', '4', true]],
    ['a broken pipeline', { broken: ['x: missing', 'y: missing'] }, ['pipeline', '2', true]],
  ])('is %s', async (_, evidence, finding) => {
    expect(await find(evidence)).toEqual([finding])
  })

  it.each([
    ['UTC', '2026-08 in UTC, whose bill has rows of 540 minutes, too;'],
    ['Pacific/Auckland', '2026-08 in Pacific/Auckland, whose bill lacks, as this one, rows of 180 minutes;'],
    ['Asia/Tokyo', undefined],
  ])('is a month before that was closed in %s', async (timeZone, text) => {
    const { findings } = await billWith({ neighbours: [{ month: '2026-08', timeZone }] })
    expect(findings.map((each) => each.text)).toEqual(text ? [expect.stringContaining(text)] : [])
  })

  it.each([
    ['all in the log', 3, 3n, []],
    ['not all in the log', 3, 2n, ['2026-09-09', '2026-09-10']],
    ['none in the log', 3, 0n, ['2026-09-09', '2026-09-10']],
  ])(
    'is a day without rows that shares an hour of requests, of which %s',
    async (_, requests, rows, days) => {
      const hour = Date.parse('2026-09-09T18:00Z')
      const found = findIncomplete(monthPeriod('2026-09', 'Asia/Kolkata'), rates, {
        ...{ ...nothing, ...makeUncounted().finish(), requests: new Map([[hour, requests]]) },
        ...{
          hours: new Map([[hour, rows]]),
          days: new Map(['09', '10', '11'].map((day) => [`2026-09-${day}`, 0n])),
        },
      })
      expect(found.filter(({ id }) => id === 'empty-days').map(({ value }) => value)).toEqual(days)
    },
  )

  it('is an hour with other rows than requests, and a day without rows that had requests', async () => {
    const quiet = new Map([['2026-09-03', 0n]])
    expect(await find({ days: quiet, requests: new Map() })).toEqual([])
    expect(await find({ days: quiet, requests: new Map([[noon, 2]]) })).toEqual([
      ['empty-days', '2026-09-03', true],
      ['hours', '1', false],
    ])
    const paused = new Set(['2026-09-03'])
    expect(await find({ days: quiet, paused })).toEqual([])
    expect(await find({ days: quiet, paused, requests: new Map([[noon, 2]]) })).toHaveLength(2)
    const hours = new Map([[noon, 2n]])
    expect(await find({ hours, requests: new Map([[noon, 2]]) })).toEqual([])
    expect(await find({ hours, requests: new Map([[noon + 3_600_000, 2]]) })).toEqual([['hours', '2', false]])
    expect(await find({ hours })).toEqual([])
  })

  it('is a metered value of a billed row that is no number, and none that is not metered or not billed', async () => {
    const unreadable = { responselength: 2n, integrationlatency: 7n }
    expect(await find({}, [row({ unreadable })])).toEqual([['unreadable', '2', true]])
    expect(await find({}, [row({ unreadable: { integrationlatency: 7n } })])).toEqual([])
    expect(
      await find({}, [
        row({ unreadable, status: '401' }),
        row({ unreadable, routeKey: 'GET /ping', status: '404' }),
      ]),
    ).toEqual([])
    expect(await find({}, [row({ unreadable, rowClass: 'unattributed' })])).toEqual([
      ['unattributed', '5', false],
    ])
  })

  it('is a share of rows without a user, or of users on routes without a rate, and warns only', async () => {
    const anonymous = { rowClass: 'unattributed' } as const
    const free = { routeKey: 'GET /presign' }
    const { findings } = await billWith({}, [
      row(),
      row(anonymous),
      row(free),
      row({ ...free, ...anonymous }),
    ])
    expect(findings.map(({ id, value, blocks, text }) => [id, value, blocks, text])).toEqual([
      ['unattributed', '5', false, '5 rows (25.0 % of all) would be billed, and have no user'],
      [
        ...['no-rate', '5', false],
        '5 successful rows of users (25.0 % of all) are of routes without a rate, and owe nothing: GET /presign',
      ],
    ])
    // A ping, a request that was refused, and one to nowhere.
    const others = [row({ routeKey: 'GET /ping', ...anonymous }), row({ status: '401', ...anonymous })]
    expect(
      await find({}, [...others, row({ routeKey: '', status: '404' }), row({ rowClass: 'malformed' })]),
    ).toEqual([])
    const uncounted = makeUncounted()
    const meters = [{ unit: 'responselength' }, { unit: 'dataprocessed' }] as never
    uncounted.add(row({ unreadable: { responselength: 0n, dataprocessed: 1n } }), 'billed', {
      kind: 'billed',
      meters,
    })
    expect(uncounted.finish()).toMatchObject({
      unreadable: new Map([['dataprocessed', 1n]]),
      beforeRates: 0n,
    })
  })

  it('is a row from before the rates', async () => {
    const malformed = usageRow('alice', 7n, { version: -1, rowClass: 'malformed' })
    expect(await find({}, [row({ version: -1 }), malformed])).toEqual([['before-rates', '5', true]])
  })

  it('is no day that had requests only before its first hour, or after its last', async () => {
    const [begin, end] = ['2026-09-03', '2026-09-04'].map((day) => startOf(day, 'Asia/Seoul'))
    const days = new Map([['2026-09-03', 0n]])
    const found = async (hour = 0, count = 1) =>
      (await find({ days, requests: new Map([[hour, count]]) })).map(([id]) => id)
    expect(await found(begin)).toContain('empty-days')
    expect(await found(end)).not.toContain('empty-days')
    expect(await found((begin ?? 0) - 3_600_000)).not.toContain('empty-days')
    expect(await found(begin, 0)).toEqual([])
  })

  it('is told with the first hours, by their time, and with each unit', () => {
    const textsOf = (evidence: Partial<Evidence>) =>
      findIncomplete(period, rates, {
        ...nothing,
        ...{ unreadable: new Map(), beforeRates: 0n, unattributed: 0n, noRate: new Map(), all: 0n },
        ...evidence,
      } as never).map(({ text }) => text)
    const hour = (at: number) => noon + at * 3_600_000
    const hours = new Map([4, 2, 3, 1].map((at) => [hour(at), BigInt(at)]))
    const requests = new Map([[hour(0), 9]])
    expect(textsOf({ hours, requests })).toEqual([
      'in 5 hours the log has other rows than CloudWatch counted requests (2026-09-03T03:00:00.000Z: 0 rows, 9 requests; 2026-09-03T04:00:00.000Z: 1 rows, 0 requests; 2026-09-03T05:00:00.000Z: 2 rows, 0 requests; and 2 more)',
    ])
    const unreadable = new Map([
      ['responselength', 2n],
      ['dataprocessed', 1n],
    ])
    expect(textsOf({ unreadable } as never)).toEqual([
      '3 metered values of billed rows are no whole number, and count as 0 (responselength: 2, dataprocessed: 1)',
    ])
  })
})

describe('what is accepted', () => {
  const findings = findIncomplete(period, rates, {
    ...{ ...nothing, unreadable: new Map(), beforeRates: 0n, unattributed: 0n, noRate: new Map(), all: 0n },
    rejected: 12n,
    days: new Map(['01', '02', '03'].map((day) => [`2026-09-${day}`, 0n])),
  })
  const left = (...accept: string[]) =>
    blockingFindings(acceptFindings(findings, parseAccepted(accept))).map(({ value }) => value)

  it('is a finding by its number, a day by its name, and days from the first to the last', () => {
    expect(left()).toEqual(['12', '2026-09-01', '2026-09-02', '2026-09-03'])
    expect(left('rejected=12', 'empty-days=2026-09-02')).toEqual(['2026-09-01', '2026-09-03'])
    expect(left('rejected=11', 'empty-days=2026-09-01..2026-09-03')).toEqual(['12'])
    expect(left('rejected=12', 'empty-days=2026-09-01..2027-09-02')).toEqual([])
    expect(left('rejected = 012', 'empty-days=2026-08-30..2026-09-03')).toEqual([])
  })

  it.each([
    '',
    'rejected',
    'rejected=',
    'rejected=all',
    'rejected=-1',
    'reject=1',
    'empty-days=3',
    'hours=1=2',
    'empty-days=2026-09-31',
    'empty-days=2026-09-01..2027-09-03',
    'empty-days=2026-09-01..9999-01-01',
    'empty-days=2026-09-01..2026-09-02..2026-09-03',
  ])('is not %j', (item) => {
    expect(() => parseAccepted([item])).toThrow(`got "${item}"`)
  })

  it('is refused with all names', () => {
    expect(() => parseAccepted(['x'])).toThrow(`with a name of ${findingIds.join(', ')}, or empty-days=DAY`)
  })

  it('has a name for each finding', () => {
    for (const id of findingIds)
      expect(() => parseAccepted([id === 'empty-days' ? `${id}=2026-09-01` : `${id}=1`])).not.toThrow()
  })
})
