import { isDay } from '../../../lib/service/calendar.ts'
import { openYaml, type YamlMap } from '../../../lib/yaml.ts'
import { type Decimal, inverse, parseDecimal, zero } from './decimal.ts'
import { type Meter, type Plan, type Rates, type Tier, units, type Version } from './rates.ts'

/** Parses a rates file. Throws UserError with file, line and column where it is not as expected. */
export function parseRates(text: string, file: string): Rates {
  const root = openYaml(text, file)
  root.only(['version', 'currency', 'decimals', 'rounding', 'tax', 'rates', 'plans'])
  if (root.text('version') !== '1') throw root.refuse('version', 'expected 1')
  const versions = root.list('rates').map(readVersion)
  const [first] = versions
  if (!first) throw root.refuse('rates', 'expected at least one version')
  for (const [at, version] of versions.entries()) {
    const before = versions[at - 1]
    if (before) verifyOrder(before, version, root)
  }
  return {
    currency: root.text('currency'),
    decimals: Number(root.integer('decimals', 0n, 6n)),
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

function readTax(tax: YamlMap | undefined): Rates['tax'] {
  if (!tax) return { name: 'tax', percent: zero }
  tax.only(['name', 'percent'])
  return { name: tax.text('name'), percent: readDecimal(tax, 'percent') }
}

function readVersion(version: YamlMap): Version {
  version.only(['valid-from', 'meters'])
  const validFrom = version.text('valid-from')
  if (!isDay(validFrom))
    throw version.refuse('valid-from', `expected a day such as 2026-01-01, got "${validFrom}"`)
  const meters = version.list('meters').map(readMeter)
  for (const [at, meter] of meters.entries()) {
    const other = meters.slice(0, at).find((each) => each.id === meter.id || overlap(each, meter))
    if (!other) continue
    throw version.refuse(
      'meters',
      `"${other.id}" (line ${other.line}) and "${meter.id}" (line ${meter.line}) count the same ${meter.unit} of one row`,
    )
  }
  return { validFrom, meters }
}

function overlap(a: Meter, b: Meter): boolean {
  const statuses = a.statuses.some((status) =>
    b.statuses.some((other) =>
      status.endsWith('xx') || other.endsWith('xx') ? status[0] === other[0] : status === other,
    ),
  )
  return a.unit === b.unit && statuses && a.routes.some((route) => b.routes.includes(route))
}

function readMeter(meter: YamlMap): Meter {
  meter.only(['id', 'match', 'unit', 'per', 'free', 'tiers'])
  const match = meter.map('match')
  match.only(['routes', 'status'])
  const per = meter.integer('per', 1n, 10n ** 18n, 1n)
  if (!inverse(per)) throw meter.refuse('per', `expected prime factors 2 and 5 only, got ${per}`)
  const statuses = match.texts('status')
  const odd = statuses.find((status) => !/^[1-5](\d\d|xx)$/.test(status))
  if (odd) throw match.refuse('status', `expected such as 200 or 2xx, got "${odd}"`)
  return {
    id: meter.text('id'),
    routes: match.texts('routes'),
    statuses,
    unit: meter.oneOf('unit', units),
    per,
    free: meter.integer('free', 0n, 10n ** 18n, 0n),
    tiers: readTiers(meter),
    line: meter.line,
  }
}

function readTiers(meter: YamlMap): Tier[] {
  const tiers = meter.list('tiers').map((tier, at, all) => {
    tier.only(['up-to', 'price'])
    const last = at === all.length - 1
    if (last && tier.has('up-to')) throw tier.refuse('up-to', 'expected none in the last tier')
    return {
      upTo: last ? undefined : tier.integer('up-to', 1n, 10n ** 18n),
      price: readDecimal(tier, 'price'),
    }
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
function verifyOrder(before: Version, version: Version, root: YamlMap): void {
  if (version.validFrom <= before.validFrom) {
    throw root.refuse('rates', `expected a day after ${before.validFrom}, got ${version.validFrom}`)
  }
  const shape = ({ id, routes, statuses, unit, free }: Meter) =>
    JSON.stringify([id, [...routes].sort(), [...statuses].sort(), unit, String(free)])
  const shapes = (each: Version) => each.meters.map(shape).sort().join('\n')
  if (shapes(before) === shapes(version)) return
  throw root.refuse(
    'rates',
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
      discountPercent: decimal('discount-percent'),
      fixed: decimal('fixed'),
      minimum: decimal('minimum'),
    }
  })
  const seen = new Map<string, string>()
  for (const { name, users = [] } of read) {
    for (const user of users) {
      const other = seen.get(user)
      if (other) throw plans.refuse(name, `"${user}" is in the plan "${other}" too`)
      seen.set(user, name)
    }
  }
  return read
}
