import { describe, expect, it } from 'vitest'
import { makeCases } from './cases.ts'
import type { Call } from './proxy/fault.ts'
import { drawSample, spread } from './sample.ts'

const scenario = { name: 'pause', action: 'pause-resume' }

const read = (nth: number, staleNth = 0): Call => ({
  operation: 'ecs:DescribeServices',
  writes: false,
  nth,
  staleNth,
  answerBytes: 100,
})

const write = (nth: number, answerBytes = 100): Call => ({
  operation: 'ecs:UpdateService',
  writes: true,
  nth,
  staleNth: 0,
  answerBytes,
})

const list = (calls: Call[]) => makeCases(scenario, calls).map(({ rule }) => `${rule.fault} ${rule.nth}`)

describe('makeCases', () => {
  it('disturbs every write with everything, before and after it was carried out', () => {
    const cases = list([write(1), write(2)])
    for (const fault of ['throttle', 'denied', 'reset-before', 'reset-after', 'kill-before', 'kill-after']) {
      expect(cases).toContain(`${fault} 1`)
      expect(cases).toContain(`${fault} 2`)
    }
    expect(cases).toContain('outage 1')
  })

  it('disturbs the first and a middle one of many reads, and loses no answer of a write there', () => {
    const cases = list([1, 2, 3, 4, 5].map((nth) => read(nth)))
    expect(cases.filter((one) => one.startsWith('throttle'))).toEqual(['throttle 1', 'throttle 3'])
    expect(cases.filter((one) => /kill|reset-after|stale/.test(one))).toEqual([])
  })

  it('gives an old answer to the first read that has one', () => {
    expect(list([read(1), read(2, 1), read(3, 2)])).toContain('stale 1')
  })

  it('counts on every write and on the first read, and on no later one', () => {
    const cases = makeCases(scenario, [write(1), write(2), read(1), read(2), read(3, 1)])
    const steady = cases
      .filter((one) => one.steady)
      .map(({ rule: { operation, nth } }) => `${operation} ${nth}`)
    expect([...new Set(steady)]).toEqual([
      'ecs:UpdateService 1',
      'ecs:UpdateService 2',
      'ecs:DescribeServices 1',
    ])
  })

  it('cuts no answer that has no body', () => {
    expect(list([write(1, 0)]).filter((one) => /cut|drip/.test(one))).toEqual([])
  })
})

describe('drawSample', () => {
  const items = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']
  const groupOf = (item: string) => item.slice(0, 1)
  const draw = (seed: number, count = 5, from = items) =>
    drawSample(from, { count, seed }, groupOf, (item) => item)

  it('draws the same for a seed, whatever the order, and other items for another seed', () => {
    expect(draw(1, 5, items.toReversed())).toEqual(draw(1))
    expect(new Set([1, 2, 3, 4].map((seed) => draw(seed).join(' '))).size).toBeGreaterThan(1)
  })

  it('draws the others as before where an item is gone', () => {
    const gone = draw(1).at(-1)
    const left = items.filter((item) => item !== gone)
    expect(draw(1, 5, left).slice(0, 4)).toEqual(draw(1).slice(0, 4))
  })

  it('draws from every group before it draws twice from one', () => {
    expect(draw(1, 3).map(groupOf).sort()).toEqual(['a', 'b', 'c'])
    expect(draw(1, 100).sort()).toEqual(items)
  })

  it('starts with another group for another seed', () => {
    const first = [1, 2, 3, 4, 5, 6].map((seed) => draw(seed, 1).map(groupOf).join())
    expect(new Set(first).size).toBeGreaterThan(1)
  })
})

it('spreads the items of each group over all', () => {
  const items = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']
  const spreadItems = spread(items, (item) => item.slice(0, 1))
  expect(spreadItems).toEqual(['a1', 'b1', 'a2', 'c1', 'a3', 'b2', 'a4'])
})
