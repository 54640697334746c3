import { parseLocation } from '../../../lib/aws/s3-objects.ts'
import { renderBytes } from '../../../lib/markdown.ts'
import { priceData } from '../../../lib/service/data-price.ts'
import type { Connections } from '../context.ts'
import type { Part } from '../observe/pipeline.ts'
import type { DayPlan } from '../plan/day-plan.ts'
import type { Arrivals } from '../plan/manifest.ts'
import { estimateMonthScan } from '../plan/scan.ts'

const daysInMonth = 30

/** Tells what the data of the bills costs in a month: what is kept in S3, and what roll-ups and a bill scan. */
export async function costPart(
  location: string,
  plans: readonly DayPlan[],
  arrivals: Arrivals,
  { objects, region }: Pick<Connections, 'objects' | 'region'>,
): Promise<Part> {
  const { bucket, key } = parseLocation(location)
  const last = plans.slice(-daysInMonth)
  const days = last.map(({ day }) => `rollup/day=${day}/`)
  // A bill reads the roll-ups of its month.
  let ofMonth = 0
  const sumOf = async (prefix: string) => {
    let bytes = 0
    for await (const { key: name, size } of objects.list(bucket, { prefix })) {
      bytes += size
      if (days.some((folder) => name.startsWith(folder))) ofMonth += size
    }
    return bytes
  }
  const [log = 0, ...rest] = await Promise.all([key.replace(/\/?$/, '/'), 'rollup/', 'usage/'].map(sumOf))
  const rollUps = rest.reduce((sum, bytes) => sum + bytes, 0)
  const scanned = estimateMonthScan(last, arrivals, ofMonth)
  const cost = priceData({ stored: log + rollUps, scanned }, region)
  const usd = (amount: number | undefined) => (amount === undefined ? '' : `, ${amount.toFixed(2)} USD`)
  const kept = `${renderBytes(log)} of the log and ${renderBytes(rollUps)} of roll-ups are kept${usd(cost?.stored)} a month`
  const read = `the last ${daysInMonth} days and their bill scan about ${renderBytes(scanned)}${usd(cost?.scanned)}`
  const source = cost ? `by the ${cost.source}` : `no price is known for ${region}`
  return {
    part: 'cost',
    name: `s3://${bucket}`,
    verdict: 'ok',
    state: `${kept}; ${read}; ${source}`,
    advice: '',
  }
}
