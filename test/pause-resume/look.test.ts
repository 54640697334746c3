import { expect, it } from 'vitest'
import { secondLookMs, startLooks } from '../../actions/pause-resume/apply/look.ts'
import type { ServicePlan } from '../../actions/pause-resume/plan/service-plan.ts'
import { fakeClock } from '../fakes/clock.ts'

const plan = (more: Partial<ServicePlan> = {}): ServicePlan => ({
  ...{ service: 'web', steps: [], rest: 'reached', refusal: undefined, notes: [], isSure: false },
  ...more,
})

it('takes the same plan for seen twice when it is seen again, long enough after', async () => {
  const clock = fakeClock()
  const looks = startLooks(clock)
  const see = (more: Partial<ServicePlan> = {}) => [looks.isSecond(plan(more)), looks.isAwaited()]
  expect(looks.isAwaited()).toBe(false)
  expect(see()).toEqual([false, true])
  expect(looks.isAwaited()).toBe(false)
  await clock.sleep(secondLookMs - 1)
  expect(see()).toEqual([false, true])
  expect(see({ service: 'other' })).toEqual([false, true])
  await clock.sleep(1)
  expect(see()).toEqual([true, false])
  expect(see({ refusal: 'no' })).toEqual([false, true])
  expect(see()).toEqual([false, true])
})

it('awaits a second look as long as one service of several needs it', async () => {
  const clock = fakeClock()
  const looks = startLooks(clock)
  looks.isSecond(plan())
  await clock.sleep(secondLookMs)
  looks.isAwaited()
  expect(looks.isSecond(plan({ service: 'other' }))).toBe(false)
  expect(looks.isSecond(plan())).toBe(true)
  expect(looks.isAwaited()).toBe(true)
})
