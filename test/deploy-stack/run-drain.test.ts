import { describe, expect, it } from 'vitest'
import { emptyStacks } from '../fakes/cloudformation.ts'
import { deploy, destroy, statuses, template } from '../fixtures/three-stacks.ts'

const body = template({ Cluster: 'AWS::ECS::Cluster', Group: 'AWS::AutoScaling::AutoScalingGroup' })
const files = { 'stacks.yml': 'stacks: {base: {template: base.json}}', 'base.json': body }
const group = 'ddn-base-cluster ddn-base-group'

async function deployedCluster() {
  const account = emptyStacks()
  await deploy(account, { files })
  return account
}

describe('a destroy of a cluster', () => {
  it('waits for its tasks, then its instances, and deletes the stack then', async () => {
    const account = await deployedCluster()
    const left = { 'ddn-base-cluster': [2, 1, 1, 0], [group]: [1, 1, 0] }
    const { outputs, lines } = await destroy(account, { files, left })
    expect(outputs.result).toBe('destroyed')
    const at = (line: string) => lines.findIndex((each) => each.startsWith(line))
    expect(lines.slice(0, at('ddn-base: DELETE_IN_PROGRESS'))).toEqual([
      'stacks: stacks.yml, as the input stacks says',
      'destroy ddn-base',
      'tasks of ddn-base-cluster: 2',
      'tasks of ddn-base-cluster: 1',
      'tasks of ddn-base-cluster: 0',
      'instances of ddn-base-group: 1',
      'instances of ddn-base-group: 0',
    ])
    expect(left).toEqual({ 'ddn-base-cluster': [], [group]: [] })
  })

  it('ends at its time-out where an instance stays, and goes on from there the next time', async () => {
    const account = await deployedCluster()
    const stuck = { [group]: Array.from({ length: 1000 }, () => 1) }
    const ended = await destroy(account, { files, left: stuck, inputs: { 'timeout-minutes': '1' } })
    expect(ended.outputs.result).toBe('timeout')
    expect(ended.failure).toMatch(/^ddn-base: end of the instances of ddn-base-group: not settled after/)
    expect(statuses(account).base).toBe('CREATE_COMPLETE')
    expect((await destroy(account, { files, left: { [group]: [1, 0] } })).outputs.result).toBe('destroyed')
  })

  it('can be cancelled while it waits, and the stack stays', async () => {
    const account = await deployedCluster()
    const abort = new AbortController()
    const onLine = (line: string) => {
      if (line.startsWith('instances of')) abort.abort(new Error('cancelled'))
    }
    const left = { [group]: [1, 1, 1] }
    await expect(destroy(account, { files, left, onLine, signal: abort.signal })).rejects.toThrow('cancelled')
    expect(statuses(account).base).toBe('CREATE_COMPLETE')
  })
})
