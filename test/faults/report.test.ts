import { expect, it } from 'vitest'
import type { Ending } from './judge.ts'
import type { Fault } from './proxy/fault.ts'
import { renderReport } from './report.ts'
import type { Result } from './sweep.ts'

const result = (action: string, fault: Fault, ending: Ending, more: Partial<Result> = {}): Result => ({
  scenario: 'pause',
  action,
  rule: { operation: 'ecs:UpdateService', nth: 2, fault },
  steady: true,
  ending,
  why: '',
  leftovers: [],
  seconds: 1,
  ...more,
})

const results = [
  result('pause-resume', 'throttle', 'survived'),
  result('pause-resume', 'throttle', 'not reached'),
  result('pause-resume', 'denied', 'recovered'),
  result('pause-resume', 'silence', 'hung', { why: 'waits | for ever' }),
  result('deploy-stack', 'kill-after', 'recovered', { leftovers: ['change set x'] }),
]

const page = renderReport(results, { minutes: 31.4 })
const rowsOf = (title: string) => page.split(`## ${title}\n`)[1]?.split('\n## ')[0]

it('counts by action and fault; what was not reached was not tried', () => {
  expect(page).toContain('5 cases ran in 31 minutes')
  expect(rowsOf('All actions')).toContain('| all | 4 | 1 | 2 | 0 | 0 | 0 | 1 | 1 |')
  expect(rowsOf('pause-resume')).toContain('| throttle | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 0 |')
  expect(rowsOf('deploy-stack')).toContain('| kill-after | 1 | 0 | 1 | 0 | 0 | 0 | 0 | 1 |')
})

it('names each case that is not as it should be, and what was left over', () => {
  const bad = rowsOf('Cases that are not as they should be')
  expect(bad).toContain('| `pause / ecs:UpdateService #2 / silence` | hung | waits &vert; for ever |')
  expect(bad).not.toContain('denied')
  expect(rowsOf('Left over')).toContain('change set x')
})

it('says what each word means and how a case is run again', () => {
  for (const word of ['survived', 'doubled', 'lost', 'stale', 'kill-after'])
    expect(page).toContain(`**${word}**`)
  expect(page).toContain('npm run faults -- --case')
})

it('leaves out the lists that are empty', () => {
  const clean = renderReport([result('push-image', 'throttle', 'survived')], { minutes: 1 })
  expect(clean).not.toContain('Cases that are not as they should be')
})
