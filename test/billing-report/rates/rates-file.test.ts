import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseRates } from '../../../actions/billing-report/rates/rates-file.ts'

const meter = '{id: a, match: {routes: ["POST /x"], status: [2xx]}, unit: request, tiers: [{price: "1"}]}'
const file = (meters: string, rest = '') =>
  `version: 1\ncurrency: KRW\ndecimals: 0\nrates:\n  - valid-from: 2026-01-01\n    meters:\n      - ${meters}\n${rest}`

it('reads the example', () => {
  const rates = parseRates(readFileSync('example/rates.yml', 'utf8'), 'rates.yml')
  expect(rates.versions.map(({ validFrom }) => validFrom)).toEqual(['2026-01-01', '2026-09-16'])
  expect(rates.plans.map(({ name, users }) => [name, users])).toEqual([
    ['default', undefined],
    ['partner', ['carol', 'dora']],
  ])
})

it('takes defaults', () => {
  expect(parseRates(file(meter), 'r.yml')).toMatchObject({
    rounding: 'half-up',
    tax: { percent: { value: 0n } },
    versions: [{ meters: [{ per: 1n, free: 0n }] }],
  })
})

it.each([
  ['an error of YAML', 'a: [', 'r.yml:1:5'],
  ['another version', 'version: 2', 'r.yml:1:10: version: expected 1'],
  ['an unknown key', `${file(meter)}plan: {}\n`, 'r.yml:8:7: plan: unknown key; did you mean "plans"'],
  ['a bad price', file(meter.replace('"1"', '"1,5"')), 'price: expected a number such as "12.5", got "1,5"'],
  [
    'a bad per',
    file(meter.replace('unit', 'per: 3, unit')),
    'per: expected prime factors 2 and 5 only, got 3',
  ],
  ['a bad unit', file(meter.replace('unit: request', 'unit: requests')), 'unit: expected one of request, '],
  ['a bad status', file(meter.replace('2xx', 'ok')), 'status: expected such as 200 or 2xx, got "ok"'],
  [
    'tiers that do not rise',
    file(meter.replace('[{price: "1"}]', '[{up-to: 5, price: "1"}, {up-to: 5, price: "2"}, {price: "3"}]')),
    'tiers: expected up-to above 5, got 5',
  ],
  [
    'an end of the last tier',
    file(meter.replace('{price: "1"}', '{up-to: 5, price: "1"}')),
    'up-to: expected none in the last tier',
  ],
  [
    'two meters of one unit on one row',
    file(`${meter}\n      - ${meter.replace('id: a', 'id: b').replace('2xx', '200')}`),
    '"a" (line 7) and "b" (line 8) count the same request of one row',
  ],
  [
    'a user in two plans',
    file(meter, 'plans:\n  p: {users: [u]}\n  q: {users: [u]}\n'),
    'r.yml:10:15: plans.q.users: "u" is in the plan "p" too',
  ],
  [
    'versions out of order',
    file(meter, `  - valid-from: 2025-01-01\n    meters:\n      - ${meter}\n`),
    'expected a day after 2026-01-01, got 2025-01-01',
  ],
  [
    'a later version with another free quota',
    file(
      meter,
      `  - valid-from: 2026-02-01\n    meters:\n      - ${meter.replace('unit', 'free: 1, unit')}\n`,
    ),
    'ids, units, matches and free units stay',
  ],
  ['no day', file(meter).replace('2026-01-01', '2026-02-30'), 'valid-from: expected a day such as'],
])('refuses %s, with its place', (_, text, message) => {
  expect(() => parseRates(text, 'r.yml')).toThrow(message)
})
