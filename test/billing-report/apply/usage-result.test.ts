import { expect, it } from 'vitest'
import {
  parseFact,
  parseLatency,
  readCount,
  readUsage,
} from '../../../actions/billing-report/apply/usage-result.ts'

const cells = {
  ...{ user: 'ann', rates_version: '1', routekey: 'POST /x', status: '200', row_class: 'attributed' },
  ...{ duplicates: '2', requests: '9007199254740993', responselength: '3', dataprocessed: '4' },
  ...{ responselatency: '5', integrationlatency: '-6', responselength_unreadable: '7' },
  ...{ dataprocessed_unreadable: '8', responselatency_unreadable: '9', integrationlatency_unreadable: '10' },
}

async function read(...rows: Record<string, string>[]) {
  const names = Object.keys(cells)
  const lines = [names, ...rows.map((row) => names.map((name) => `"${row[name] ?? ''}"`))]
  const body = async function* () {
    yield Buffer.from(`${lines.map((line) => line.join(',')).join('\n')}\n`)
  }
  const all = []
  for await (const piece of readUsage(body())) all.push(...piece)
  return all
}

it('reads each number of the usage from its own column, exactly', async () => {
  expect(await read(cells, { ...cells, user: 'bob', row_class: 'malformed' })).toEqual([
    {
      ...{
        user: 'ann',
        version: 1,
        routeKey: 'POST /x',
        status: '200',
        rowClass: 'attributed',
        duplicates: 2n,
      },
      quantities: {
        ...{ request: 9007199254740993n, responselength: 3n, dataprocessed: 4n },
        ...{ responselatency: 5n, integrationlatency: -6n },
      },
      unreadable: { responselength: 7n, dataprocessed: 8n, responselatency: 9n, integrationlatency: 10n },
    },
    expect.objectContaining({ user: 'bob', rowClass: 'malformed' }),
  ])
})

it('reads names of more users than it remembers', async () => {
  const users = Array.from({ length: 2500 }, (_, at) => `user ${at % 1300}`)
  const rows = await read(...users.map((user) => ({ ...cells, user })))
  expect(rows.map(({ user }) => user)).toEqual(users)
})

it.each([
  ['row_class', 'other', 'expected a class of rows, got "other"'],
  ['row_class', '', 'expected a class of rows, got ""'],
  ['requests', '1.5', 'requests: expected a whole number, got "1.5"'],
  ['requests', '', 'requests: expected a whole number, got ""'],
  ['duplicates', '1 ', 'duplicates: expected a whole number, got "1 "'],
  ['responselength', '0x1', 'responselength: expected a whole number, got "0x1"'],
  ['rates_version', 'a1', 'rates_version: expected a whole number, got "a1"'],
])('bills nothing by a result whose %s is %j', async (name, text, message) => {
  await expect(read({ ...cells, [name]: text })).rejects.toThrow(`roll-up: ${message}`)
})

it('reads facts and latencies, and refuses what is no count', () => {
  const counts = { bucket: '3', requests: '4', duplicates: '5', conflicts: '6' }
  expect(parseFact({ period: '2026-03-01', row_class: 'hour', ...counts })).toEqual({
    ...{ period: '2026-03-01', rowClass: 'hour', bucket: 3, requests: 4n, duplicates: 5n, conflicts: 6n },
  })
  expect(parseLatency({ routekey: 'GET /x', ...counts })).toEqual({
    routeKey: 'GET /x',
    bucket: 3,
    requests: 4n,
  })
  for (const text of ['', 'x1', '1x', '1.0'])
    expect(() => readCount({ total: text }, 'total')).toThrow(
      `roll-up: total: expected a whole number, got "${text}"`,
    )
  expect(() => readCount({}, 'total')).toThrow('got ""')
  expect(readCount({ total: '-12' }, 'total')).toBe(-12n)
})
