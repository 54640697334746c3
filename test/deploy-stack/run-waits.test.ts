import { describe, expect, it } from 'vitest'
import { runOperation } from '../../actions/deploy-stack/apply/operation.ts'
import { emptyStacks, fakeCloudFormation, findStack } from '../fakes/cloudformation.ts'
import { makeContext } from '../fixtures/context.ts'
import { act, deploy, deployed, resultsOf, trouble } from '../fixtures/three-stacks.ts'

const inputs = { 'timeout-minutes': '1', only: 'base' }

describe('a wait that times out', () => {
  it('for a change set says so, and nothing goes on in AWS', async () => {
    const ended = await deploy(emptyStacks(), { inputs, lag: { changeSet: 1_000 } })
    expect(ended.outputs.result).toBe('timeout')
    expect(ended.failure).toBe('timeout: ddn-base: change set of ddn-base: not settled after 60 s')
    expect(ended.report).toMatchObject({ goesOn: [] })
  })

  it('for the deletion of a failed creation says so, and in which status that is', async () => {
    const account = emptyStacks()
    trouble(account, 'Data', { at: 'create', reason: 'taken' }, { at: 'delete', reason: '', hangs: true })
    await deploy(account, { inputs })
    // What hangs is a resource that is there.
    findStack(account, 'ddn-base')?.existing.set('Data', 'AWS::S3::Bucket')
    const ended = await deploy(account, { inputs: { ...inputs, allow: 'ddn-base' } })
    expect(ended.failure).toMatch(
      /^timeout: ddn-base: deletion of ddn-base, which waits for Data \(AWS::S3::Bucket\) DELETE_IN_PROGRESS: not settled after 60 s; goes on in AWS: ddn-base \(DELETE_IN_PROGRESS\)$/,
    )
  })
})

describe('an operation that CloudFormation is asked for', () => {
  it('does not go on where the call failed', async () => {
    const ended = await deploy(emptyStacks(), { inputs, cut: { after: 1, carriedOut: false } })
    expect(ended.failure).toBe('failed: ddn-base: cut')
    expect(ended.report).toMatchObject({ goesOn: [] })
  })

  it('may go on where a cancel took the answer', async () => {
    const abort = new AbortController()
    const operations = new Map<string, string>()
    const cloudFormation = fakeCloudFormation(emptyStacks())
    const made = await cloudFormation.createChangeSet({
      ...{ stackName: 'ddn-base', name: 'deploy-1', type: 'CREATE', template: { body: '{}' } },
      ...{ parameters: new Map(), tags: new Map() },
    })
    if ('refusal' in made) throw new Error(made.refusal)
    const context = {
      ...{
        ...makeContext(),
        signal: abort.signal,
        operations,
        links: new Map(),
        deadline: 0,
        runToken: 'deploy-1',
      },
      ...{ cloudFormation, serviceEvidence: { read: async () => undefined } },
    }
    const begin = async () => {
      expect(operations.get('ddn-base')).toBe('requested')
      abort.abort(new Error('cancelled'))
      throw abort.signal.reason
    }
    const operation = { stackName: 'ddn-base', stackArn: made.stackArn, what: '', token: 'deploy-1' }
    await expect(runOperation(operation, begin, context)).rejects.toThrow('cancelled')
    expect([...operations]).toEqual([['ddn-base', 'requested']])
  })

  it('is over when its stack has come to its end', async () => {
    const account = emptyStacks()
    trouble(account, 'Data', { at: 'create', reason: '' })
    await deploy(account, { inputs })
    account.troubles.clear()
    trouble(account, 'Data', { at: 'validation', reason: 'no such property' })
    const ended = await deploy(account, { inputs })
    expect(ended.outputs.result).toBe('validation-failed')
    expect(ended.report).toMatchObject({ goesOn: [] })
  })
})

it('tells a rollback without a reason by the status of the resource', async () => {
  const account = emptyStacks()
  trouble(account, 'Data', { at: 'create', reason: '' })
  const ended = await deploy(account, { inputs })
  expect(ended.failure).toBe(
    'rolled-back: ddn-base: Data (AWS::S3::Bucket): CREATE_FAILED [ROLLBACK_COMPLETE: nothing of it is left; correct the cause and run again, which deletes the stack and makes it again]',
  )
  expect(ended.report).toMatchObject({ goesOn: [] })
})

it('tells a rollback by the reason of the stack where each resource only followed another', async () => {
  const account = emptyStacks()
  trouble(account, 'First', { at: 'rollback', reason: 'Operation canceled' })
  trouble(account, 'Data', { at: 'create', reason: 'Resource creation cancelled' })
  expect((await deploy(account, { inputs })).failure).toMatch(
    /^rolled-back: ddn-base: The following resource\(s\) failed to delete: \[First\]. {2}\[ROLLBACK_FAILED: /,
  )
})

describe('outputs of another stack', () => {
  it('stand for themselves in a preview where that stack is not deployed', async () => {
    const account = await deployed()
    await deploy(account, { inputs: { parameters: 'app.Url=(Out after the deployment)' } })
    account.stacks = account.stacks.filter(({ name }) => name !== 'ddn-base')
    const { outputs } = await act(account, { inputs: { mode: 'preview', only: 'app' } })
    expect(outputs).toMatchObject({ result: 'previewed', changes: '0' })
  })

  it('are missing where that stack was deleted meanwhile', async () => {
    const account = await deployed()
    const onLine = (line: string) => {
      if (line === 'deploy ddn-app') account.stacks = account.stacks.filter(({ name }) => name !== 'ddn-base')
    }
    const ended = await deploy(account, { inputs: { only: 'app' }, onLine })
    expect(ended.failure).toBe(
      'refused: ddn-app: stacks: the outputs of "base" are needed, and it is not deployed; deploy it first, or leave out the input only; still costs: the resources of ddn-base, ddn-app, ddn-beside',
    )
    expect(resultsOf(ended)).toEqual({ app: 'refused' })
  })
})
