import { expect, it } from 'vitest'
import { type BilledMonth, findDifference } from '../../scripts/demo/own-calls.ts'

const made = new Map([
  ['alice', { 'GET /presign': 4, 'POST /invocations': 2 }],
  ['bob', { 'GET /presign': 3, 'POST /invocations': 1 }],
])
const bill = (rows: number, noRate: number, users: Record<string, number>): BilledMonth => {
  const billed = Object.values(users).reduce((sum, requests) => sum + requests, 0)
  return {
    reconciliation: { rows: `${rows}`, billed: `${billed}`, excluded: { noRate: `${noRate}` } },
    largest: Object.entries(users).map(([user, requests]) => ({ user, requests: `${requests}` })),
  }
}

it('finds no difference where the bill has exactly the calls, also in two months', () => {
  expect(findDifference(made, [bill(10, 7, { alice: 2, bob: 1, carol: 0 })])).toBeUndefined()
  expect(findDifference(made, [bill(6, 4, { alice: 2 }), bill(4, 3, { bob: 1 })])).toBeUndefined()
})

it.each([
  [
    'a call that is not billed',
    bill(10, 7, { alice: 1, bob: 2 }),
    'requests of alice: 2 made, 1 in the bill',
  ],
  [
    'a call of nobody',
    bill(11, 7, { alice: 2, bob: 1, eve: 1 }),
    'requests of all users: 3 made, 4 in the bill',
  ],
  ['a presign that is lost', bill(9, 6, { alice: 2, bob: 1 }), 'calls without a rate: 7 made, 6 in the bill'],
  ['a row of another kind', bill(11, 7, { alice: 2, bob: 1 }), 'calls: 10 made, 11 in the bill'],
])('names %s', (_, billed, difference) => {
  expect(findDifference(made, [billed])).toBe(difference)
})
