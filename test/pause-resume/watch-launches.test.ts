import { expect, it } from 'vitest'
import { watchLaunches } from '../../actions/pause-resume/apply/watch-launches.ts'
import { fakeClock } from '../fakes/clock.ts'
import { makeContext } from '../fixtures/context.ts'
import { makeCluster, makeGroup, makeService } from '../fixtures/pause-state.ts'

it('looks for groups that lack instances at once, and then every 15 seconds', async () => {
  const asked: string[] = []
  const clock = fakeClock()
  const launchFailures = {
    list: async (group: string) => {
      asked.push(group)
      return []
    },
  }
  const watch = watchLaunches(0, { aws: { launchFailures }, clock, log: makeContext().log })
  const look = async (instances: number, outcomes = new Map()) => {
    const [group, other] = [
      makeGroup({ name: 'g', min: 0, desired: instances }, { desired: 2 }),
      makeGroup({ name: 'other', min: 0, desired: 0 }, { desired: 1 }),
    ]
    const state = makeCluster([makeService()], [group, other])
    await watch({ operation: 'resume', state, outcomes } as never)
    return asked.splice(0)
  }
  expect(await look(2)).toEqual([])
  expect(await look(1, new Map([['web', {}]]))).toEqual([])
  expect(await look(1)).toEqual(['g'])
  await clock.sleep(14_999)
  expect(await look(1)).toEqual([])
  await clock.sleep(1)
  expect(await look(1)).toEqual(['g'])
})

it('asks nothing in a pause, and says nothing where it may not ask', async () => {
  const { log } = makeContext()
  const warnings: string[] = []
  let asked = 0
  const launchFailures = {
    list: async () => {
      asked += 1
      throw new Error('denied')
    },
  }
  const warning = (line: string) => void warnings.push(line)
  const state = makeCluster([makeService()], [makeGroup({ name: 'g', min: 0, desired: 1 }, { desired: 2 })])
  const watch = watchLaunches(0, {
    aws: { launchFailures },
    clock: fakeClock(),
    log: { ...log, warning },
  })
  await watch({ operation: 'pause', state, outcomes: new Map() } as never)
  expect(asked).toBe(0)
  await watch({ operation: 'resume', state, outcomes: new Map() } as never)
  expect([asked, warnings]).toEqual([1, []])
})
