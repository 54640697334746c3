import { describe, expect, it } from 'vitest'
import type { FakeStacks } from '../fakes/cloudformation/state.ts'
import { emptyStacks, findStack } from '../fakes/cloudformation.ts'
import { statusOf } from '../fixtures/deployment.ts'
import { complete, deploy, deployed, resultsOf, statuses, trouble } from '../fixtures/three-stacks.ts'

const change = { parameters: 'Value=two' }

/** Makes an account in which somebody changes ddn-app; the change ends after some looks, or never. */
async function busyAccount(looks: number, token = 'console') {
  const account = await deployed()
  const stack = findStack(account, 'ddn-app')
  if (!stack) return expect.fail('no stack')
  stack.token = token
  stack.status = 'UPDATE_IN_PROGRESS'
  const begin = { status: 'UPDATE_IN_PROGRESS', reason: 'User Initiated' }
  const resource = { logicalId: 'Server', type: 'AWS::ECS::Service' }
  const wait = Array.from({ length: looks }, () => ({ resource, status: 'UPDATE_IN_PROGRESS' }))
  const end = Number.isFinite(looks) ? [{ status: 'UPDATE_COMPLETE' }] : []
  stack.steps = [begin, ...wait, ...end]
  return { account, stack }
}

describe('a stack at which another deployment is at work', () => {
  it('is waited for, and deployed then', async () => {
    const { account } = await busyAccount(20)
    const ended = await deploy(account, { inputs: change })
    expect(resultsOf(ended)).toEqual({ base: 'changed', app: 'changed', beside: 'changed' })
    expect(ended.lines).toContain(
      'ddn-app: is in UPDATE_IN_PROGRESS by others; waits for them up to 15 min 0 s',
    )
    // The events of others are not ours to tell.
    expect(ended.lines.filter((line) => /Server .*UPDATE_IN_PROGRESS/.test(line))).toHaveLength(1)
  })

  it('is a conflict when it is at work for longer than wait-for-others', async () => {
    const { account, stack } = await busyAccount(0)
    stack.steps = []
    const ended = await deploy(account, { inputs: { ...change, 'wait-for-others': '2' } })
    expect(ended.outputs.result).toBe('conflict')
    expect(ended.failure).toContain(
      'ddn-app: the stack is in UPDATE_IN_PROGRESS; another deployment is still at work after 2 min 0 s: run again when it is done, or raise wait-for-others',
    )
    expect(ended.seconds).toBeGreaterThan(100)
    expect(resultsOf(ended)).toEqual({ base: 'changed', app: 'conflict', beside: 'changed' })
    expect(stack.template?.parameters.get('Value')).toBe('one')
  })

  it('is a conflict where others come first again and again', async () => {
    const account = await deployed()
    const stack = findStack(account, 'ddn-beside')
    let tries = 0
    const onCall = (name: string) => {
      if (name === 'createChangeSet') tries += 1
      if (stack) stack.status = name === 'createChangeSet' ? 'UPDATE_IN_PROGRESS' : 'UPDATE_COMPLETE'
    }
    const inputs = { only: 'beside', parameters: 'beside.Value=two' }
    const ended = await deploy(account, { onCall, inputs })
    expect([ended.outputs.result, tries]).toEqual(['conflict', 5])
    expect(stack?.template?.parameters.get('Value')).toBe('one')
  })

  it('is followed to its end, however long, where an earlier run of this action began it', async () => {
    const own = `deploy-${'a'.repeat(32)}-01234567-execute`
    const { account } = await busyAccount(200, own)
    const ended = await deploy(account, { inputs: { 'wait-for-others': '0' } })
    expect(ended.lines).toContain(
      'ddn-app: is in UPDATE_IN_PROGRESS by an earlier run of this action, which is followed to its end',
    )
    expect(ended.lines).toContain('ddn-app Server (AWS::ECS::Service): UPDATE_IN_PROGRESS')
    expect(ended.outputs.result).toBe('no-changes')
    expect(statuses(account)).toEqual({ ...complete, app: 'UPDATE_COMPLETE' })
  })

  it('is created again where others delete it meanwhile', async () => {
    const { account, stack } = await busyAccount(0)
    Object.assign(stack, { status: 'DELETE_IN_PROGRESS', steps: [{ status: 'DELETE_COMPLETE' }] })
    const ended = await deploy(account)
    expect(resultsOf(ended)).toMatchObject({ app: 'created' })
  })
})

it.each([
  ['deleted', 'created'],
  ['created', 'no-changes'],
])('is deployed where others %s it between the look at it and the change set', async (what, result) => {
  const account = what === 'deleted' ? await deployed() : emptyStacks()
  let isDone = false
  const onCall = (name: string) => {
    if (name !== 'createChangeSet' || isDone) return
    isDone = true
    const stack = findStack(account, 'ddn-beside')
    if (stack) stack.status = 'DELETE_COMPLETE'
    else copyStack(other, account)
  }
  const other = await deployed()
  const inputs = { only: 'beside', parameters: what === 'deleted' ? 'Value=two' : '' }
  expect((await deploy(account, { onCall, inputs })).outputs.result).toBe(result)
})

/** Makes the stack ddn-beside of another account in this one. */
const copyStack = (from: FakeStacks, to: FakeStacks) => {
  const stack = findStack(from, 'ddn-beside')
  if (stack) to.stacks.push(stack)
}

describe('a rollback of an update that failed', () => {
  async function stuck() {
    const account = await deployed()
    const stack = findStack(account, 'ddn-app')
    if (stack) stack.status = 'UPDATE_ROLLBACK_FAILED'
    trouble(account, 'Server', { at: 'rollback', reason: 'no capacity' })
    return account
  }

  it('is continued before the next deployment', async () => {
    const account = await stuck()
    account.troubles.clear()
    const ended = await deploy(account, { inputs: { parameters: 'app.Value=two' } })
    expect(ended.lines).toContain('ddn-app: is in UPDATE_ROLLBACK_FAILED; continuing its rollback first')
    expect(ended.outputs.result).toBe('changed')
    expect(statusOf(account, 'ddn-app')).toBe('UPDATE_COMPLETE')
  })

  it('is continued, or foretold by a preview, also where it fails between the look at the stack and the change set', async () => {
    const account = await deployed()
    const onCall = (name: string) => {
      const stack = findStack(account, 'ddn-app')
      if (stack && name === 'createChangeSet' && stack.status === 'CREATE_COMPLETE')
        stack.status = 'UPDATE_ROLLBACK_FAILED'
    }
    const inputs = { only: 'app', parameters: 'app.Value=two' }
    const foretold = await deploy(account, { onCall, inputs: { ...inputs, mode: 'preview' } })
    const first =
      'the stack is in UPDATE_ROLLBACK_FAILED: a run with mode deploy continues its rollback first'
    expect(foretold.report).toMatchObject({ stacks: [{ first }] })
    Object.assign(findStack(account, 'ddn-app') ?? {}, { status: 'CREATE_COMPLETE' })
    expect((await deploy(account, { onCall, inputs })).outputs.result).toBe('changed')
  })

  it('names the resource at which it fails again, and skips it only where that is asked for', async () => {
    const account = await stuck()
    const inputs = { parameters: 'app.Value=two' }
    const ended = await deploy(account, { inputs })
    expect(ended.failure).toMatch(
      /^failed: ddn-app: its rollback cannot be continued: Server \(AWS::ECS::Service\): no capacity; mend it and run again, or leave the resource as it is with skip-resources: app.Server/,
    )
    const other = await deploy(account, { inputs: { ...inputs, 'skip-resources': 'base.Server' } })
    expect(other.outputs.result).toBe('failed')
    const wrong = await deploy(account, { inputs: { ...inputs, 'skip-resources': 'app.Nope' } })
    expect(wrong.failure).toMatch(
      /^failed: ddn-app: its rollback cannot be continued: Nope cannot be skipped; correct skip-resources/,
    )
    const skipped = await deploy(account, { inputs: { ...inputs, 'skip-resources': 'app.Server' } })
    expect(skipped.lines).toContain(
      'ddn-app: is in UPDATE_ROLLBACK_FAILED; continuing its rollback first, without Server',
    )
    expect(skipped.outputs.result).toBe('changed')
  })
})

it('does not delete a stack in DELETE_FAILED that still has data, unless its name is allowed', async () => {
  const account = await deployed()
  const stack = findStack(account, 'ddn-base')
  if (stack) stack.status = 'DELETE_FAILED'
  const refusal =
    'the stack is in DELETE_FAILED and can only be deleted, but still has the bucket ddn-base-data: save what you need and give allow: ddn-base'
  const foretold = await deploy(account, { inputs: { mode: 'preview' } })
  expect(foretold.report).toMatchObject({ stacks: [{ refused: refusal }, {}, {}] })
  const ended = await deploy(account)
  expect(ended.failure).toContain(`ddn-base: ${refusal}`)
  expect(stack?.existing.has('Data')).toBe(true)
  expect(resultsOf(await deploy(account, { inputs: { allow: 'ddn-base' } }))).toMatchObject({
    base: 'created',
  })
})
