import { createHash } from 'node:crypto'
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
export function makeRandom(seed: number): () => number {
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
 * Makes the rows of months, by day of arrival: the same rows each time, and only such as the HTTP API writes.
 * There are users of several sizes, all kinds of answers, calls without a key, rows that Firehose delivers
 * twice, and some that arrive a day late.
 */
export function makeRows(firstDay: string, nextDay: string, timeZone: string): Map<string, LogRow[]> {
  const random = makeRandom(20_260_901)
  const arrivals = new Map<string, LogRow[]>()
  const arrive = (day: string, row: LogRow) => arrivals.set(day, [...(arrivals.get(day) ?? []), row])
  for (const [number, day] of listDays(firstDay, nextDay).entries()) {
    const rows = makeDay(startOf(day, timeZone), number, random)
    for (const row of rows) arrive(random() < 0.02 ? addDays(day, 1) : day, row)
    const [double] = rows
    if (double && number % 3 === 0) arrive(day, double)
  }
  return arrivals
}

/** Makes a billable row of alice at noon of a day, which is none of those that `makeRows` makes. */
export function makeLateRow(day: string, timeZone: string): LogRow {
  const call = { route: 'POST /invocations', status: '200' }
  return makeRow(`late-${day}`, 'alice', startOf(day, timeZone) + dayMilliseconds / 2, call, makeRandom(1))
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
      const call = user === '-' ? callWithoutKey(random) : callOf(random)
      return makeRow(`${number}-${user}-${at}`, user, time, call, random)
    }),
  )
}

/** What is called, and how it is answered. */
type Call = { route: string; status: string }

function callOf(random: () => number): Call {
  const kind = random()
  const fate = random()
  if (kind >= 0.75) return { route: 'GET /presign', status: fate < 0.97 ? '200' : '400' }
  const route = kind < 0.7 ? 'POST /invocations' : 'POST /inference'
  const status = fate < 0.9 ? '200' : fate < 0.94 ? '202' : fate < 0.97 ? '404' : '500'
  return { route, status }
}

/** The authorizer refuses it, unless it is a ping, which anybody may call. */
function callWithoutKey(random: () => number): Call {
  return random() < 0.5
    ? { route: 'GET /ping/service', status: '200' }
    : { route: 'POST /invocations', status: '401' }
}

/** Names a request as the HTTP API does: 15 characters and a "=". */
const requestIdOf = (name: string) => `${createHash('sha256').update(name).digest('base64url').slice(0, 15)}=`

function makeRow(
  name: string,
  user: string,
  time: number,
  { route, status }: Call,
  random: () => number,
): LogRow {
  const isResult = status === '200' && route.startsWith('POST /')
  const bytes = isResult ? 400 + Math.floor(random() * 2_000_000) : 60
  const latency = 20 + Math.floor(random() ** 4 * 9000)
  const isRefused = status === '401'
  return {
    requestid: requestIdOf(name),
    // An HTTP API has one id only: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
    extendedrequestid: requestIdOf(name),
    requesttime: String(time),
    httpmethod: route.split(' ')[0] ?? '',
    routekey: route,
    status,
    user,
    responselength: String(bytes),
    dataprocessed: String(bytes + 900),
    responselatency: String(latency),
    integrationlatency: isRefused ? '-' : String(latency - 3),
    integrationstatus: isRefused ? '-' : status,
  }
}
