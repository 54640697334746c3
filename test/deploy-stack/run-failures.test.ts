import { describe, expect, it } from 'vitest'
import { emptyStacks } from '../fakes/cloudformation.ts'
import { statusOf } from '../fixtures/deployment.ts'
import { complete, deploy, deployed, resultsOf, statuses, trouble } from '../fixtures/three-stacks.ts'

describe('a deployment that fails', () => {
  it('says why a creation was rolled back, starts nothing after it, and goes on beside it', async () => {
    const account = emptyStacks()
    trouble(account, 'Data', { at: 'create', reason: 'the name is taken' })
    const ended = await deploy(account)
    expect(ended.outputs).toEqual({
      result: 'rolled-back',
      changes: '1',
      outputs: JSON.stringify({ beside: { Out: 'one' } }),
    })
    expect(ended.failure).toBe(
      'rolled-back: ddn-base: Data (AWS::S3::Bucket): the name is taken; take another name or prefix, import it with the input allow where it holds your data, or remove it [ROLLBACK_COMPLETE: nothing of it is left; correct the cause and run again, which deletes the stack and makes it again]; still costs: the resources of ddn-beside, created now',
    )
    expect(resultsOf(ended)).toEqual({ base: 'rolled-back', app: 'not-started', beside: 'created' })
    expect(ended.lines).toContain('ddn-app: not-started: base ended with rolled-back')
    expect(statuses(account)).toEqual({
      base: 'ROLLBACK_COMPLETE',
      app: undefined,
      beside: 'CREATE_COMPLETE',
    })
  })

  it('deletes what a rollback left behind, and creates it again', async () => {
    const account = emptyStacks()
    trouble(account, 'Data', { at: 'create', reason: 'the name is taken' })
    await deploy(account)
    account.troubles.clear()
    const { outputs, lines } = await deploy(account)
    expect(outputs.result).toBe('created')
    expect(lines).toContain('ddn-base: is in ROLLBACK_COMPLETE and can only be deleted; deleting it first')
    expect(statuses(account)).toEqual(complete)
  })

  it('tells a rollback that failed too by its first cause', async () => {
    const account = emptyStacks()
    trouble(account, 'First', { at: 'rollback', reason: 'may not delete' })
    trouble(account, 'Data', { at: 'create', reason: 'the name is taken' })
    const { failure } = await deploy(account)
    expect(failure).toMatch(
      /^rolled-back: ddn-base: Data \(AWS::S3::Bucket\): the name is taken; .*\[ROLLBACK_FAILED: remove what could not be removed and run again/,
    )
  })

  it('does not take a failed update for the one that it follows', async () => {
    const account = await deployed()
    trouble(account, 'Server', { at: 'update', reason: 'no room' })
    await deploy(account, { inputs: { parameters: 'app.Value=two' } })
    account.troubles.clear()
    const { outputs, lines } = await deploy(account, { inputs: { parameters: 'app.Value=three' } })
    expect(outputs.result).toBe('changed')
    expect(lines.join('\n')).not.toContain('no room')
  })

  it('refuses a template that validation finds wrong, says where, and leaves no change set', async () => {
    const account = await deployed()
    trouble(account, 'Server', { at: 'validation', reason: 'no property Valeu' })
    const ended = await deploy(account, { inputs: { parameters: 'app.Value=two' } })
    expect(ended.failure).toBe(
      'validation-failed: ddn-app: Server: no property Valeu; still costs: the resources of ddn-base, ddn-app, ddn-beside',
    )
    expect(ended.outputs.result).toBe('validation-failed')
    expect(account.changeSets.size).toBe(0)
    expect(statusOf(account, 'ddn-app')).toBe('CREATE_COMPLETE')
  })

  it('goes on with a stack that was reviewed only, which is no conflict', async () => {
    const account = emptyStacks()
    const cut = { after: 1, carriedOut: false }
    expect((await deploy(account, { cut, inputs: { only: 'base' } })).failure).toBe('failed: ddn-base: cut')
    expect(statusOf(account, 'ddn-base')).toBe('REVIEW_IN_PROGRESS')
    expect((await deploy(account)).outputs.result).toBe('created')
    expect(statuses(account)).toEqual(complete)
  })

  it('ends at its time-out, and says for which stack it waited', async () => {
    const account = emptyStacks()
    trouble(account, 'First', { at: 'create', reason: '', hangs: true })
    const ended = await deploy(account, { inputs: { 'timeout-minutes': '2' } })
    expect(ended.outputs.result).toBe('timeout')
    expect(ended.failure).toMatch(
      /^timeout: ddn-base: stack ddn-base, which waits for First \(AWS::SSM::Parameter\) CREATE_IN_PROGRESS: not settled after 1\d\d(\.\d+)? s; goes on in AWS: ddn-base \(CREATE_IN_PROGRESS\); /,
    )
    expect(resultsOf(ended)).toEqual({ base: 'timeout', app: 'not-started', beside: 'created' })
    expect(ended.seconds).toBeLessThanOrEqual(120)
  })

  it('starts no further stack at a cancel, and lets those on their way come to their end', async () => {
    const account = emptyStacks()
    const abort = new AbortController()
    const onLine = (line: string) => {
      if (line === 'ddn-base: created') abort.abort(new Error('cancelled'))
    }
    const ended = await deploy(account, { signal: abort.signal, onLine })
    expect(ended.outputs.result).toBe('cancelled')
    expect(resultsOf(ended)).toMatchObject({ base: 'created', app: 'cancelled' })
    expect(statusOf(account, 'ddn-base')).toBe('CREATE_COMPLETE')
    expect(statusOf(account, 'ddn-app')).toBeUndefined()
  })
})

it.each([0, 5])('ends at a cancel while a stack changes, with reads that are %i looks old', async (stale) => {
  const abort = new AbortController()
  const onLine = (line: string) => {
    if (line === 'ddn-base: CREATE_IN_PROGRESS: User Initiated') abort.abort(new Error('cancelled'))
  }
  const ended = await deploy(emptyStacks(), { signal: abort.signal, onLine, lag: { stale } })
  expect(ended.outputs.result).toBe('cancelled')
  expect(ended.report).toMatchObject({ goesOn: expect.arrayContaining(['ddn-base (CREATE_IN_PROGRESS)']) })
})
