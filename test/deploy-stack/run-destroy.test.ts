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

describe('a destroy', () => {
  it('deletes all stacks, the later ones first, and counts what went', async () => {
    const account = await deployed()
    const ended = await destroy(account)
    expect(ended.outputs).toEqual({ result: 'destroyed', changes: '3' })
    expect(statuses(account)).toEqual({ base: undefined, app: undefined, beside: undefined })
    expect(ended.report).toMatchObject({
      stacks: [
        { key: 'beside', kind: 'destroyed', resources: 1, kept: [] },
        { key: 'app', kind: 'destroyed', resources: 1 },
        { key: 'base', kind: 'destroyed', resources: 2 },
      ],
    })
    expect(ended.lines).toContain('ddn-app: destroyed (2 of 3 stacks, 1 resources)')
    expect(ended.deleted).toEqual([])
    expect((await destroy(account)).outputs).toEqual({ result: 'destroyed', changes: '0' })
  })

  it('deletes a bucket that holds something only after CloudFormation has begun to delete its stack', async () => {
    const account = await deployed()
    trouble(account, 'Data', { at: 'delete', reason: 'The bucket is not empty' })
    const { outputs, deleted, lines } = await destroy(account, { inputs: { 'delete-data': 'true' } })
    expect(outputs.result).toBe('destroyed')
    expect(deleted).toEqual(['bucket ddn-base-data'])
    const at = (line: string) => lines.indexOf(line)
    const failed = 'ddn-base Data (AWS::S3::Bucket): DELETE_FAILED: The bucket is not empty'
    expect(at(failed)).toBeGreaterThan(0)
    expect(at('delete the bucket ddn-base-data with all that it holds')).toBeGreaterThan(at(failed))
    expect(lines).toContain('ddn-base Data (AWS::S3::Bucket): DELETE_COMPLETE')
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
    expect(ended.lines).toContain('ddn-app: failed (2 of 3 stacks): Server (AWS::ECS::Service): in use')
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

describe('what a template retains', () => {
  const body = JSON.stringify({
    Resources: {
      Images: {
        Type: 'AWS::ECR::Repository',
        DeletionPolicy: 'Retain',
        Properties: { RepositoryName: 'ddn-base-images' },
      },
      Data: {
        Type: 'AWS::S3::Bucket',
        DeletionPolicy: 'Retain',
        Properties: { BucketName: 'ddn-base-data' },
      },
      Logs: {
        Type: 'AWS::Logs::LogGroup',
        DeletionPolicy: 'Retain',
        Properties: { LogGroupName: 'ddn-base-logs' },
      },
      Table: { Type: 'AWS::SSM::Parameter', DeletionPolicy: 'Retain' },
      Task: { Type: 'AWS::SSM::Parameter' },
    },
  })
  const files = { 'stacks.yml': 'stacks: {base: {template: base.json}}', 'base.json': body }
  const all = ['repository ddn-base-images', 'bucket ddn-base-data', 'log group ddn-base-logs']
  const inputs = { 'delete-data': 'true' }
  const tags = new Map([
    ['gpu-service-actions:prefix', 'ddn'],
    ['gpu-service-actions:stack', 'base'],
  ])

  it('stays, is named and still costs', async () => {
    const account = emptyStacks()
    await deploy(account, { files })
    const ended = await destroy(account, { files })
    expect(ended.deleted).toEqual([])
    expect(ended.report).toMatchObject({
      stacks: [
        {
          resources: 1,
          kept: [
            'image repository ddn-base-images',
            'bucket ddn-base-data',
            'log group ddn-base-logs',
            'AWS::SSM::Parameter ddn-base-table',
          ],
        },
      ],
    })
  })

  it('goes last where its data shall be deleted', async () => {
    const account = emptyStacks()
    await deploy(account, { files })
    const { deleted, lines, report } = await destroy(account, { files, inputs })
    expect(deleted).toEqual(all)
    expect(lines.indexOf('ddn-base: DELETE_COMPLETE')).toBeLessThan(
      lines.indexOf('delete the image repository ddn-base-images with all that it holds'),
    )
    expect(report).toMatchObject({ stacks: [{ kept: ['AWS::SSM::Parameter ddn-base-table'] }] })
  })

  it('is found by name and tags after its stack has gone, and deleted or named', async () => {
    const existing = new Map([
      ['AWS::S3::Bucket ddn-base-data', tags],
      ['AWS::Logs::LogGroup ddn-base-logs', tags],
      ['AWS::ECR::Repository ddn-base-images', new Map([...tags, ['gpu-service-actions:prefix', 'other']])],
    ])
    const told = await destroy(emptyStacks(), { files, existing })
    expect(told.deleted).toEqual([])
    expect(told.report).toMatchObject({
      stacks: [{ kind: 'absent', kept: ['bucket ddn-base-data', 'log group ddn-base-logs'] }],
    })
    const { deleted } = await destroy(emptyStacks(), { files, existing, inputs })
    expect(deleted).toEqual(['bucket ddn-base-data', 'log group ddn-base-logs'])
  })
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

  it('keeps its data while a deployment is at work for longer than wait-for-others', async () => {
    const account = await deployed()
    Object.assign(findStack(account, 'ddn-beside') ?? {}, { status: 'UPDATE_IN_PROGRESS' })
    const ended = await destroy(account, { inputs: { 'delete-data': 'true', 'wait-for-others': '1' } })
    expect(ended.outputs.result).toBe('conflict')
    expect(ended.failure).toContain('the stack is in UPDATE_IN_PROGRESS')
    expect(ended.deleted).toEqual([])
  })

  it('is told before anything goes where another stack imports an export', async () => {
    const account = await deployed()
    Object.assign(findStack(account, 'ddn-base') ?? {}, { exports: ['bucket-name'] })
    account.imports.set('bucket-name', ['ddn-app', 'other'])
    await expect(destroy(account, { inputs: { 'delete-data': 'true' } })).rejects.toThrow(
      'ddn-base: its export bucket-name is imported by other, so that nothing was deleted',
    )
    expect(statuses(account)).toEqual(complete)
    account.imports.set('bucket-name', ['ddn-app'])
    expect((await destroy(account)).outputs.result).toBe('destroyed')
  })

  it('stays as it was where CloudFormation refuses the deletion as a whole, with its data', async () => {
    const account = await deployed()
    account.refusedDeletions.set('ddn-base', 'Delete canceled. Cannot delete export x as it is in use by y.')
    const ended = await destroy(account, { inputs: { 'delete-data': 'true' } })
    expect(ended.failure).toContain(
      'ddn-base: Delete canceled. Cannot delete export x as it is in use by y. [CREATE_COMPLETE]',
    )
    expect(ended.deleted).toEqual([])
    expect(ended.seconds).toBeLessThan(60)
  })
})
