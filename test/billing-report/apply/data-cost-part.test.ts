import { expect, it } from 'vitest'
import { costPart } from '../../../actions/billing-report/apply/data-cost-part.ts'
import { addDays } from '../../../lib/service/calendar.ts'

const gib = 2 ** 30
const plans = Array.from({ length: 31 }, (_, at) => {
  const day = addDays('2026-03-01', at)
  return { day, window: { first: day, next: addDays(day, 1) } }
})

it.each([
  ['s3://b/log', 'ap-northeast-2', ', 0.28 USD a month; ', ', 0.15 USD; by the list prices of '],
  ['s3://b/log/', 'eu-west-9', ' a month; ', '; no price is known for eu-west-9'],
])('tells what data costs, by the last days alone: %s in %s', async (location, region, kept, read) => {
  const sizes = {
    'log/year=2026/month=03/day=01/a': 8 * gib,
    'logs/other': 99 * gib,
    'rollup/day=2026-03-01/run=x/a': gib,
    'rollup/day=2026-03-31/run=x/a': gib,
    'usage/month=2026-03/a': gib,
  }
  const list = async function* (bucket: string, { prefix }: { prefix: string }) {
    for (const [key, size] of Object.entries(sizes))
      if (bucket === 'b' && key.startsWith(prefix)) yield { key, size }
  }
  const arrived = (day: string) => [day, [{ key: day, size: 24 * gib, etag: '' }]] as const
  // What arrived on the first day was read more than 30 days ago.
  const arrivals = new Map([arrived('2026-03-01'), arrived('2026-03-31')])
  const part = await costPart(location, plans as never, arrivals, { objects: { list }, region } as never)
  expect(part).toMatchObject({ part: 'cost', name: 's3://b', verdict: 'ok', advice: '' })
  expect(part.state).toContain(`8.0 GiB of the log and 3.0 GiB of roll-ups are kept${kept}`)
  // 24 GiB, 29 days of the least that Athena bills, and six queries of 1 GiB of roll-ups.
  expect(part.state).toContain(`the last 30 days and their bill scan about 30.3 GiB${read}`)
})
