import { describe, expect, it } from 'vitest'
import { makePlanFinder, matchesStatus, verifyCovers } from '../../../actions/billing-report/rates/rates.ts'
import { parseRates } from '../../../actions/billing-report/rates/rates-file.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'

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
    const other = { unit: 'responselength', routes: '"GET /y"', status: '404' }
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
      'rates[1].meters: the version of 2026-02-01 has other meters than the one of 2026-01-01; ids, units, matches and free units stay',
    )
  })

  it('is of a later day', () => {
    refused(
      () => parse(version('2026-01-01', {}) + version('2026-01-01', {})),
      'r.yml:8:17: rates[1].valid-from: expected a day after 2026-01-01, got 2026-01-01',
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
          place: 'r.yml:7:17: rates[0].valid-from',
          meters: [
            {
              ...{ id: 'a', routes: ['POST /x'], statuses: ['2xx'], unit: 'request', line: 9 },
              ...{ per: 1000n, free: 7n },
              tiers: [
                { upTo: 10n, price: { value: 15n, scale: 1 }, each: { value: 15n, scale: 4 } },
                { upTo: 20n, price: { value: 0n, scale: 0 }, each: { value: 0n, scale: 3 } },
                { upTo: undefined, price: { value: 5n, scale: 1 }, each: { value: 5n, scale: 4 } },
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

describe('what no bill can be made with', () => {
  const rest = (text: string) => () => parse(version('2026-01-01', {}), text)
  const currency = (code: string, decimals: number) =>
    file(version('2026-01-01', {})).replace(
      'currency: KRW\ndecimals: 0',
      `currency: ${code}\ndecimals: ${decimals}`,
    )

  it.each<[string, () => unknown, string]>([
    [
      'a discount above 100 %',
      rest('plans: {p: {users: [a], discount-percent: "100.01"}}\n'),
      'r.yml:4:43: plans.p.discount-percent: expected at most 100, got "100.01"',
    ],
    [
      'a tax above 100 %',
      rest('tax: {name: VAT, percent: "1000"}\n'),
      'r.yml:4:27: tax.percent: expected at most 100, got "1000"',
    ],
    [
      'a tax without a name',
      rest('tax: {name: "", percent: "1"}\n'),
      'r.yml:4:13: tax.name: expected a name',
    ],
    ['no user', rest('plans: {p: {users: []}}\n'), 'r.yml:4:20: plans.p.users: expected a list of texts'],
    [
      'a user whom the log has for none',
      rest('plans: {p: {users: [a, "-"]}}\n'),
      'r.yml:4:24: plans.p.users: expected the name of a user, got "-"',
    ],
    ['an empty user', rest('plans: {p: {users: [""]}}\n'), 'expected the name of a user, got ""'],
    [
      'a user twice in one plan',
      rest('plans: {p: {users: [a, b, a]}}\n'),
      'r.yml:4:27: plans.p.users: "a" is in the plan "p" too',
    ],
    ['a meter without an id', () => one({ id: '""' }), 'meters[0].id: expected a name, got an empty one'],
  ])('is %s', (_, read, message) => {
    refused(read, message)
  })

  it.each([
    ['""', 0, 'r.yml:2:11: currency: expected a code of ISO 4217 such as KRW, got ""'],
    ['Won!', 0, 'r.yml:2:11: currency: expected a code of ISO 4217 such as KRW, got "Won!"'],
    ['krw', 0, 'got "krw"'],
    ['QQQ', 0, 'got "QQQ"'],
    ['KRW', 2, 'r.yml:3:11: decimals: expected at most 0, which KRW has, got 2'],
    ['JPY', 1, 'decimals: expected at most 0, which JPY has, got 1'],
    ['EUR', 3, 'decimals: expected at most 2, which EUR has, got 3'],
  ])('is the currency %s with %i decimals', (code, decimals, message) => {
    refused(() => parseRates(currency(code, decimals), 'r.yml'), message)
  })

  it.each([
    ['KRW', 0],
    ['EUR', 2],
    ['USD', 0],
    ['KWD', 3],
    ['IQD', 3],
    ['CLF', 4],
  ])('is not the currency %s with %i decimals', (code, decimals) => {
    expect(parseRates(currency(code, decimals), 'r.yml')).toMatchObject({ currency: code, decimals })
  })

  it('is a first version that begins after the month', () => {
    const read = parse(version('2026-09-10', {}) + version('2026-11-01', {}))
    const cover = (month: string) => () => verifyCovers(read, monthPeriod(month, 'Asia/Seoul'))
    refused(
      cover('2026-09'),
      'r.yml:5:17: rates[0].valid-from: expected a first day up to 2026-09-01, on which 2026-09 begins, got 2026-09-10',
    )
    expect(cover('2026-10')).not.toThrow()
    expect(() =>
      verifyCovers(parse(version('2026-09-01', {})), monthPeriod('2026-09', 'Asia/Seoul')),
    ).not.toThrow()
  })
})

describe('aliases of a rates file', () => {
  const anchored = `version: 1
currency: KRW
decimals: 0
rates:
  - valid-from: 2026-01-01
    meters:
      - &inference
        id: inference
        match: &calls {routes: &routes ["POST /x"], status: [2xx]}
        unit: request
        tiers: [{price: "1"}]
      - {id: egress, match: *calls, unit: responselength, tiers: [{price: "3"}]}
  - valid-from: 2026-02-01
    meters:
      - <<: *inference
        tiers: [{price: "2"}]
      - {id: egress, match: {routes: *routes, status: [2xx]}, unit: responselength, tiers: [{price: "4"}]}
`

  it('stand for what they name, and merge keys for what is not written', () => {
    const { versions } = parseRates(anchored, 'r.yml')
    expect(
      versions.map(({ meters }) =>
        meters.map(({ id, routes, tiers }) => [id, routes, tiers[0]?.price.value]),
      ),
    ).toEqual([
      [
        ['inference', ['POST /x'], 1n],
        ['egress', ['POST /x'], 3n],
      ],
      [
        ['inference', ['POST /x'], 2n],
        ['egress', ['POST /x'], 4n],
      ],
    ])
  })

  it('that name nothing, or themselves, are refused with their place', () => {
    const swap = (from: string, to: string) => () => parseRates(anchored.replace(from, to), 'r.yml')
    refused(swap('match: *calls', 'match: *cals'), 'r.yml:12:29: rates[0].meters[1].match: expected a map')
    refused(
      swap('<<: *inference', '<<: *routes'),
      'r.yml:15:13: rates[1].meters[0].<<: expected the alias of a map',
    )
    refused(
      swap('- &inference\n', '- &inference\n        <<: *inference\n'),
      '<<: expected the alias of a map',
    )
  })

  it('that stand for very much are refused', () => {
    const users = Array.from({ length: 2000 }, (_, at) => `"POST /${at}"`).join(', ')
    const many = `version: 1
currency: KRW
decimals: 0
rates:
  - valid-from: 2026-01-01
    meters:
      - {id: a, match: {routes: &many [${users}], status: [2xx]}, unit: request, tiers: [{price: "1"}]}
${Array.from({ length: 100 }, (_, at) => `      - {id: m${at}, match: {routes: *many, status: [3xx]}, unit: request, tiers: [{price: "1"}]}\n`).join('')}`
    refused(
      () => parseRates(many, 'r.yml'),
      'r.yml: expected at most 200000 values, aliases followed, got more',
    )
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
  const findPlan = makePlanFinder(read)
  expect(['a', 'b', 'c'].map((user) => findPlan(user)?.name)).toEqual(['p', 'p', 'default'])
  expect(makePlanFinder({ ...read, plans: read.plans.slice(1) })('c')).toBeUndefined()
})
