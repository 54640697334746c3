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
  template,
  trouble,
} from '../fixtures/three-stacks.ts'

describe('a destroy', () => {
  it('deletes all stacks, the later ones first, and names what may stay', async () => {
    const account = await deployed()
    const ended = await destroy(account)
    expect(ended.outputs).toEqual({ result: 'destroyed', changes: '3' })
    expect(statuses(account)).toEqual({ base: undefined, app: undefined, beside: undefined })
    expect((ended.report as { stacks: object[] }).stacks).toEqual([
      {
        key: 'beside',
        stackName: 'ddn-beside',
        kind: 'destroyed',
        cause: 'what its template retains stays, of: ddn-beside-logs',
      },
      { key: 'app', stackName: 'ddn-app', kind: 'destroyed', cause: '' },
      {
        key: 'base',
        stackName: 'ddn-base',
        kind: 'destroyed',
        cause: 'what its template retains stays, of: ddn-base-data',
      },
    ])
    expect(ended.deleted).toEqual([])
    expect((await destroy(account)).outputs).toEqual({ result: 'destroyed', changes: '0' })
  })

  it('deletes data where that is asked for: a bucket before its stack, a log group after it', async () => {
    const account = await deployed()
    trouble(account, 'Data', { at: 'delete', reason: 'The bucket is not empty' })
    const { outputs, deleted, lines, summary } = await destroy(account, { inputs: { 'delete-data': 'true' } })
    expect(outputs.result).toBe('destroyed')
    expect(deleted).toEqual(['log group ddn-beside-logs', 'bucket ddn-base-data'])
    expect(summary).not.toContain('retains')
    expect(lines).toContain('ddn-base Data (AWS::S3::Bucket): DELETE_COMPLETE')
    expect(lines).toContain('ddn-base: destroyed')
    expect(lines).toContain('delete ddn-base-data with all that it holds')
    expect(lines).not.toContain('delete ddn-beside-logs with all that it holds')
  })

  it('stops at a stack that stays, and says which resource keeps it', async () => {
    const account = await deployed()
    trouble(account, 'Server', { at: 'delete', reason: 'in use' })
    const ended = await destroy(account)
    expect(ended.outputs).toEqual({ result: 'failed', changes: '1' })
    expect(ended.failure).toBe(
      'ddn-app: Server (AWS::ECS::Service): in use; still costs: what ddn-app holds, what ddn-base holds',
    )
    expect(ended.summary).toContain('## Stacks: failed')
    expect(ended.lines).toContain('ddn-app: failed: Server (AWS::ECS::Service): in use')
    expect(resultsOf(ended)).toEqual({ beside: 'destroyed', app: 'failed' })
    expect(statusOf(account, 'ddn-base')).toBe('CREATE_COMPLETE')
  })

  it('tries again what failed before, and does not take the old failure for the new end', async () => {
    const account = await deployed()
    trouble(account, 'Server', { at: 'delete', reason: 'in use' })
    await destroy(account)
    account.troubles.clear()
    const ended = await destroy(account, { lag: { stale: 4 } })
    expect(ended.outputs.result).toBe('destroyed')
    expect(resultsOf(ended)).toEqual({ beside: 'absent', app: 'destroyed', base: 'destroyed' })
  })

  it('ends at its time-out', async () => {
    const account = await deployed()
    trouble(account, 'Logs', { at: 'delete', reason: '', hangs: true })
    const ended = await destroy(account, { inputs: { 'timeout-minutes': '1' } })
    expect(ended.outputs).toEqual({ result: 'timeout', changes: '0' })
    expect(ended.failure).toMatch(
      /^ddn-beside: deletion of ddn-beside, which waits for Logs \(AWS::Logs::LogGroup\) DELETE_IN_PROGRESS: not settled after/,
    )
    expect(resultsOf(ended)).toEqual({ beside: 'timeout' })
  })

  it('refuses to leave a stack behind that depends on what goes', async () => {
    const account = await deployed()
    await expect(destroy(account, { inputs: { only: 'base' } })).rejects.toThrow(
      'only: the stack "app" is deployed and depends on what would go; add it to the list',
    )
    expect(statuses(account)).toEqual(complete)
    expect((await destroy(account, { inputs: { only: 'base, app' } })).outputs.result).toBe('destroyed')
  })

  it('plans in a dry run, without confirmation', async () => {
    const account = await deployed()
    const { outputs, report } = await destroy(account, { inputs: { 'dry-run': 'true', confirm: '' } })
    expect(outputs.result).toBe('planned')
    expect(report).toEqual({
      result: 'planned',
      steps: ['destroy ddn-beside', 'destroy ddn-app', 'destroy ddn-base'],
    })
    expect(statuses(account)).toEqual(complete)
  })

  it('goes no further at a cancel', async () => {
    const account = await deployed()
    const abort = new AbortController()
    const onLine = (line: string) => {
      if (line.startsWith('ddn-beside: destroyed')) abort.abort(new Error('cancelled'))
    }
    await expect(destroy(account, { signal: abort.signal, onLine })).rejects.toThrow('cancelled')
    expect(statuses(account)).toEqual({ ...complete, beside: undefined })
  })
})

it('lets what is no mistake of the user through where a destroy fails', async () => {
  const account = await deployed()
  await expect(destroy(account, { cut: { after: 1, carriedOut: false } })).rejects.toThrow('cut')
})

it('deletes a repository with its images, and names all that may stay', async () => {
  const body = template({ Images: 'AWS::ECR::Repository', Data: 'AWS::S3::Bucket' })
  const options = { files: { 'stacks.yml': 'stacks: {base: {template: base.json}}', 'base.json': body } }
  const account = emptyStacks()
  await deploy(account, options)
  expect((await destroy(account, options)).summary).toContain(
    'what its template retains stays, of: ddn-base-images, ddn-base-data',
  )
  await deploy(account, options)
  const { deleted } = await destroy(account, { ...options, inputs: { 'delete-data': 'true' } })
  expect(deleted).toEqual(['repository ddn-base-images', 'bucket ddn-base-data'])
})

describe('what may not be deleted', () => {
  it('is told before anything goes where termination protection is on', async () => {
    const account = await deployed()
    Object.assign(findStack(account, 'ddn-base') ?? {}, { isProtected: true })
    await expect(destroy(account, { inputs: { 'delete-data': 'true' } })).rejects.toThrow(
      'ddn-base: its termination protection is on, so that nothing was deleted',
    )
    expect(statuses(account)).toEqual(complete)
  })

  it('keeps its data while a deployment is at work', async () => {
    const account = await deployed()
    Object.assign(findStack(account, 'ddn-beside') ?? {}, { status: 'UPDATE_IN_PROGRESS' })
    const ended = await destroy(account, { inputs: { 'delete-data': 'true' } })
    expect(ended.failure).toContain('the stack is in UPDATE_IN_PROGRESS')
    expect(ended.deleted).toEqual([])
  })
})
