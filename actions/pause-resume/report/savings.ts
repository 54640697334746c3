import { blocks, codeBlock, foldTable, type Markdown, md } from '../../../lib/markdown.ts'
import { clockAt } from '../../../lib/service/calendar.ts'
import type { LedgerEvent } from '../../../lib/service/ledger.ts'
import { type Between, type GroupSavings, type Savings, staysOf } from '../../../lib/service/savings.ts'

/** Renders what pauses saved in a time, and what went on costing. */
export function renderSavings(savings: Savings, what: string): Markdown {
  const { services, groups, savedUsd, costUsd, unpriced } = savings
  if (services.length + groups.length === 0) return md``
  const right = ['hours']
  return blocks(
    md`**${what}: ${renderUsd(savedUsd)} saved, ${renderUsd(costUsd)} spent on instances that ran although paused**`,
    foldTable(
      'services that were paused',
      ['service', 'hours'],
      services.map(({ cluster, name, hoursPaused }) => [`${cluster}/${name}`, renderHours(hoursPaused)]),
      { right },
    ),
    groups.length > 0
      ? foldTable(
          'Auto Scaling groups that were freed',
          ['Auto Scaling group', 'type', 'freed', 'saved', 'ran on', 'cost', 'price'],
          groups.map(toRow),
          {
            right: ['freed', 'saved', 'ran on', 'cost'],
          },
        )
      : md``,
    unpriced.length > 0
      ? md`No price is known for ${unpriced.join(', ')}: give it with the input instance-price.`
      : md``,
  )
}

function toRow({ cluster, name, instanceType, freedHours, leftHours, price }: GroupSavings): string[] {
  const cost = (hours: number) => (price ? renderUsd(hours * price.usd) : '')
  return [
    `${cluster}/${name}`,
    instanceType || 'unknown',
    `${renderHours(freedHours)} h`,
    cost(freedHours),
    `${renderHours(leftHours)} h`,
    cost(leftHours),
    price ? `${price.usd} USD/h, ${price.source}` : 'unknown',
  ]
}

const renderHours = (hours: number) => hours.toFixed(1)
const renderUsd = (usd: number) => `${usd.toFixed(2)} USD`

/** Draws when services were paused, as a Gantt chart of Mermaid in local time; nothing where no event names one. */
export function renderTimeline(events: readonly LedgerEvent[], between: Between, timeZone: string): Markdown {
  const rows = staysOf(events, between, ({ services }) => services).flatMap(([{ cluster, name }, stays]) => [
    `  section ${cluster}/${name}`,
    ...stays.map(({ from, until, value }) => {
      const [word, tag] = value.isPaused ? ['paused', 'done'] : ['running', 'active']
      return `  ${word} :${tag}, ${clockAt(from, timeZone)}, ${clockAt(until, timeZone)}`
    }),
  ])
  if (rows.length === 0) return md``
  const head = [
    'gantt',
    '  dateFormat YYYY-MM-DD HH:mm',
    '  axisFormat %d %b',
    `  title paused and running, ${timeZone}`,
  ]
  return codeBlock('mermaid', [...head, ...rows].join('\n'))
}
