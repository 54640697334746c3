import type { Bill } from '../../bill/bill.ts'
import type { DaySum, Latency, PageData } from '../../bill/page-data.ts'
import type { RouteSum } from '../../bill/route-sums.ts'
import { renderTable } from '../html-table.ts'
import { escapeHtml } from '../html-text.ts'
import { groupDigits } from '../user-rows.ts'
import { colors, renderChart, valueAxis } from './chart.ts'

const shownRoutes = 100
const count = (value: bigint) => groupDigits(String(value))
const total = (values: readonly bigint[]) => values.reduce((sum, value) => sum + value, 0n)

/**
 * Writes the requests of each day by class of status, as a chart and as a table; nothing where days are not known, or
 * have no request. What arrived too late for the roll-up of its day has a row of its own, so that the columns add up to
 * those of the routes.
 */
export function renderDays({ routes }: Bill, { days }: PageData): string {
  const classes = [...new Set([...(days?.sums ?? []), ...routes].map(({ status }) => classOf(status)))].sort()
  if (!days || classes.length === 0) return ''
  const { all, paused, sums } = days
  const ofClass = (some: readonly Pick<DaySum, 'status' | 'requests'>[], status: string) =>
    total(some.filter((each) => classOf(each.status) === status).map(({ requests }) => requests))
  const ofDay = (day: string) => sums.filter((each) => each.day === day)
  const requests = (day: string, status: string) => ofClass(ofDay(day), status)
  const row = (name: string, counts: readonly bigint[]) => [name, ...counts.map(count), count(total(counts))]
  const rows = all.map((day) =>
    row(
      paused.has(day) ? `${day} (paused)` : day,
      classes.map((status) => requests(day, status)),
    ),
  )
  const late = classes.map((status) => ofClass(routes, status) - ofClass(sums, status))
  const lateRows = late.some((each) => each !== 0n) ? [row('arrived late', late)] : []
  return `<h2>Requests by day and status</h2>
<figure>${renderDayChart(all, classes, requests)}<figcaption>${escapeHtml(captionOf(total(late)))}</figcaption></figure>
${renderTable({
  caption: 'Requests by day',
  columns: ['day', ...classes, 'all'],
  numbers: [...classes, 'all'],
  rows: [...rows, ...lateRows],
  sums: [
    row(
      'all',
      classes.map((status) => ofClass(routes, status)),
    ),
  ],
})}`
}

const captionOf = (late: bigint) =>
  late === 0n
    ? 'Requests of each day by class of status: all that are in the table.'
    : `Requests of each day by class of status; the ${count(late)} that arrived late are not drawn.`

const classOf = (status: DaySum['status']) => (/^[1-5]\d\d$/.test(status) ? `${status[0]}xx` : 'other status')

function renderDayChart(
  days: readonly string[],
  classes: readonly string[],
  requests: (day: string, status: string) => bigint,
): string {
  return renderChart({
    title: `Requests of ${days.length} days by class of status, as in the table below`,
    height: 280,
    option: {
      color: [...colors],
      legend: { bottom: 0, itemWidth: 14, textStyle: { fontSize: 14 } },
      grid: { left: 70, right: 10, top: 10, bottom: 56 },
      xAxis: { type: 'category', data: days.map((day) => day.slice(8)), axisLabel: { fontSize: 14 } },
      yAxis: { ...valueAxis, splitNumber: 3 },
      series: classes.map((status) => ({
        type: 'bar',
        stack: 'all',
        silent: true,
        name: status,
        data: days.map((day) => Number(requests(day, status))),
      })),
    },
  })
}

/** Writes the requests of each route and status, with latency where it is known. */
export function renderRoutes({ routes }: Bill, { latency = [] }: PageData): string {
  const byRequests = routes.toSorted((a, b) =>
    a.requests < b.requests ? 1 : a.requests > b.requests ? -1 : 0,
  )
  const named = byRequests.filter(({ routeKey }) => routeKey !== undefined).slice(0, shownRoutes)
  const rest = byRequests.filter((route) => !named.includes(route))
  const times = latency.length > 0 ? ['p50', 'p95', 'p99'] : []
  const numbers = ['requests', 'billed', ...times]
  const row = (name: string, status: string, sums: readonly RouteSum[]) => [
    name,
    status,
    count(total(sums.map(({ requests }) => requests))),
    count(total(sums.map(({ billed }) => billed))),
  ]
  const others = rest.length === 0 ? [] : [row(nameRest(rest), '', rest)]
  const padded = (cells: readonly string[]) => [...cells, ...times.map(() => '')]
  return `<h2>Routes</h2>
${renderTable({
  caption:
    'Requests by route and status; malformed rows and copies are not among them' +
    (times.length > 0 ? '. Latency is that of the route, whatever the status' : ''),
  columns: ['route', 'status', ...numbers],
  numbers,
  rows: named.map((route) => [
    ...row(route.routeKey ?? '', route.status, [route]),
    ...(times.length > 0 ? timesOf(route.routeKey, latency) : []),
  ]),
  sums: [...others, row('all', '', routes)].map(padded),
})}`
}

const nameRest = (rest: readonly RouteSum[]) =>
  rest.every(({ routeKey }) => routeKey !== undefined) ? `${rest.length} others` : 'others'

function timesOf(routeKey: string | undefined, latency: readonly Latency[]): string[] {
  const found = latency.find((each) => each.routeKey === routeKey)
  return found ? [found.p50, found.p95, found.p99] : ['', '', '']
}
