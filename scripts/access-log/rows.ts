import { addDays, listDays, startOf } from '../../lib/service/calendar.ts'

/** One row of the access log: all texts, as the HTTP API writes them. */
export type LogRow = Record<(typeof columns)[number], string>

/** The columns of the access log, in the order of the billing stack's table. */
export const columns = [
  'requestid',
  'extendedrequestid',
  'requesttime',
  'httpmethod',
  'routekey',
  'status',
  'user',
  'responselength',
  'dataprocessed',
  'responselatency',
  'integrationlatency',
  'integrationstatus',
] as const

/** Mulberry32: small, and the same numbers for the same seed everywhere. */
function makeRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const dayMilliseconds = 86_400_000

/**
 * Makes the rows of months, by day of arrival: the same rows each time. There are users of several
 * sizes, all kinds of answers, rows without a user, doubles, broken ones, and some that arrive a day late.
 */
export function makeRows(firstDay: string, nextDay: string, timeZone: string): Map<string, LogRow[]> {
  const random = makeRandom(20_260_901)
  const arrivals = new Map<string, LogRow[]>()
  const arrive = (day: string, row: LogRow) => arrivals.set(day, [...(arrivals.get(day) ?? []), row])
  for (const [number, day] of listDays(firstDay, nextDay).entries()) {
    const rows = makeDay(startOf(day, timeZone), number, random)
    for (const row of rows) arrive(random() < 0.02 ? addDays(day, 1) : day, row)
    const [double, broken] = rows
    if (double && number % 3 === 0) arrive(day, double)
    if (broken && number % 10 === 0)
      arrive(day, { ...broken, requestid: `${broken.requestid}-x`, status: '-' })
  }
  return arrivals
}

const users: readonly [string, number][] = [
  ['alice', 45],
  ['bob', 2],
  ['carol', 30],
  ['eve@example.org', 8],
  ['-', 1],
]

function makeDay(start: number, number: number, random: () => number): LogRow[] {
  return users.flatMap(([user, perDay]) =>
    Array.from({ length: Math.round(perDay * (0.5 + random())) }, (_, at) => {
      const time = start + Math.floor(random() * dayMilliseconds)
      return makeRow(`${number}-${user}-${at}`, user, time, random)
    }),
  )
}

function makeRow(id: string, user: string, time: number, random: () => number): LogRow {
  const kind = random()
  const route = kind < 0.7 ? 'POST /invocations' : kind < 0.75 ? 'POST /inference' : 'GET /presign'
  const fate = random()
  const status = fate < 0.94 ? '200' : fate < 0.97 ? '404' : '500'
  const bytes = status === '200' ? 400 + Math.floor(random() * 2_000_000) : 60
  const latency = 20 + Math.floor(random() ** 4 * 9000)
  return {
    requestid: `r-${id}`,
    extendedrequestid: `x-${id}`,
    requesttime: String(time),
    httpmethod: route.split(' ')[0] ?? '',
    routekey: route,
    status,
    user,
    responselength: String(bytes),
    dataprocessed: String(bytes + 900),
    responselatency: String(latency),
    integrationlatency: String(latency - 3),
    integrationstatus: status,
  }
}
