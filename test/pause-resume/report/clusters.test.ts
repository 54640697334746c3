import { expect, it } from 'vitest'
import { joinOutcomes } from '../../../actions/pause-resume/report/clusters.ts'
import { md } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'

const outcome = (result: string, more: Partial<Outcome> = {}): Outcome => ({
  outputs: { result, state: JSON.stringify([{ service: 'web' }]) },
  summary: md`${result}`,
  report: { result },
  ...more,
})

it('is the outcome of the only cluster', () => {
  const only = outcome('paused')
  expect(joinOutcomes([{ cluster: 'a', outcome: only }])).toBe(only)
})

it('has the worst result, and all that each cluster tells', () => {
  const joined = joinOutcomes([
    { cluster: 'a', outcome: outcome('already-paused') },
    { cluster: 'b', outcome: outcome('timeout', { failure: 'not done', trace: ['at x'] }) },
    { cluster: 'c', outcome: outcome('paused') },
  ])
  expect(joined.outputs.result).toBe('timeout')
  expect(JSON.parse(joined.outputs.state ?? '')).toEqual(
    ['a', 'b', 'c'].map((cluster) => ({ cluster, service: 'web' })),
  )
  expect(joined).toMatchObject({
    summary: { markdown: 'already-paused\n\ntimeout\n\npaused' },
    report: {
      result: 'timeout',
      clusters: [{ cluster: 'a' }, { cluster: 'b', result: 'timeout' }, { cluster: 'c' }],
    },
    failure: 'b: not done',
    trace: ['at x'],
  })
})

it('fails nowhere where no cluster does', () => {
  const both = ['paused', 'kept-awake'].map((result) => ({ cluster: result, outcome: outcome(result) }))
  expect(joinOutcomes(both)).toMatchObject({ outputs: { result: 'paused' }, failure: undefined })
})
