import { isDay } from '../../../lib/service/calendar.ts'
import { openYaml, type YamlMap } from '../../../lib/yaml-map.ts'
import { minorDigits } from './currency.ts'
import { compare, type Decimal, inverse, multiply, parseDecimal, whole, zero } from './decimal.ts'
import { type Meter, type Plan, type Rates, type Tier, units, type Version } from './rates.ts'

/** Parses a rates file. Throws UserError with file, line and column where it is not as expected. */
export function parseRates(text: string, file: string): Rates {
  const root = openYaml(text, file)
  root.only(['version', 'currency', 'decimals', 'rounding', 'tax', 'rates', 'plans'])
  if (root.text('version') !== '1') throw root.refuse('version', 'expected 1')
  const maps = root.list('rates')
  const versions = maps.map(readVersion)
  if (versions.length === 0) throw root.refuse('rates', 'expected at least one version')
  for (const [at, version] of versions.entries()) {
    const before = versions[at - 1]
    if (before) verifyOrder(before, version, maps[at] ?? root)
  }
  return {
    ...readCurrency(root),
    rounding: root.oneOf('rounding', ['half-up', 'half-even', 'down'], 'half-up'),
    tax: readTax(root.optionalMap('tax')),
    versions,
    plans: readPlans(root.optionalMap('plans')),
  }
}

function readDecimal(map: YamlMap, field: string): Decimal {
  const text = map.text(field)
  const number = parseDecimal(text)
  if (!number || number.value < 0n) throw map.refuse(field, `expected a number such as "12.5", got "${text}"`)
  return number
}

function readCurrency(root: YamlMap): Pick<Rates, 'currency' | 'decimals'> {
  const currency = root.text('currency')
  const minor = minorDigits(currency)
  if (minor === undefined)
    throw root.refuse('currency', `expected a code of ISO 4217 such as KRW, got "${currency}"`)
  const decimals = Number(root.integer('decimals', 0n, 6n))
  if (decimals > minor)
    throw root.refuse('decimals', `expected at most ${minor}, which ${currency} has, got ${decimals}`)
  return { currency, decimals }
}

function readPercent(map: YamlMap, field: string): Decimal {
  const percent = readDecimal(map, field)
  if (compare(percent, whole(100n)) > 0)
    throw map.refuse(field, `expected at most 100, got "${map.text(field)}"`)
  return percent
}

function readName(map: YamlMap, field: string): string {
  const name = map.text(field)
  if (name.trim() === '') throw map.refuse(field, 'expected a name, got an empty one')
  return name
}

function readTax(tax: YamlMap | undefined): Rates['tax'] {
  if (!tax) return { name: 'tax', percent: zero }
  tax.only(['name', 'percent'])
  return { name: readName(tax, 'name'), percent: readPercent(tax, 'percent') }
}

function readVersion(version: YamlMap): Version {
  version.only(['valid-from', 'meters'])
  const validFrom = version.text('valid-from')
  if (!isDay(validFrom))
    throw version.refuse('valid-from', `expected a day such as 2026-01-01, got "${validFrom}"`)
  const meters = version.list('meters').map(readMeter)
  const overlap = findOverlap(meters)
  if (overlap) {
    const [other, meter] = overlap
    throw version.refuse(
      'meters',
      `"${other.id}" (line ${other.line}) and "${meter.id}" (line ${meter.line}) count the same ${meter.unit} of one row`,
    )
  }
  return { validFrom, meters, place: version.place('valid-from') }
}

/** Finds two meters that have one id, or count the same unit of one row. */
function findOverlap(meters: readonly Meter[]): readonly [Meter, Meter] | undefined {
  const known = new Map<string, Meter[]>()
  for (const meter of meters) {
    const keys = [`id ${meter.id}`, ...new Set(meter.routes.map((route) => `${meter.unit} of ${route}`))]
    for (const key of keys) {
      const others = known.get(key) ?? []
      const other = others.find((each) => each.id === meter.id || shareStatus(each, meter))
      if (other) return [other, meter]
      known.set(key, [...others, meter])
    }
  }
  return undefined
}

const shareStatus = (a: Meter, b: Meter): boolean =>
  a.statuses.some((status) =>
    b.statuses.some((other) =>
      status.endsWith('xx') || other.endsWith('xx') ? status[0] === other[0] : status === other,
    ),
  )

function readMeter(meter: YamlMap): Meter {
  meter.only(['id', 'match', 'unit', 'per', 'free', 'tiers'])
  const match = meter.map('match')
  match.only(['routes', 'status'])
  const per = meter.integer('per', 1n, 10n ** 18n, 1n)
  const share = inverse(per)
  if (!share) throw meter.refuse('per', `expected prime factors 2 and 5 only, got ${per}`)
  const statuses = match.texts('status')
  const odd = statuses.find((status) => !/^[1-5](\d\d|xx)$/.test(status))
  if (odd) throw match.refuse('status', `expected such as 200 or 2xx, got "${odd}"`)
  return {
    id: readName(meter, 'id'),
    routes: match.texts('routes'),
    statuses,
    unit: meter.oneOf('unit', units),
    per,
    free: meter.integer('free', 0n, 10n ** 18n, 0n),
    tiers: readTiers(meter, share),
    line: meter.line,
  }
}

function readTiers(meter: YamlMap, share: Decimal): Tier[] {
  const tiers = meter.list('tiers').map((tier, at, all) => {
    tier.only(['up-to', 'price'])
    const last = at === all.length - 1
    if (last && tier.has('up-to')) throw tier.refuse('up-to', 'expected none in the last tier')
    const upTo = last ? undefined : tier.integer('up-to', 1n, 10n ** 18n)
    const price = readDecimal(tier, 'price')
    return { upTo, price, each: multiply(price, share) }
  })
  if (tiers.length === 0) throw meter.refuse('tiers', 'expected at least one tier')
  for (const [at, tier] of tiers.entries()) {
    const before = tiers[at - 1]?.upTo ?? 0n
    if (tier.upTo !== undefined && tier.upTo <= before) {
      throw meter.refuse('tiers', `expected up-to above ${before}, got ${tier.upTo}`)
    }
  }
  return tiers
}

// A later version may change prices only: otherwise free units and positions would not run on.
function verifyOrder(before: Version, version: Version, map: YamlMap): void {
  if (version.validFrom <= before.validFrom) {
    throw map.refuse('valid-from', `expected a day after ${before.validFrom}, got ${version.validFrom}`)
  }
  const shape = ({ id, routes, statuses, unit, free }: Meter) =>
    JSON.stringify([id, [...routes].sort(), [...statuses].sort(), unit, String(free)])
  const shapes = (each: Version) => each.meters.map(shape).sort().join('\n')
  if (shapes(before) === shapes(version)) return
  throw map.refuse(
    'meters',
    `the version of ${version.validFrom} has other meters than the one of ${before.validFrom}; ids, units, matches and free units stay`,
  )
}

function readPlans(plans: YamlMap | undefined): Plan[] {
  if (!plans) return []
  const read = plans.names().map((name): Plan => {
    const plan = plans.map(name)
    plan.only(['users', 'discount-percent', 'fixed', 'minimum'])
    const decimal = (field: string): Decimal => (plan.has(field) ? readDecimal(plan, field) : zero)
    if (name === 'default' && plan.has('users'))
      throw plan.refuse('users', 'expected none in the default plan')
    return {
      name,
      users: name === 'default' ? undefined : plan.texts('users'),
      discountPercent: plan.has('discount-percent') ? readPercent(plan, 'discount-percent') : zero,
      fixed: decimal('fixed'),
      minimum: decimal('minimum'),
    }
  })
  verifyUsers(read, plans)
  return read
}

function verifyUsers(read: readonly Plan[], plans: YamlMap): void {
  const seen = new Map<string, string>()
  for (const { name, users = [] } of read) {
    for (const [at, user] of users.entries()) {
      const refuse = (why: string) => plans.map(name).refuse('users', why, at)
      // The log has these for rows without a user.
      if (user === '' || user === '-') throw refuse(`expected the name of a user, got "${user}"`)
      const other = seen.get(user)
      if (other !== undefined) throw refuse(`"${user}" is in the plan "${other}" too`)
      seen.set(user, name)
    }
  }
}
