import { beforeAll, expect, inject, it } from 'vitest'
import { readLines } from '../../scripts/permissions/table.ts'
import { type Case, nameCase } from './cases.ts'
import { badEndings } from './judge.ts'
import { drawSample } from './sample.ts'
import { scenarios } from './scenarios/all.ts'
import { concurrency, inLanes, prepareSweep, type Result } from './sweep.ts'

/** How many cases the sample has; `npm run faults` tries all. */
const size = 24

const seed = Number(process.env.FAULT_SEED ?? 1)
const sweep = await prepareSweep(inject('endpoint'), scenarios, 'interrupt')
const groupOf = ({ scenario, rule: { fault } }: Case) => `${scenario} ${fault}`
const steady = sweep.cases.filter((one) => one.steady)
const sample = drawSample(steady, { count: size, seed }, groupOf, nameCase)
console.log(`FAULT_SEED=${seed}: ${sample.length} of ${sweep.cases.length} cases`)

const results = new Map<Case, Result>()

beforeAll(async () => {
  await inLanes(sample, concurrency, async (one) => results.set(one, await sweep.tryCase(one)))
}, 600_000)

it.each(sample.map((one) => [nameCase(one), one] as const))('%s', (_, one) => {
  const result = results.get(one)
  expect(result?.ending, result?.why).not.toBe('not reached')
  expect(badEndings, result?.why).not.toContain(result?.ending)
})

it('makes no call without a line in permissions/', () => {
  const made = new Set(sweep.cases.map(({ action, rule: { operation } }) => `${action}: ${operation}`))
  const lines = [...new Set(sweep.cases.map(({ action }) => action))].flatMap((action) =>
    readLines(action).map(({ call }) => `${action}: ${call}`),
  )
  expect([...made].filter((call) => !lines.includes(call))).toEqual([])
})
