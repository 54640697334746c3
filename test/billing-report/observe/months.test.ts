import { expect, it } from 'vitest'
import { listArrivals } from '../../../actions/billing-report/observe/arrivals.ts'
import { readClosedBefore } from '../../../actions/billing-report/observe/closed-months.ts'
import { findProjection } from '../../../actions/billing-report/observe/projection.ts'

it.each(['s3://b/log/', 's3://b/log'])(
  'lists what arrived below %s by day, without files that are empty',
  async (location) => {
    const asked: unknown[] = []
    const objects = {
      list: async function* (...call: unknown[]) {
        asked.push(call)
        const day = (date: string) => `log/year=2026/month=03/day=${date}/`
        yield* [`${day('04')}a`, `${day('04')}b`, `${day('05')}c`, 'log/readme'].map((key) => ({
          key,
          size: 1,
        }))
        yield { key: day('05'), size: 0 }
      },
    }
    const arrivals = await listArrivals(location, { first: '2026-03-04', next: '2026-03-06' }, {
      objects,
    } as never)
    expect([...arrivals].map(([day, files]) => [day, files.map(({ key }) => key.at(-1))])).toEqual([
      ['2026-03-04', ['a', 'b']],
      ['2026-03-05', ['c']],
    ])
    const [after, before] = ['04', '06'].map((date) => `log/year=2026/month=03/day=${date}/`)
    expect(asked).toEqual([['b', { prefix: 'log/', after, before }]])
  },
)

it('reads the closed bills of the months before, the oldest first', async () => {
  const bill = (month: string) =>
    JSON.stringify({ month, timeZone: '', currency: '', decimals: 0, totals: {}, files: {}, adjustments: [] })
  const asked: string[] = []
  const closedBills = {
    place: () => '',
    read: async (month: string, name: string) => {
      asked.push(`${month}/${name}`)
      return month === '2026-01' ? undefined : bill(month)
    },
  }
  const closed = await readClosedBefore('2026-03', 3, { closedBills } as never)
  expect(asked).toEqual(['2025-12/bill.json', '2026-01/bill.json', '2026-02/bill.json'])
  expect(closed.map(({ month }) => month)).toEqual(['2025-12', '2026-02'])
})

const template = ['year', 'month', 'day'].map((key) => `${key}=$\{${key}}`).join('/')

it.each([
  [`s3://b/log/${template}/`, undefined],
  [`s3://b/log/${template}`, undefined],
  [`s3://b/other/${template}/`, 'looks at s3://b/other/'],
  ['s3://b/log/', 'looks at s3://b/log/'],
  [undefined, undefined],
])('takes %s for the place of the days of a table: %s', (place, state) => {
  const range = (key: string, from: number, to: number, digits: number) => ({
    [`projection.${key}.range`]: `${from},${to}`,
    [`projection.${key}.digits`]: String(digits),
  })
  const parameters = {
    ...{ 'projection.enabled': 'TRUE', ...range('year', 2026, 2030, 4), ...range('month', 1, 12, 2) },
    ...range('day', 1, 31, 2),
    ...(place !== undefined && { 'storage.location.template': place }),
  }
  const table = { parameters, location: 's3://b/log/' } as never
  const found = findProjection(table, '2026-03-05')
  if (state === undefined) expect(found).toBeUndefined()
  else expect(found?.state).toContain(state)
  expect(findProjection(table, '2025-12-31')?.state ?? '').toMatch(state ?? 'year goes from 2026 to 2030')
})
