import { describe, expect, it } from 'vitest'
import { readInputs } from '../../actions/deploy-stack/inputs.ts'
import { findDifference, formatReview, parseReview } from '../../actions/deploy-stack/review.ts'
import type { FakeStacks } from '../fakes/cloudformation/state.ts'
import { emptyStacks, findStack } from '../fakes/cloudformation.ts'
import { statusOf } from '../fixtures/deployment.ts'
import { act, complete, deploy, deployed, resultsOf, statuses, trouble } from '../fixtures/three-stacks.ts'

const change = { parameters: 'base.Value=two' }
const review = async (account: FakeStacks, inputs: Record<string, string> = change) =>
  (await act(account, { inputs: { mode: 'review', ...inputs } })).outputs.review ?? expect.fail('no review')
const execute = async (account: FakeStacks, text: string, inputs: Record<string, string> = change) =>
  await act(account, { inputs: { mode: 'execute', review: text, ...inputs } })
const names = (account: FakeStacks) =>
  [...account.changeSets.values()].map(({ stack, listed }) => `${stack.name} ${listed.name}`)

describe('a review', () => {
  it('keeps the change sets of stacks whose values are known, and changes nothing', async () => {
    const account = await deployed()
    const ended = await act(account, { inputs: { mode: 'review', ...change } })
    expect(ended.outputs).toMatchObject({ result: 'previewed', changes: '2' })
    expect(names(account)).toEqual([`ddn-base review-${'0'.repeat(32)}`])
    expect(statuses(account)).toEqual(complete)
    expect(parseReview(ended.outputs.review ?? '')).toMatchObject({
      id: '0'.repeat(32),
      stacks: [
        { key: 'base', kept: true, isNew: false, changes: [{ logicalId: 'First' }, { logicalId: 'Data' }] },
        { key: 'app', kept: false, changes: [] },
        { key: 'beside', kept: false, changes: [] },
      ],
    })
    expect(ended.outputs.review).not.toContain('arn:')
  })

  it('keeps no change set of a stack further down, which the change before it may change again', async () => {
    const account = await deployed()
    const text = await review(account, { parameters: 'Value=two' })
    expect(names(account).map((name) => name.split(' ')[0])).toEqual(['ddn-base', 'ddn-beside'])
    const [, app, beside] = parseReview(text).stacks
    expect(app).toMatchObject({ kept: false, changes: [{ logicalId: 'Server' }] })
    expect(beside).toMatchObject({ kept: true, changes: [{ logicalId: 'Logs' }] })
  })

  it('does not plan for a stack that can only be deleted', async () => {
    const account = await deployed()
    Object.assign(findStack(account, 'ddn-app') ?? {}, { status: 'ROLLBACK_COMPLETE' })
    const ended = await act(account, { inputs: { mode: 'review' } })
    expect(ended.failure).toContain(
      'ddn-app: a review cannot plan for it, since the stack is in ROLLBACK_COMPLETE: a run with mode deploy deletes it',
    )
    expect(ended.outputs.review).toBeUndefined()
  })
})

/** Lets somebody else work at ddn-app without an end. */
const occupy = (account: FakeStacks) =>
  Object.assign(findStack(account, 'ddn-app') ?? {}, { status: 'UPDATE_IN_PROGRESS', steps: [] })

describe('a review that cannot be made', () => {
  it('is a conflict where another deployment is at work, and so is its execution', async () => {
    const account = await deployed()
    const text = await review(account, { parameters: 'app.Value=two' })
    occupy(account)
    const waiting = { 'wait-for-others': '1' }
    const ended = await act(account, { inputs: { mode: 'review', ...waiting } })
    expect(resultsOf(ended)).toMatchObject({ app: 'conflict' })
    expect(ended.failure).toContain('ddn-app: the stack is in UPDATE_IN_PROGRESS; another deployment')
    expect(resultsOf(await execute(account, text, waiting))).toMatchObject({ app: 'conflict' })
    expect(findStack(account, 'ddn-app')?.template?.parameters.get('Value')).toBe('one')
  })

  it('is no review of a stack that does not change where CloudFormation refuses its change', async () => {
    const account = await deployed()
    trouble(account, 'Data', { at: 'validation', reason: 'not valid' })
    const ended = await act(account, { inputs: { mode: 'review', ...change } })
    expect(resultsOf(ended)).toMatchObject({ base: 'validation-failed' })
    expect(ended.failure).toContain('Data: not valid')
    expect(ended.outputs.review).toBeUndefined()
    expect(account.changeSets.size).toBe(0)
  })

  it('ends the execution where a stack further down is refused by then', async () => {
    const account = await deployed()
    const text = await review(account)
    trouble(account, 'Server', { at: 'validation', reason: 'not valid' })
    const ended = await execute(account, text)
    expect(resultsOf(ended)).toMatchObject({ base: 'changed', app: 'validation-failed' })
    expect(ended.failure).toContain('Server: not valid')
  })

  it('is made again for stacks that were only reviewed so far', async () => {
    const account = emptyStacks()
    await review(account, {})
    const text = await review(account, {})
    expect(parseReview(text).stacks.map(({ isNew }) => isNew)).toEqual([true, true, true])
    expect((await execute(account, text, {})).failure).toBeUndefined()
  })
})

describe('an execution of a review', () => {
  it('executes exactly the reviewed change sets', async () => {
    const account = await deployed()
    const text = await review(account, { parameters: 'app.Value=two' })
    const ended = await execute(account, text, {})
    expect(resultsOf(ended)).toEqual({ base: 'no-changes', app: 'changed', beside: 'no-changes' })
    expect(findStack(account, 'ddn-app')?.template?.parameters.get('Value')).toBe('two')
    expect(account.changeSets.size).toBe(0)
  })

  it('creates stacks, with those further down as their template says', async () => {
    const account = emptyStacks()
    const text = await review(account, {})
    expect(statusOf(account, 'ddn-base')).toBe('REVIEW_IN_PROGRESS')
    const ended = await execute(account, text, {})
    expect(resultsOf(ended)).toEqual({ base: 'created', app: 'created', beside: 'created' })
    expect(statuses(account)).toEqual(complete)
  })

  it('stops at a stack further down that would change otherwise than reviewed', async () => {
    const account = await deployed()
    const ended = await execute(account, await review(account))
    // Its Url is the new output of base: that was not reviewed.
    expect(resultsOf(ended)).toEqual({ base: 'changed', app: 'refused', beside: 'no-changes' })
    expect(ended.failure).toContain(
      'ddn-app: differs from the review (not reviewed: Modify Server AWS::ECS::Service False); review again',
    )
    expect(account.changeSets.size).toBe(0)
    const again = await execute(account, await review(account))
    expect(resultsOf(again)).toEqual({ base: 'no-changes', app: 'changed', beside: 'no-changes' })
  })

  it('refuses where the stack was changed since', async () => {
    const account = await deployed()
    const text = await review(account)
    await deploy(account, { inputs: { parameters: 'base.Value=three' } })
    const ended = await execute(account, text)
    expect(ended.failure).toContain('ddn-base: it was changed since the review')
    expect(findStack(account, 'ddn-base')?.template?.parameters.get('Value')).toBe('three')
  })

  it.each([
    [emptyStacks, {}, 'created'],
    [deployed, { parameters: 'Value=two' }, 'changed'],
  ])('goes on where an earlier one stopped (%#)', async (make, inputs, kind) => {
    const account = await make()
    const text = await review(account, inputs)
    trouble(account, 'Server', { at: 'validation', reason: 'not valid' })
    expect(resultsOf(await execute(account, text, inputs))).toEqual({
      ...{ base: kind, app: 'validation-failed', beside: kind },
    })
    trouble(account, 'Server')
    const again = await execute(account, text, inputs)
    expect(resultsOf(again)).toEqual({ base: 'no-changes', app: kind, beside: 'no-changes' })
    expect(again.lines).toContain('ddn-base: an earlier run executed what was reviewed')
    expect((await execute(account, text, inputs)).outputs.result).toBe('no-changes')
  })

  it('refuses a stack that was changed after it was executed', async () => {
    const account = await deployed()
    const text = await review(account, { parameters: 'app.Value=two' })
    await execute(account, text, {})
    await deploy(account, { inputs: { parameters: 'app.Value=three' } })
    expect((await execute(account, text, {})).failure).toContain('ddn-app: it was changed since the review')
  })

  it('refuses a stack whose changes were rolled back', async () => {
    const account = await deployed()
    const text = await review(account, { parameters: 'app.Value=two' })
    trouble(account, 'Server', { at: 'update', reason: 'no capacity' })
    expect(resultsOf(await execute(account, text, {}))).toMatchObject({ app: 'rolled-back' })
    expect((await execute(account, text, {})).failure).toContain('or executed; review again')
  })

  it('refuses a stack that was not reviewed', async () => {
    const account = await deployed()
    const text = await review(account, { ...change, only: 'base' })
    const ended = await execute(account, text)
    expect(ended.failure).toContain('ddn-app: it was not reviewed')
  })
})

it.each(['x', '{}', '{"id":"1","stacks":[]}', `{"id":"${'0'.repeat(32)}","stacks":[["a"]]}`])(
  'refuses %s as a review',
  (text) => {
    expect(() => readInputs({ mode: 'execute', review: text })).toThrow(
      'review: expected the output "review" of a run with mode review',
    )
  },
)

it.each([
  [{ mode: 'execute' }, 'review: expected with mode execute, and only then, got mode execute'],
  [{ review: '{}' }, 'got mode deploy'],
])('refuses %j', (given, message) => {
  expect(() => readInputs(given)).toThrow(message)
})

const changeOf = (logicalId: string, replacement = 'False') => ({
  ...{ action: 'Modify', logicalId, type: 'T', replacement },
})

it('compares all that a person reviewed', () => {
  const reviewed = { key: 'a', kept: false, isNew: false, changes: [changeOf('A'), changeOf('B')] }
  expect(findDifference(reviewed, [changeOf('B'), changeOf('A')])).toBeUndefined()
  expect(findDifference(reviewed, [changeOf('A', 'True'), changeOf('B')])).toBe(
    'not reviewed: Modify A T True; no longer: Modify A T False',
  )
  expect(findDifference({ ...reviewed, isNew: true }, [changeOf('A')])).toBeUndefined()
  const text = formatReview({ id: '0'.repeat(32), stacks: [reviewed] })
  expect(parseReview(text).stacks).toEqual([reviewed])
})
