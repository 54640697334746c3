import { expect, it } from 'vitest'
import { dividePhases, renderPhases } from '../../../actions/pause-resume/report/resume-phases.ts'

const minute = 60_000
const task = (pullStartedAt?: number, pullStoppedAt?: number, startedAt?: number) => ({
  ...{ pullStartedAt, pullStoppedAt, startedAt },
})

it('divides a resume into instance, pull, model and ready, by its last task', () => {
  const tasks = [
    task(13 * minute, 15 * minute, 15 * minute),
    task(14 * minute, 18 * minute, 19 * minute),
    // It ran before.
    task(1 * minute, 2 * minute, 3 * minute),
  ]
  const times = { begunAt: 10 * minute, tasks, healthyAt: 22 * minute, readyAt: 23 * minute }
  const phases = dividePhases(times)
  expect(phases).toEqual({ instance: 4 * minute, pull: 4 * minute, model: 4 * minute, ready: minute })
  expect(
    renderPhases(new Map([['web', phases]]))
      .markdown.split('\n')
      .at(-1),
  ).toBe('| web | 4 min | 4 min | 4 min | 1 min |')
})

it('leaves out what nobody knows', () => {
  const none = { begunAt: 0, tasks: [], healthyAt: undefined, readyAt: undefined }
  expect(dividePhases(none)).toEqual({
    instance: undefined,
    pull: undefined,
    model: undefined,
    ready: undefined,
  })
  // One ran before, and its image is there.
  const tasks = [task(undefined, undefined, 3 * minute), task(-3 * minute, -2 * minute, -minute)]
  const cached = { ...none, tasks, healthyAt: 5 * minute }
  expect(dividePhases(cached)).toEqual({
    ...{ instance: 3 * minute, pull: undefined, model: 2 * minute, ready: undefined },
  })
  expect(renderPhases(new Map([['web', dividePhases(cached)]])).markdown).toContain(
    '| web | 3 min |  | 2 min |  |',
  )
})
