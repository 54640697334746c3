import { describe, expect, it } from 'vitest'
import { type Expected, judge, type Trial } from './judge.ts'
import type { State } from './state/state.ts'

const state = (reached: string[], effects: string[] = [], leftovers: string[] = []): State => ({
  reached,
  effects,
  leftovers,
})

const expected: Expected = { state: state(['a', 'b'], ['update']), names: ['UpdateService', 'my-service'] }

const succeeded = { exitCode: 0, outputs: { result: 'paused' }, summary: 'done', lines: [] }
const failed = {
  exitCode: 1,
  outputs: { result: 'failed' },
  summary: 'failed',
  lines: ['::error::my-service: UpdateService: access denied'],
}

const survivor: Trial = {
  fault: 'throttle',
  fired: true,
  hung: false,
  interrupted: false,
  first: succeeded,
  state: expected.state,
}
const again = (first: Partial<typeof failed> = {}, left = expected.state): Trial => ({
  ...survivor,
  first: { ...failed, ...first },
  state: left,
  again: { run: succeeded, state: left },
})

describe('judge', () => {
  it.each<[string, Trial, string, string]>([
    ['the same state at once', survivor, 'survived', ''],
    ['a clear failure, and the state after the next run', again(), 'recovered', ''],
    ['a call that was not made', { ...survivor, fired: false }, 'not reached', 'not made'],
    ['a run without an end', { ...again(), hung: true }, 'hung', 'access denied'],
    ['a success that is none', { ...survivor, state: state(['a']) }, 'lost', 'exit 0 paused; not there: b'],
    ['a state that the next run misses', again({}, state(['a'])), 'lost', 'not there: b'],
    ['something that is there twice', again({}, state(['a', 'b', 'b'])), 'doubled', 'more than wanted: b'],
    [
      'something that was done twice',
      { ...survivor, state: state(['a', 'b'], ['update', 'update']) },
      'doubled',
      'done more often: update',
    ],
    [
      'a next run that fails',
      { ...again(), again: { run: failed, state: expected.state } },
      'lost',
      'the next run failed: my-service: UpdateService: access denied',
    ],
    ['a failure without a word', again({ lines: [] }), 'unclear', 'no annotation'],
    ['a failure of nothing', again({ lines: ['::error::socket hang up'] }), 'unclear', 'names nothing'],
    ['a failure of two annotations', again({ lines: [...failed.lines, '::error::x'] }), 'unclear', '2 ann'],
    ['a failure of many lines', again({ lines: ['::error::my-service%0Ax'] }), 'unclear', 'several lines'],
    ['a failure without outputs', again({ outputs: { result: '' } }), 'unclear', 'no output'],
    ['a failure without a summary', again({ summary: '' }), 'unclear', 'no summary'],
    ['another exit code', again({ exitCode: 13 }), 'unclear', 'exit code 13'],
    ['a killed run', { ...again({ exitCode: 1, lines: [] }), fault: 'kill-after' }, 'recovered', ''],
    [
      'an interrupted run',
      { ...again({ lines: ['::error::cancelled: aborted'] }), interrupted: true },
      'recovered',
      '',
    ],
  ])('%s', (_, trial, ending, why) => {
    const verdict = judge(trial, expected)
    expect(verdict.ending).toBe(ending)
    expect(verdict.why).toContain(why)
  })

  it('lists what a run should have removed', () => {
    const left = state(['a', 'b'], ['update'], ['change set x'])
    expect(judge({ ...survivor, state: left }, expected)).toMatchObject({
      ending: 'survived',
      leftovers: ['change set x'],
    })
  })
})
