import { expect, it } from 'vitest'
import {
  explainDenial,
  findCause,
  hasReached,
  renderEvent,
} from '../../../actions/deploy-stack/apply/event.ts'
import { type StackResult, summarizeOutcomes } from '../../../actions/deploy-stack/apply/outcome.ts'

const event = (logicalId: string, status: string, reason = '', type = 'AWS::X::Y') => ({
  id: logicalId + status,
  time: new Date(0),
  logicalId,
  type,
  status,
  reason,
})

it('finds the first resource that failed for a reason of its own', () => {
  const events = [
    event('A', 'CREATE_IN_PROGRESS'),
    event('B', 'CREATE_FAILED', 'Resource creation cancelled'),
    event('C', 'CREATE_FAILED', 'name is taken'),
    event('D', 'CREATE_FAILED', 'too late'),
    event(
      'stack',
      'CREATE_FAILED',
      'The following resource(s) failed to create: [C]',
      'AWS::CloudFormation::Stack',
    ),
  ]
  expect(findCause(events)?.logicalId).toBe('C')
})

it('finds none where nothing failed', () => {
  expect(findCause([event('A', 'CREATE_COMPLETE')])).toBeUndefined()
})

it('renders an event of the stack itself by its name alone', () => {
  expect(renderEvent('ddn-a', event('ddn-a', 'CREATE_COMPLETE'))).toBe('ddn-a: CREATE_COMPLETE')
  expect(renderEvent('ddn-a', event('B', 'CREATE_FAILED', 'why'))).toBe(
    'ddn-a B (AWS::X::Y): CREATE_FAILED: why',
  )
})

const result = (kind: 'created' | 'changed' | 'no-changes' | 'rolled-back'): StackResult => ({
  key: kind,
  stackName: kind,
  seconds: 0,
  outcome:
    kind === 'rolled-back'
      ? { kind, cause: '' }
      : kind === 'no-changes'
        ? { kind, outputs: new Map() }
        : { kind, outputs: new Map(), changes: [] },
})

it.each([
  [['no-changes', 'created', 'changed'], 'created'],
  [['no-changes', 'changed'], 'changed'],
  [['no-changes'], 'no-changes'],
  [['created', 'rolled-back'], 'rolled-back'],
] as const)('sums %j up as %s', (kinds, expected) => {
  expect(summarizeOutcomes(kinds.map(result))).toBe(expected)
})

it.each([
  'Resource creation cancelled',
  'Resource update cancelled',
  'The following resource(s) failed to create: [C]. ',
  'Rollback requested by user.',
  'Operation canceled by user',
])('takes "%s" for a follow-up, also of a resource', (reason) => {
  expect(
    findCause([event('A', 'UPDATE_FAILED', reason), event('B', 'UPDATE_FAILED', 'why')])?.logicalId,
  ).toBe('B')
  expect(findCause([event('A', 'UPDATE_FAILED', `not: ${reason}`)])?.logicalId).toBe('A')
})

it('takes a stack that failed for the cause only where no resource did', () => {
  const stack = event('s', 'CREATE_FAILED', 'limit exceeded', 'AWS::CloudFormation::Stack')
  expect(findCause([stack, event('B', 'CREATE_FAILED', 'why')])?.logicalId).toBe('B')
  expect(findCause([stack])?.logicalId).toBe('s')
  expect(findCause([event('A', 'CREATE_FAILED_NOT', 'why')])).toBeUndefined()
})

it('knows by events of the stack itself which status an operation brought it to', () => {
  const events = [event('ddn-a', 'UPDATE_IN_PROGRESS'), event('B', 'UPDATE_COMPLETE')]
  expect(hasReached(events, 'ddn-a', 'UPDATE_COMPLETE')).toBe(false)
  expect(hasReached([...events, event('ddn-a', 'UPDATE_COMPLETE')], 'ddn-a', 'UPDATE_COMPLETE')).toBe(true)
})

it('says what to do where a service denies an action, and nothing else', () => {
  const denial =
    'User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: ecs:CreateService on resource: x'
  expect(explainDenial(denial)).toBe(
    `${denial}; give the role the permission ecs:CreateService, see docs/permissions.md`,
  )
  expect(explainDenial('no capacity')).toBe('no capacity')
})
