import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Event, live, restEvents } from '../fixtures/service-life.ts'

// MODEL_RUNS makes it longer: `MODEL_RUNS=100000 npx vitest run --project unit test/pause-resume/model.test.ts`.
const numRuns = Number(process.env.MODEL_RUNS ?? 25)

const operation = fc.constantFrom('pause' as const, 'resume' as const)
const services = fc.constantFrom('', 'web', 'web, api')
const run = fc.record({
  kind: operation,
  services,
  /** After so many calls the run is killed. */
  calls: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined, freq: 2 }),
})
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: run },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom(...restEvents), service: fc.constantFrom('web', 'api') }),
  },
)

it('loses no number and leaves nothing running in silence, whatever happens one after the other', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 6 }),
      fc.infiniteStream(fc.nat(97)),
      async (events, picks) => {
        const life = live(picks)
        for (const each of events) await life.happen(each)
        await life.end()
        expect(life.complaints).toEqual([])
      },
    ),
    { numRuns },
  )
}, 600_000)

it('does what was asked for last, of two runs at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        before: fc.array(event, { maxLength: 2 }),
        first: operation,
        second: operation,
        calls: fc.integer({ min: 1, max: 80 }),
      }),
      fc.infiniteStream(fc.nat(97)),
      async ({ before, first, second, calls }, picks) => {
        const life = live(picks)
        for (const each of before) await life.happen(each)
        await life.overlap(first, second, calls)
        await life.end()
        expect(life.complaints).toEqual([])
      },
    ),
    { numRuns },
  )
}, 600_000)
