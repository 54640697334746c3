import { expect, it } from 'vitest'
import {
  findCause,
  findEnd,
  isFailure,
  isOwnEvent,
  listPending,
  renderEvent,
} from '../../../actions/deploy-stack/apply/event.ts'
import { type StackResult, summarizeOutcomes } from '../../../actions/deploy-stack/apply/outcome.ts'

const stackType = 'AWS::CloudFormation::Stack'

const event = (logicalId: string, status: string, reason = '', type = 'AWS::X::Y', seconds = 0) => ({
  ...{ id: logicalId + status, time: new Date(seconds * 1000), logicalId, physicalId: '' },
  ...{ type, status, reason, token: '', operationId: '' },
})

it('finds the first resource that failed for a reason of its own', () => {
  const events = [
    event('A', 'CREATE_IN_PROGRESS'),
    event('B', 'CREATE_FAILED', 'Resource creation cancelled'),
    event('C', 'CREATE_FAILED', 'name is taken'),
    event('D', 'CREATE_FAILED', 'too late'),
    event('stack', 'CREATE_FAILED', 'The following resource(s) failed to create: [C]', stackType),
  ]
  expect(findCause(events, 'stack')?.logicalId).toBe('C')
})

it('finds none where nothing failed', () => {
  expect(findCause([event('A', 'CREATE_COMPLETE')], 's')).toBeUndefined()
  expect(isFailure(event('A', 'CREATE_FAILED_NOT', 'why'))).toBe(false)
})

it('renders an event of the stack itself by its name alone', () => {
  expect(renderEvent('ddn-a', event('ddn-a', 'CREATE_COMPLETE'), [])).toBe('ddn-a: CREATE_COMPLETE')
  expect(renderEvent('ddn-a', event('B', 'CREATE_FAILED', 'why'), [])).toBe(
    'ddn-a B (AWS::X::Y): CREATE_FAILED: why',
  )
})

it('renders how long the step took since its own start', () => {
  const before = [event('B', 'CREATE_IN_PROGRESS', '', 'AWS::X::Y', 10), event('C', 'CREATE_IN_PROGRESS')]
  const line = (status: string, seconds: number) =>
    renderEvent('ddn-a', event('B', status, '', 'AWS::X::Y', seconds), before)
  expect(line('CREATE_COMPLETE', 100)).toBe('ddn-a B (AWS::X::Y): CREATE_COMPLETE after 1 min 30 s')
  expect(line('CREATE_COMPLETE', 10.5)).toBe('ddn-a B (AWS::X::Y): CREATE_COMPLETE')
  expect(line('UPDATE_IN_PROGRESS', 100)).toBe('ddn-a B (AWS::X::Y): UPDATE_IN_PROGRESS')
})

const result = (kind: 'created' | 'changed' | 'no-changes' | 'rolled-back'): StackResult => ({
  key: kind,
  stackName: kind,
  ...{ startedAt: 0, seconds: 0 },
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
    findCause([event('A', 'UPDATE_FAILED', reason), event('B', 'UPDATE_FAILED', 'why')], 's')?.logicalId,
  ).toBe('B')
  expect(findCause([event('A', 'UPDATE_FAILED', `not: ${reason}`)], 's')?.logicalId).toBe('A')
})

it('takes the stack for the cause only where no resource failed, also not a nested stack', () => {
  const stack = event('s', 'CREATE_FAILED', 'limit exceeded', stackType)
  expect(findCause([stack, event('B', 'CREATE_FAILED', 'why', stackType)], 's')?.logicalId).toBe('B')
  expect(findCause([stack], 's')?.logicalId).toBe('s')
})

it('knows the end of an operation by the events of the stack itself', () => {
  const ends = (status: string) =>
    findEnd([event('s', status, '', stackType), event('B', 'X_IN_PROGRESS')], 's')
  expect(ends('UPDATE_IN_PROGRESS')).toBeUndefined()
  expect(ends('UPDATE_ROLLBACK_IN_PROGRESS')).toBeUndefined()
  expect(ends('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')?.status).toBe('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')
  expect(ends('UPDATE_ROLLBACK_COMPLETE')?.status).toBe('UPDATE_ROLLBACK_COMPLETE')
  // A deletion that is refused as a whole.
  expect(ends('CREATE_COMPLETE')?.status).toBe('CREATE_COMPLETE')
  expect(findEnd([event('s', 'UPDATE_COMPLETE')], 's')).toBeUndefined()
  expect(findEnd([event('t', 'UPDATE_COMPLETE', '', stackType)], 's')).toBeUndefined()
})

it('tells the events of an operation from those before and after it', () => {
  const own = { stackName: 's', token: 'own' }
  const told = (status: string, token: string) => ({ ...event('s', status, '', stackType), token })
  const [begin, other, none] = [told('UPDATE_IN_PROGRESS', 'own'), told('X', 'other'), told('X', '')]
  expect([begin, other, none].map((each) => isOwnEvent(each, own, [], false))).toEqual([true, false, true])
  // Earlier operations of others may have had no token.
  expect([begin, other, none].map((each) => isOwnEvent(each, own, [], true))).toEqual([true, false, false])
  expect([other, none].map((each) => isOwnEvent(each, own, [begin], true))).toEqual([true, true])
  const ended = [begin, told('UPDATE_COMPLETE', 'own')]
  expect([other, none].map((each) => isOwnEvent(each, own, ended, false))).toEqual([false, false])
  expect(isOwnEvent(told('DELETE_COMPLETE', 'other'), own, [], false)).toBe(true)
})

it('lists what an operation is at, the longest first', () => {
  const events = [
    event('s', 'CREATE_IN_PROGRESS', '', stackType),
    event('A', 'CREATE_IN_PROGRESS', '', 'AWS::X::Y', 1),
    event('B', 'CREATE_IN_PROGRESS', '', 'AWS::X::Y', 2),
    event('B', 'CREATE_COMPLETE', '', 'AWS::X::Y', 3),
    event('C', 'CREATE_IN_PROGRESS', '', 'AWS::X::Y', 4),
    event('A', 'CREATE_IN_PROGRESS', 'Resource creation Initiated', 'AWS::X::Y', 5),
  ]
  expect(listPending(events, 's').map(({ logicalId }) => logicalId)).toEqual(['A', 'C'])
})
