import { expect, it } from 'vitest'
import { listArrivals } from '../../../actions/billing-report/observe/arrivals.ts'

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
