import { expect, it } from 'vitest'
import type { StackOutcome } from '../../../actions/deploy-stack/apply/outcome.ts'
import { renderDiagnoses, renderOutputs } from '../../../actions/deploy-stack/report/details.ts'
import { renderTimeline } from '../../../actions/deploy-stack/report/timeline.ts'

const result = (key: string, outcome: StackOutcome, startedAt = 0, seconds = 1) => ({
  ...{ key, stackName: `p-${key}`, outcome, startedAt, seconds },
})
const created: StackOutcome = { kind: 'created', outputs: new Map([['Url', 'http://x']]), changes: [] }

it('draws when each stack began and ended, in the order of their start', () => {
  const results = [
    result('b', { kind: 'rolled-back', cause: 'x' }, 90_000, 30.4),
    result('a', created, 60_000, 30),
    result('c', { kind: 'no-changes', outputs: new Map() }, 60_000, 0.1),
    result('d', { kind: 'not-started', cause: 'x' }, 60_000, 0),
  ]
  expect(renderTimeline(results).markdown.split('\n')).toEqual([
    '```mermaid',
    'gantt',
    '  dateFormat X',
    '  axisFormat %M:%S',
    '  p-a :done, 0, 30',
    '  p-c :done, 0, 1',
    '  p-b :crit, 30, 60',
    '```',
  ])
  expect(renderTimeline([result('a', created)]).markdown).toBe('')
})

it('shows outputs as a table, and of many stacks the first', () => {
  expect(renderOutputs([result('a', created)]).markdown).toContain('| p-a | Url | http:&#8203;//x |')
  expect(renderOutputs([result('a', { kind: 'no-changes', outputs: new Map() })]).markdown).toBe('')
  const many = new Map(Array.from({ length: 120 }, (_, at) => [`O${at}`, 'x']))
  const { markdown } = renderOutputs([result('a', { kind: 'no-changes', outputs: many })])
  expect(markdown).toMatch(/\| O99 \| x \|\n\n<\/details>\n\n20 more are in the report\.$/)
})

it('shows why a service does not run', () => {
  const finding = { subject: 'container app', cause: 'ended with exit code 1', advice: 'correct it' }
  const diagnosis = { sentence: '', findings: [finding], unread: [] }
  const { markdown } = renderDiagnoses([
    result('a', created),
    result('b', { kind: 'rolled-back', cause: 'x', diagnosis }),
  ])
  expect(markdown).toContain('**Why p-b does not run**')
  expect(markdown).toContain('| container app | ended with exit code 1 | correct it |')
})
