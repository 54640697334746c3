import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Event, live, restEvents } from '../fixtures/service-life.ts'

// MODEL_RUNS=20000 node_modules/.bin/node node_modules/vitest/vitest.mjs run --project unit test/pause-resume/model.test.ts
const numRuns = Number(process.env.MODEL_RUNS ?? 40)
const patience = 3_600_000

const kind = fc.constantFrom('pause' as const, 'resume' as const, 'auto' as const)
const service = fc.constantFrom('web', 'api')
const services = fc.constantFrom('all', 'web', 'web, api')
const wish = fc.record({
  kind,
  services,
  /** After so many calls the run is killed. */
  calls: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined, freq: 2 }),
  hour: fc.option(fc.integer({ min: 0, max: 23 }), { nil: undefined }),
  onConflict: fc.constantFrom('respect' as const, 'restore' as const),
  isGuarded: fc.boolean(),
})
const awake = fc.record({
  kind: fc.constant('keep-awake' as const),
  service,
  hours: fc.integer({ min: 1, max: 30 }),
})
const rest = fc.record({ kind: fc.constantFrom(...restEvents), service })
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: wish },
  { weight: 1, arbitrary: awake },
  { weight: 3, arbitrary: rest },
)

it(
  'loses no number, respects who decides, and leaves nothing running in silence, one after the other',
  async () => {
    const lives = fc.asyncProperty(fc.array(event, { maxLength: 5 }), fc.integer(), async (events, seed) => {
      const life = live(seed)
      for (const each of events) await life.happen(each)
      await life.end()
      expect(life.complaints).toEqual([])
    })
    await fc.assert(lives, { numRuns })
  },
  patience,
)

it(
  'does what was asked for last, of two runs at the same time',
  async () => {
    const before = fc.array(event, { maxLength: 2 })
    const calls = fc.oneof(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 80 }))
    const second = fc.oneof(
      { weight: 4, arbitrary: kind },
      { weight: 1, arbitrary: fc.constant('awake' as const) },
    )
    const more = { services, calls, isDeploying: fc.boolean(), seed: fc.integer() }
    const two = fc.record({ before, first: kind, second, ...more })
    const lives = fc.asyncProperty(two, async ({ before, first, second, calls, seed, ...how }) => {
      const life = live(seed)
      for (const each of before) await life.happen(each)
      if (second === 'awake') await life.keepAwakeMeanwhile(first, calls)
      else await life.overlap(first, second, { calls, ...how })
      await life.end()
      expect(life.complaints).toEqual([])
    })
    await fc.assert(lives, { numRuns })
  },
  patience,
)

it(
  'wakes no paused service by a deployment, and loses none of its numbers to it',
  async () => {
    const before = fc.array(event, { maxLength: 2 })
    const calls = fc.integer({ min: 1, max: 60 })
    const two = fc.record({ before, run: kind, calls, isFirst: fc.boolean(), seed: fc.integer() })
    const lives = fc.asyncProperty(two, async ({ before, run, calls, isFirst, seed }) => {
      const life = live(seed)
      for (const each of before) await life.happen(each)
      await life.deployMeanwhile(run, calls, isFirst)
      await life.end()
      expect(life.complaints).toEqual([])
    })
    await fc.assert(lives, { numRuns: Math.ceil(numRuns / 2) })
  },
  patience,
)
