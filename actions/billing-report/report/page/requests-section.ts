import type { Bill } from '../../bill/bill.ts'
import type { DaySum, Latency, PageData } from '../../bill/page-data.ts'
import type { RouteSum } from '../../bill/route-sums.ts'
import { renderTable } from '../html-table.ts'
import { groupDigits } from '../user-rows.ts'
import { colors, renderChart, valueAxis } from './chart.ts'

const shownRoutes = 100
const count = (value: bigint) => groupDigits(String(value))
const total = (values: readonly bigint[]) => values.reduce((sum, value) => sum + value, 0n)

/** Writes the requests of each day by class of status, as a chart and as a table; nothing where days are not known. */
export function renderDays({ days = [] }: PageData): string {
  if (days.length === 0) return ''
  const names = [...new Set(days.map(({ day }) => day))].sort()
  const classes = [...new Set(days.map(({ status }) => classOf(status)))].sort()
  const requests = (day: string | undefined, status: string | undefined) =>
    total(
      days
        .filter((each) => (day ?? each.day) === each.day)
        .filter((each) => (status ?? classOf(each.status)) === classOf(each.status))
        .map((each) => each.requests),
    )
  const row = (day: string | undefined) => [
    day ?? 'all',
    ...classes.map((status) => count(requests(day, status))),
    count(requests(day, undefined)),
  ]
  return `<h2>Requests by day and status</h2>
<figure>${renderDayChart(names, classes, requests)}<figcaption>Requests of each day by class of status: all that are in the table.</figcaption></figure>
${renderTable({
  caption: 'Requests by day',
  columns: ['day', ...classes, 'all'],
  numbers: [...classes, 'all'],
  rows: names.map(row),
  sums: [row(undefined)],
})}`
}

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
