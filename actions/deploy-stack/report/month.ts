import { type Markdown, md } from '../../../lib/markdown.ts'
import type { StackResult } from '../apply/outcome.ts'
import type { FindHourlyPrice, HourlyPrice } from '../plan/hourly-price.ts'

const hoursInMonth = 730

/** Renders what a month costs of what is added and removed, where that has a list price; else nothing. */
export function renderMonth(results: readonly StackResult[], findPrice: FindHourlyPrice): Markdown {
  const priced = results.flatMap(({ stackName, outcome }) =>
    ('changes' in outcome ? outcome.changes : []).flatMap((change) => {
      const count = change.action === 'Add' ? 1 : change.action === 'Remove' ? -1 : 0
      const price = findPrice(stackName, change)
      return price && count !== 0 ? [{ ...price, count }] : []
    }),
  )
  const parts = [...Map.groupBy(priced, ({ what }) => what).values()].map(describe).filter(Boolean)
  const [oldest] = priced.map(({ dated }) => dated).sort()
  return parts.length > 0
    ? md`**A month**, at list prices of ${oldest ?? ''} or newer: ${parts.join('; ')}.`
    : md``
}

function describe(group: readonly (HourlyPrice & { count: number })[]): string {
  const count = group.reduce((sum, each) => sum + each.count, 0)
  const { what = '', usd = 0 } = group[0] ?? {}
  const month = Math.round(Math.abs(count) * usd * hoursInMonth)
  return count === 0 ? '' : `${month} USD ${count > 0 ? 'more' : 'less'} for ${Math.abs(count)} × ${what}`
}
