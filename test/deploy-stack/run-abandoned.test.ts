import { describe, expect, it } from 'vitest'
import { fakeClock } from '../fakes/clock.ts'
import type { FakeStacks } from '../fakes/cloudformation/state.ts'
import { fakeCloudFormation } from '../fakes/cloudformation.ts'
import { complete, deploy, deployed, files, statuses } from '../fixtures/three-stacks.ts'

const id = 'f'.repeat(32)
type Listed = NonNullable<ReturnType<FakeStacks['changeSets']['get']>>['listed']

/** Makes an account in which ddn-app has a change set that no run is left to execute or delete. */
async function abandon(name: string, changes: Partial<Listed> = {}) {
  const account = await deployed()
  const made = await fakeCloudFormation(account).createChangeSet({
    ...{ stackName: 'ddn-app', name, type: 'UPDATE', template: { body: files['app.json'] } },
    ...{ parameters: new Map([['Value', 'two']]), tags: new Map() },
  })
  const changeSet = 'refusal' in made ? undefined : account.changeSets.get(made.changeSetArn)
  if (!changeSet) throw new Error('no change set')
  Object.assign(changeSet.listed, changes)
  return account
}

const minutesAgo = (minutes: number) => ({ createdAt: new Date(fakeClock().now() - minutes * 60_000) })
// What may not be read may have changed: a change set is made, which is empty.
const onCall = (name: string) => {
  if (name === 'readTemplate') throw Object.assign(new Error('denied'), { name: 'AccessDenied' })
}
const unread = { onCall }
const preview = { onCall, inputs: { mode: 'preview' } }

describe('change sets that an interrupted run left', () => {
  it('are deleted by the next deployment that makes one', async () => {
    const account = await abandon(`deploy-${id}`)
    expect((await deploy(account)).outputs.result).toBe('no-changes')
    expect(account.changeSets.size).toBe(1)
    const { outputs, lines } = await deploy(account, unread)
    expect(outputs.result).toBe('no-changes')
    expect(lines).toContain(`ddn-app: delete the change set deploy-${id} of an interrupted run`)
    expect(account.changeSets.size).toBe(0)
    expect(statuses(account)).toEqual(complete)
  })

  it.each([
    ['of a preview that may still run', `preview-${id}`, minutesAgo(59), unread],
    ['of another preview that may still run', `preview-${id}`, minutesAgo(59), preview],
    ['of a deployment, in a preview', `deploy-${id}`, minutesAgo(61), preview],
    ['of others', 'release-1', {}, unread],
    ['of a name that only starts as ours', `deploy-${id}0`, {}, unread],
    ['of a name that only ends as ours', `my-deploy-${id}`, {}, unread],
    ['of others, named like ours', `deploy-${id}`, { description: '' }, unread],
    ['that is executed', `deploy-${id}`, { executionStatus: 'EXECUTE_IN_PROGRESS' }, unread],
    ['that was executed', `deploy-${id}`, { executionStatus: 'EXECUTE_COMPLETE' }, unread],
  ])('stay where they are those %s', async (_, name, changes, options) => {
    const account = await abandon(name, changes)
    expect((await deploy(account, options)).failure).toBeUndefined()
    expect([...account.changeSets.values()].map(({ listed }) => listed.name)).toEqual([name])
  })

  it.each([unread, preview])('are deleted where their preview must have ended', async (options) => {
    const account = await abandon(`preview-${id}`, minutesAgo(61))
    expect((await deploy(account, options)).failure).toBeUndefined()
    expect(account.changeSets.size).toBe(0)
  })

  it('end no deployment when they cannot be deleted', async () => {
    const account = await abandon(`deploy-${id}`)
    const { outputs, lines } = await deploy(account, {
      cut: { after: 0, carriedOut: false },
      ...unread,
      inputs: { only: 'app' },
    })
    expect(outputs.result).toBe('no-changes')
    expect(lines).toContain('ddn-app: cannot delete the change sets of interrupted runs: cut')
  })
})
