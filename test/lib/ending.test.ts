import { describe, expect, it } from 'vitest'
import { endingOf, reportError, reportUnfinished, sentenceOf, traceOf } from '../../lib/ending.ts'
import { CancelledError, TimeoutError, UserError } from '../../lib/errors.ts'
import { md } from '../../lib/markdown.ts'

const running = new AbortController().signal
const cancelled = AbortSignal.abort(new CancelledError('cancelled'))

describe('an error', () => {
  const broken = new Error('broken')

  it.each([
    ['refused', new UserError('tags: none'), running],
    ['failed', broken, running],
    ['cancelled', broken, cancelled],
    ['cancelled', new UserError('tags: none'), cancelled],
  ])('ends a run as %s', (ending, error, signal) => {
    expect(endingOf(error, signal)).toBe(ending)
  })

  it.each([
    ['broken', broken, running],
    ['text', 'text', running],
    ['cancelled', cancelled.reason, cancelled],
    ['cancelled', Object.assign(new Error('aborted'), { name: 'AbortError' }), cancelled],
    ['cancelled: broken', broken, cancelled],
    ['cancelled: text', 'text', cancelled],
  ])('says "%s"', (sentence, error, signal) => {
    expect(sentenceOf(error, signal)).toBe(sentence)
  })

  it('has a trace only where that helps', () => {
    expect(traceOf(broken, running)[0]).toBe('Error: broken')
    expect(traceOf(broken, running).length).toBeGreaterThan(1)
    expect(traceOf(broken, running).every((line) => !line.includes('\n'))).toBe(true)
    expect(traceOf(new UserError('tags: none'), running)).toEqual([])
    expect(traceOf(new TimeoutError('it', 1), running)).toEqual([])
    expect(traceOf(broken, cancelled)).toEqual([])
    expect(traceOf('text', running)).toEqual([])
    expect(traceOf(Object.assign(new Error('bare'), { stack: undefined }), running)).toEqual([''])
  })

  it('is reported from what is known', () => {
    const { trace, ...outcome } = reportError(broken, running, { title: 'Push', done: ['sent a'] })
    expect(outcome).toEqual(reportUnfinished('failed', 'broken', { title: 'Push', done: ['sent a'] }))
    expect(trace).toEqual(traceOf(broken, running))
  })
})

describe('a run without a result', () => {
  it('tells what was done, what was not, what goes on, and what costs', () => {
    const { outputs, summary, report, failure } = reportUnfinished('failed', 'no <room>', {
      title: 'Stacks',
      ...{ outputs: { changes: '1', result: 'changed' }, report: { stacks: 2 } },
      ...{ done: ['a'], notDone: ['b', 'c'], goesOn: ['d', 'e'], costs: ['f', 'g'], details: md`more` },
    })
    expect(outputs).toEqual({ changes: '1', result: 'failed' })
    expect(summary.markdown.split('\n\n')).toEqual([
      '## Stacks: failed',
      'no &lt;room&gt;',
      ...['**Done**', '- a', '**Not done**', '- b\n- c'],
      ...['**Goes on in AWS**', '- d\n- e', '**Still costs**', '- f\n- g', 'more'],
    ])
    expect(report).toEqual({
      ...{ result: 'failed', stacks: 2 },
      ...{ done: ['a'], notDone: ['b', 'c'], goesOn: ['d', 'e'], costs: ['f', 'g'] },
    })
    expect(failure).toBe('no <room>; goes on in AWS: d, e; still costs: f, g')
  })

  it('leaves out what there is none of', () => {
    const { outputs, summary, report, failure } = reportUnfinished('refused', 'no', { title: 'Push' })
    expect([outputs, failure]).toEqual([{ result: 'refused' }, 'no'])
    expect(summary.markdown).toBe('## Push: refused\n\nno')
    expect(report).toEqual({ result: 'refused', done: [], notDone: [], goesOn: [], costs: [] })
  })
})
