import { describe, expect, it } from 'vitest'
import { emptyStacks, findStack } from '../fakes/cloudformation.ts'
import { statusOf } from '../fixtures/deployment.ts'
import {
  complete,
  deploy,
  deployed,
  destroy,
  resultsOf,
  statuses,
  trouble,
} from '../fixtures/three-stacks.ts'

/** Makes an account in which the creation of ddn-base failed, and its rollback too. */
async function rollbackFailed() {
  const account = emptyStacks()
  trouble(account, 'First', { at: 'rollback', reason: 'may not delete' })
  trouble(account, 'Data', { at: 'create', reason: 'the name is taken' })
  await deploy(account)
  expect(statusOf(account, 'ddn-base')).toBe('ROLLBACK_FAILED')
  account.troubles.clear()
  return account
}

describe('a stack that cannot be deployed as it is', () => {
  it('is deleted and created again after a rollback that failed', async () => {
    const account = await rollbackFailed()
    const { outputs, lines } = await deploy(account)
    expect(outputs.result).toBe('created')
    expect(lines).toContain('ddn-base: is in ROLLBACK_FAILED and can only be deleted; deleting it first')
    expect(lines).toContain('ddn-base First (AWS::SSM::Parameter): DELETE_COMPLETE')
    expect(statuses(account)).toEqual(complete)
  })

  it('fails with the cause when it cannot be deleted, and is deleted by the next run', async () => {
    const account = await rollbackFailed()
    trouble(account, 'First', { at: 'delete', reason: 'in use' })
    const ended = await deploy(account)
    expect(ended.outputs.result).toBe('failed')
    expect(ended.failure).toMatch(
      /^failed: ddn-base: the stack is in ROLLBACK_FAILED and cannot be deleted: First \(AWS::SSM::Parameter\): in use/,
    )
    expect(ended.report).toMatchObject({ goesOn: [] })
    expect(ended.seconds).toBeLessThan(60)
    expect(resultsOf(ended)).toMatchObject({ base: 'failed', app: 'not-started' })
    account.troubles.clear()
    const { outputs, lines } = await deploy(account)
    expect(outputs.result).toBe('created')
    expect(lines).toContain('ddn-base: is in DELETE_FAILED and can only be deleted; deleting it first')
    expect(statuses(account)).toEqual(complete)
  })

  it('is planned from its template by a preview', async () => {
    const account = await deployed()
    trouble(account, 'Server', { at: 'delete', reason: 'in use' })
    await destroy(account)
    const ended = await deploy(account, { inputs: { mode: 'preview', only: 'app' } })
    expect(ended.outputs).toMatchObject({ result: 'previewed', changes: '1' })
    expect(statusOf(account, 'ddn-app')).toBe('DELETE_FAILED')
  })

  it('is left alone where a failed creation keeps what it created', async () => {
    const account = await deployed()
    const stack = findStack(account, 'ddn-app')
    if (stack) stack.status = 'CREATE_FAILED'
    const ended = await deploy(account, { inputs: { parameters: 'Value=two' } })
    expect(ended.outputs.result).toBe('conflict')
    expect(ended.failure).toContain(
      'ddn-app: the stack is in CREATE_FAILED: it keeps what was created; roll it back in CloudFormation, or delete it, and run again',
    )
    expect(statusOf(account, 'ddn-app')).toBe('CREATE_FAILED')
  })
})
