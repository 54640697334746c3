import { expect, it } from 'vitest'
import { type BilledMonth, type Call, findDifference } from '../../scripts/demo/own-calls.ts'

const calls = (times: number, route: string, status = 200): Call[] => Array(times).fill({ route, status })
const made = new Map([
  [
    'alice',
    [...calls(4, 'GET /presign'), ...calls(2, 'POST /inference'), ...calls(1, 'POST /inference', 403)],
  ],
  ['bob', [...calls(3, 'GET /presign'), ...calls(1, 'POST /inference', 202)]],
])
const bill = (rows: number, noRate: number, users: Record<string, number>, status = 1): BilledMonth => {
  const billed = Object.values(users).reduce((sum, requests) => sum + requests, 0)
  return {
    reconciliation: {
      rows: `${rows}`,
      billed: `${billed}`,
      excluded: { status: `${status}`, noRate: `${noRate}` },
    },
    largest: Object.entries(users).map(([user, requests]) => ({ user, requests: `${requests}` })),
  }
}

it('finds no difference where the bill has exactly the calls, also in two months', () => {
  expect(findDifference(made, [bill(11, 7, { alice: 2, bob: 1, carol: 0 })])).toBeUndefined()
  expect(findDifference(made, [bill(6, 4, { alice: 2 }, 0), bill(5, 3, { bob: 1 })])).toBeUndefined()
})

it.each([
  [
    'a call that is not billed',
    bill(11, 7, { alice: 1, bob: 2 }),
    'requests of alice: 2 made, 1 in the bill',
  ],
  [
    'a call of nobody',
    bill(12, 7, { alice: 2, bob: 1, eve: 1 }),
    'requests of all users: 3 made, 4 in the bill',
  ],
  [
    'a refused call that is lost',
    bill(10, 7, { alice: 2, bob: 1 }, 0),
    'refused requests: 1 made, 0 in the bill',
  ],
  [
    'a presign that is lost',
    bill(10, 6, { alice: 2, bob: 1 }),
    'calls without a rate: 7 made, 6 in the bill',
  ],
  ['a row of another kind', bill(12, 7, { alice: 2, bob: 1 }), 'calls: 11 made, 12 in the bill'],
])('names %s', (_, billed, difference) => {
  expect(findDifference(made, [billed])).toBe(difference)
})
