import { expect, it } from 'vitest'
import { RateMeter } from '../../../../lib/registry/http/time-limits.ts'

const least = { bytesPerSecond: 1024, windowMs: 60_000 }

it('a body that is taken fast enough is never given up', () => {
  const meter = new RateMeter(least)
  for (let minute = 0; minute < 3; minute++) expect(meter.count(61_440, 60_000)).toBe(true)
})

it('a body that comes in drops is given up after a minute, and not before', () => {
  const meter = new RateMeter(least)
  expect(meter.count(1, 59_999)).toBe(true)
  expect(meter.count(1, 1)).toBe(false)
})

it('a fast minute does not pay for a slow one behind it', () => {
  const meter = new RateMeter(least)
  expect(meter.count(10_000_000, 60_000)).toBe(true)
  expect(meter.count(61_439, 60_000)).toBe(false)
})
