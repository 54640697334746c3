import { describe, expect, it } from 'vitest'
import { matchesStatus, planOf } from '../../../actions/billing-report/rates/rates.ts'
import { parseRates } from '../../../actions/billing-report/rates/rates-file.ts'

type Meter = {
  id?: string
  routes?: string
  status?: string
  unit?: string
  tiers?: string
  more?: string
}
const meter = ({
  id = 'a',
  routes = '"POST /x"',
  status = '2xx',
  unit = 'request',
  tiers = '{price: "1"}',
  more = '',
}: Meter = {}) =>
  `{id: ${id}, match: {routes: [${routes}], status: [${status}]}, unit: ${unit}, tiers: [${tiers}]${more}}`
const version = (day: string, ...meters: Meter[]) =>
  `  - valid-from: ${day}\n    meters:\n${meters.map((each) => `      - ${meter(each)}\n`).join('')}`
const file = (versions: string, rest = '') =>
  `version: 1\ncurrency: KRW\ndecimals: 0\n${rest}rates:\n${versions}`
const parse = (versions: string, rest?: string) => parseRates(file(versions, rest), 'r.yml')
const one = (given?: Meter) => parse(version('2026-01-01', given ?? {}))
const refused = (read: () => unknown, message: string | RegExp) => expect(read).toThrow(message)

describe('meters of one version', () => {
  it.each<[string, Meter]>([
    ['another unit', { unit: 'responselength' }],
    ['another route', { routes: '"GET /x"' }],
    ['another status', { status: '201' }],
    ['statuses of another class', { status: '4xx' }],
    ['a status of another class', { status: '404' }],
  ])('count side by side where they have %s', (_, other) => {
    expect(
      parse(version('2026-01-01', { status: '200' }, { id: 'b', ...other })).versions[0]?.meters,
    ).toHaveLength(2)
  })

  it.each<[string, Meter, Meter]>([
    ['the same status', { status: '200' }, { status: '200' }],
    ['a status and its class', { status: '200' }, { status: '2xx' }],
    ['one status of several', { status: '200, 404' }, { status: '404' }],
    ['a class and a status of it', { status: '2xx' }, { status: '404, 204' }],
    ['one route of several', { routes: '"GET /a", "GET /b"' }, { routes: '"GET /c", "GET /b"' }],
  ])('never count a row twice: %s', (_, a, b) => {
    refused(
      () => parse(version('2026-01-01', a, { id: 'b', ...b })),
      'r.yml:7:7: rates[0].meters: "a" (line 7) and "b" (line 8) count the same request of one row',
    )
  })

  it('have ids of their own', () => {
    const other = { unit: 'responselength', routes: '"GET /y"' }
    refused(() => parse(version('2026-01-01', {}, other)), '"a" (line 7) and "a" (line 8)')
  })
})

describe('a later version', () => {
  const later = (...meters: Meter[]) =>
    parse(
      version(
        '2026-01-01',
        { routes: '"A /", "B /"', status: '200, 404' },
        { id: 'b', unit: 'dataprocessed' },
      ) + version('2026-02-01', ...meters),
    )

  it('may have other prices, and another order', () => {
    const b = { id: 'b', unit: 'dataprocessed', tiers: '{price: "2"}' }
    const a = {
      routes: '"B /", "A /"',
      status: '404, 200',
      tiers: '{up-to: 5, price: "3"}, {price: "2"}',
      more: ', per: 10',
    }
    expect(later(b, a).versions).toHaveLength(2)
  })

  it.each<[string, Meter[]]>([
    ['a meter less', [{ routes: '"A /", "B /"', status: '200, 404' }]],
    [
      'another id',
      [
        { id: 'c', routes: '"A /", "B /"', status: '200, 404' },
        { id: 'b', unit: 'dataprocessed' },
      ],
    ],
    [
      'another route',
      [
        { routes: '"A /"', status: '200, 404' },
        { id: 'b', unit: 'dataprocessed' },
      ],
    ],
    [
      'another status',
      [
        { routes: '"A /", "B /"', status: '200' },
        { id: 'b', unit: 'dataprocessed' },
      ],
    ],
    [
      'another unit',
      [
        { routes: '"A /", "B /"', status: '200, 404' },
        { id: 'b', unit: 'responselength' },
      ],
    ],
    [
      'other free units',
      [
        { routes: '"A /", "B /"', status: '200, 404', more: ', free: 1' },
        { id: 'b', unit: 'dataprocessed' },
      ],
    ],
  ])('may not have %s', (_, meters) => {
    refused(
      () => later(...meters),
      'rates: the version of 2026-02-01 has other meters than the one of 2026-01-01; ids, units, matches and free units stay',
    )
  })

  it('is of a later day', () => {
    refused(
      () => parse(version('2026-01-01', {}) + version('2026-01-01', {})),
      'rates: expected a day after 2026-01-01, got 2026-01-01',
    )
  })
})

describe('the values of a rates file', () => {
  it('are read', () => {
    const tiers = '{up-to: 10, price: "1.5"}, {up-to: 20, price: "0"}, {price: "0.5"}'
    const read = parse(
      version('2026-01-01', { tiers, more: ', per: 1000, free: 7' }),
      'rounding: half-even\ntax: {name: VAT, percent: "7.7"}\n',
    )
    expect(read).toEqual({
      ...{ currency: 'KRW', decimals: 0, rounding: 'half-even', plans: [] },
      tax: { name: 'VAT', percent: { value: 77n, scale: 1 } },
      versions: [
        {
          validFrom: '2026-01-01',
          meters: [
            {
              ...{ id: 'a', routes: ['POST /x'], statuses: ['2xx'], unit: 'request', line: 9 },
              ...{ per: 1000n, free: 7n },
              tiers: [
                { upTo: 10n, price: { value: 15n, scale: 1 } },
                { upTo: 20n, price: { value: 0n, scale: 0 } },
                { upTo: undefined, price: { value: 5n, scale: 1 } },
              ],
            },
          ],
        },
      ],
    })
    expect(one().tax.name).toBe('tax')
  })

  it.each<[string, () => unknown, string]>([
    ['no version', () => parse('  []\n'), 'r.yml:5:3: rates: expected at least one version'],
    ['no tier', () => one({ tiers: '' }), 'tiers: expected at least one tier'],
    [
      'a negative price',
      () => one({ tiers: '{price: "-1"}' }),
      'price: expected a number such as "12.5", got "-1"',
    ],
    [
      'a first tier of nothing',
      () => one({ tiers: '{up-to: 0, price: "1"}, {price: "1"}' }),
      'up-to: expected',
    ],
    ['a middle tier without an end', () => one({ tiers: '{price: "1"}, {price: "1"}' }), 'up-to: expected'],
    ['per 0', () => one({ more: ', per: 0' }), 'per: expected'],
    ['negative free units', () => one({ more: ', free: -1' }), 'free: expected'],
    [
      'seven decimals',
      () => parseRates(file(version('2026-01-01', {})).replace('decimals: 0', 'decimals: 7'), 'r.yml'),
      'decimals: expected',
    ],
    [
      'another rounding',
      () => parse(version('2026-01-01', {}), 'rounding: up\n'),
      'rounding: expected one of half-up, half-even, down',
    ],
    [
      'an unknown key of the tax',
      () => parse(version('2026-01-01', {}), 'tax: {nam: x, percent: "1"}\n'),
      'tax.nam: unknown key',
    ],
    [
      'an unknown key of a version',
      () => parse(`${version('2026-01-01', {})}    meter: []\n`),
      'rates[0].meter: unknown key',
    ],
    ['an unknown key of a meter', () => one({ more: ', fre: 1' }), 'meters[0].fre: unknown key'],
    ['an unknown key of a match', () => one({ status: '2xx], stat: [1' }), 'match.stat: unknown key'],
    ['an unknown key of a tier', () => one({ tiers: '{price: "1", upto: 1}' }), 'tiers[0].upto: unknown key'],
    [
      'an unknown key of a plan',
      () => parse(version('2026-01-01', {}), 'plans: {p: {user: [a]}}\n'),
      'plans.p.user: unknown key',
    ],
    [
      'users of the default plan',
      () => parse(version('2026-01-01', {}), 'plans: {default: {users: [a]}}\n'),
      'plans.default.users: expected none in the default plan',
    ],
    [
      'a plan without users',
      () => parse(version('2026-01-01', {}), 'plans: {p: {fixed: "1"}}\n'),
      'users: expected',
    ],
    [
      'a status of one digit',
      () => one({ status: '2' }),
      'match.status: expected such as 200 or 2xx, got "2"',
    ],
    ['a status above 599', () => one({ status: '200, 600' }), 'got "600"'],
    ['a status of four digits', () => one({ status: '2000' }), 'got "2000"'],
    ['a class with more', () => one({ status: 'a2xx' }), 'got "a2xx"'],
  ])('are refused: %s', (_, read, message) => {
    refused(read, message)
  })
})

describe('the status of a row', () => {
  const statuses = (...given: string[]) => ({
    ...({ id: '', routes: [], unit: 'request', per: 1n, free: 0n, tiers: [], line: 1 } as const),
    statuses: given,
  })

  it.each([
    ['200', true],
    ['299', true],
    ['404', true],
    ['403', false],
    ['20', false],
    ['2000', false],
    ['2xx', true],
    ['', false],
    ['-', false],
  ])('"%s" is one of 2xx and 404: %s', (status, expected) => {
    expect(matchesStatus(statuses('2xx', '404'), status)).toBe(expected)
  })
})

it('gives a user the plan that names it, else the default one', () => {
  const plans = 'plans:\n  default: {minimum: "1"}\n  p: {users: [a, b], discount-percent: "5", fixed: "2"}\n'
  const read = parse(version('2026-01-01', {}), plans)
  expect(read.plans).toMatchObject([
    {
      name: 'default',
      users: undefined,
      minimum: { value: 1n },
      fixed: { value: 0n },
      discountPercent: { value: 0n },
    },
    {
      name: 'p',
      users: ['a', 'b'],
      minimum: { value: 0n },
      fixed: { value: 2n },
      discountPercent: { value: 5n },
    },
  ])
  expect(['a', 'b', 'c'].map((user) => planOf(read, user)?.name)).toEqual(['p', 'p', 'default'])
  expect(planOf({ ...read, plans: read.plans.slice(1) }, 'c')).toBeUndefined()
})
