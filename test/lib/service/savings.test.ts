import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { findInstancePrice } from '../../../lib/service/instance-price.ts'
import {
  formatLedgerEvent,
  type LedgerEvent,
  type LedgerGroup,
  ledgerKey,
  parseLedgerEvent,
} from '../../../lib/service/ledger.ts'
import { findListPrice } from '../../../lib/service/list-price.ts'
import { sumSavings } from '../../../lib/service/savings.ts'
import { root } from '../../../scripts/local-aws-process.ts'

const group = (freed: number, left = 0, more: Partial<LedgerGroup> = {}): LedgerGroup => ({
  ...{ name: 'gpu', instanceType: 'g4dn.xlarge', freed, left },
  ...more,
})

const event = (at: string, more: Partial<LedgerEvent> = {}): LedgerEvent => ({
  ...{ version: 1, cluster: 'c', at: `2026-11-${at}:00.000Z`, operation: 'auto', services: [], groups: [] },
  ...{ by: 'ann', why: 'night', run: '' },
  ...more,
})

const paused = [{ name: 'web', isPaused: true }]
const running = [{ name: 'web', isPaused: false }]
const time = (text: string) => Date.parse(`2026-11-${text}:00Z`)
const november = { start: time('01T00:00'), end: Date.UTC(2026, 11, 1) }
const price = () => ({ usd: 0.5, source: 'as given' })

describe('what pauses save', () => {
  it('is the hours of the instances that they freed, at their price', () => {
    const events = [
      event('02T08:00', { services: running, groups: [group(0)] }),
      event('01T20:00', { services: paused, groups: [group(2, 1)] }),
    ]
    expect(sumSavings(events, november, price)).toEqual({
      services: [{ cluster: 'c', name: 'web', hoursPaused: 12 }],
      groups: [
        {
          ...{ cluster: 'c', name: 'gpu', instanceType: 'g4dn.xlarge' },
          ...{ freedHours: 24, leftHours: 12, price: price() },
        },
      ],
      savedUsd: 12,
      costUsd: 6,
      unpriced: [],
    })
  })

  it('counts only the hours of the time that is asked for, also where the pause began before or has not ended', () => {
    const events = [
      event('01T20:00', { services: paused, groups: [group(1)] }),
      event('29T20:00', { services: paused, groups: [group(1)] }),
    ]
    const between = { start: time('28T12:00'), end: time('30T00:00') }
    const { services, savedUsd } = sumSavings(events, between, price)
    expect([services[0]?.hoursPaused, savedUsd]).toEqual([36, 18])
    expect(sumSavings(events, { start: time('01T00:00'), end: time('01T19:00') }, price).savedUsd).toBe(0)
  })

  it('keeps the clusters apart, and hours of another instance type at its own price', () => {
    const events = [
      event('01T00:00', { services: paused, groups: [group(1)] }),
      event('01T00:00', { cluster: 'd', services: paused, groups: [group(4)] }),
      event('01T10:00', { cluster: 'd', services: running, groups: [group(0)] }),
      event('01T12:00', { groups: [group(1, 0, { instanceType: 'p3.2xlarge' })] }),
    ]
    const day = { start: time('01T00:00'), end: time('02T00:00') }
    const priceOf = (type: string) => findInstancePrice(type, 'ap-northeast-2', undefined)
    const savings = sumSavings(events, day, priceOf)
    const hours = savings.groups.map(({ cluster, instanceType, freedHours }) => [
      cluster,
      instanceType,
      freedHours,
    ])
    expect(hours).toEqual([
      ['c', 'g4dn.xlarge', 12],
      ['c', 'p3.2xlarge', 12],
      ['d', 'g4dn.xlarge', 40],
    ])
    expect(savings.services.map(({ hoursPaused }) => hoursPaused)).toEqual([24, 10])
    expect(savings.savedUsd).toBeCloseTo(52 * 0.647, 9)
    expect(savings.unpriced).toEqual(['p3.2xlarge'])
  })
})

it('names the types without a price of which an instance ran or was freed', () => {
  const groups = [
    group(1, 1, { name: 'a', instanceType: 'both' }),
    group(1, 0, { name: 'b', instanceType: 'freed' }),
    group(0, 1, { name: 'c', instanceType: 'left' }),
    group(0, 0, { name: 'd', instanceType: 'none' }),
  ]
  const { unpriced, savedUsd, costUsd } = sumSavings(
    [event('01T20:00', { groups })],
    november,
    () => undefined,
  )
  expect([unpriced, savedUsd, costUsd]).toEqual([['both', 'freed', 'left'], 0, 0])
})

it('knows the type of a group from its other events, where who told of a pause has seen no instance', () => {
  const events = [
    event('01T20:00', { services: paused, groups: [group(2, 0, { instanceType: '' })] }),
    event('02T08:00', { services: running, groups: [group(0)] }),
  ]
  const { groups, savedUsd } = sumSavings(events, november, price)
  expect([groups.map(({ instanceType }) => instanceType), savedUsd]).toEqual([['g4dn.xlarge'], 12])
})

it('prices an instance as given, else by the list of its region', () => {
  expect(findInstancePrice('g5.xlarge', 'eu-central-1', 1.2)).toEqual({ usd: 1.2, source: 'as given' })
  expect(findInstancePrice('g5.xlarge', 'eu-central-1', undefined)).toBeUndefined()
  const listed = findInstancePrice('g4dn.xlarge', 'ap-northeast-2', undefined)
  expect(listed).toEqual({ usd: 0.647, source: 'list price of 2025-11-30' })
})

it.each(['g4dn.xlarge', 'NAT gateway', 'public IPv4 address', 'interface endpoint in a zone'])(
  'has the list price of %s that makes the table of costs',
  (name) => {
    const prices = parse(readFileSync(join(root, 'scripts/generate/prices.yml'), 'utf8'))
    const { usd, dated } = prices[name]
    expect(findListPrice(name, 'ap-northeast-2')).toEqual({ usd, dated })
    expect(prices[name].per).toBe('hour')
  },
)

it('keeps an event as an object whose name sorts by time', () => {
  const one = event('01T20:00', { services: paused, groups: [group(2, 1)] })
  expect(parseLedgerEvent(formatLedgerEvent(one))).toEqual(one)
  const askedAt = '2026-11-01T19:55:00.000Z'
  expect(ledgerKey(one, askedAt)).toBe(`ledger/c/${askedAt}-auto-web.json`)
  const odd = [
    ...[
      '',
      '[]',
      'null',
      '{"version":2}',
      JSON.stringify({ ...one, at: 'now' }),
      JSON.stringify({ ...one, version: 2 }),
    ],
    ...[
      JSON.stringify({ ...one, groups: [group(-1)] }),
      JSON.stringify({ ...one, services: [{ name: 'web' }] }),
    ],
  ]
  expect(odd.map(parseLedgerEvent)).toEqual(odd.map(() => undefined))
})
