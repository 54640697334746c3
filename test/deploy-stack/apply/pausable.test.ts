import { describe, expect, it } from 'vitest'
import {
  findLeftDown,
  forgetServices,
  keepDown,
  servicesOf,
  whileHeld,
} from '../../../actions/deploy-stack/apply/pausable.ts'
import type { StackContext } from '../../../actions/deploy-stack/context.ts'
import { formatPauseState } from '../../../lib/service/pause-state/format.ts'
import {
  newPauseState,
  type PauseState,
  pauseStateKey,
  type ServiceLock,
} from '../../../lib/service/pause-state/state.ts'
import { fakeClock } from '../../fakes/clock.ts'
import { type FakeObjects, fakePauseStates } from '../../fakes/toolkit.ts'
import { saved } from '../../fixtures/pause-state.ts'

const service = { cluster: 'c', service: 's' }
const key = pauseStateKey('c', 's')

function open(state?: Partial<PauseState>, { mode = 'deploy', desired = 0 } = {}) {
  const objects: FakeObjects = new Map()
  const put = (change: Partial<PauseState>) =>
    objects.set(key, Buffer.from(formatPauseState({ ...newPauseState('c', 's'), ...change })))
  if (state) put(state)
  const clock = fakeClock()
  const lines: string[] = []
  const log = { info: (line: string) => lines.push(line), warning: (line: string) => lines.push(line) }
  const connections = {
    pauseStates: fakePauseStates(objects),
    readDesired: async () => desired,
    forgetState: async () => void objects.delete(key),
  }
  const deadline = clock.now() + 600_000
  const made = {
    runToken: 'deploy-1',
    runUrl: '',
    inputs: { mode },
    signal: new AbortController().signal,
  }
  const context = { ...made, clock, log, connections, deadline } as unknown as StackContext
  const read = () => JSON.parse(objects.get(key)?.toString() ?? 'null')
  return { context, read, put, clock, lines }
}

const lockUntil = (expiresAt: number): ServiceLock => ({
  ...{ owner: 'run 1', operation: 'pause', runUrl: '', at: saved.at },
  expiresAt: new Date(expiresAt).toISOString(),
})

describe('a stack is worked on', () => {
  it('while its service is locked for pauses and resumes, also where it had no state', async () => {
    for (const state of [undefined, { phase: 'paused' as const, saved }]) {
      const { context, read } = open(state)
      await whileHeld([service], context, async () => {
        expect(read().lock).toMatchObject({ owner: 'deploy-1', operation: 'deploy' })
      })
      expect(read()).not.toHaveProperty('lock')
      expect(read().phase).toBe(state?.phase ?? 'running')
    }
  })

  it('after the pause that is at work: when it is over, or its lock has ended', async () => {
    const { context, clock, lines } = open({
      phase: 'pausing',
      saved,
      lock: lockUntil(fakeClock().now() + 60_000),
    })
    await whileHeld([service], context, async () => {})
    expect(clock.now() - fakeClock().now()).toBeGreaterThanOrEqual(60_000)
    expect(lines).toEqual(['s: waits until the pause of it is over'])
  })

  it('with a lock that each look of a wait renews', async () => {
    const { context, read, clock } = open()
    await whileHeld([service], context, async (held) => {
      const first = read().lock
      await clock.sleep(20_000)
      await held.beat?.()
      expect(read().lock.expiresAt > first.expiresAt).toBe(true)
      expect(read().lock).toEqual({ ...first, expiresAt: read().lock.expiresAt })
    })
  })

  it('with the lock that another has by now, or with none, which no look makes its own', async () => {
    const lock = lockUntil(fakeClock().now() + 60_000)
    const { context, read, put, clock } = open()
    await whileHeld([service], context, async (held) => {
      await clock.sleep(20_000)
      put({ phase: 'pausing', saved, lock })
      await held.beat?.()
      expect(read().lock).toEqual(lock)
      await context.connections.forgetState('c', 's')
      await held.beat?.()
      expect(read()).toBeNull()
    })
  })

  it('and given back also where the work fails', async () => {
    const { context, read } = open()
    const work = whileHeld([service], context, async () => {
      throw new Error('failed')
    })
    await expect(work).rejects.toThrow('failed')
    expect(read()).not.toHaveProperty('lock')
  })

  it('and its result kept where the lock cannot be given back, since that ends by itself', async () => {
    const { context, lines } = open()
    const { pauseStates } = context.connections
    const result = await whileHeld([service], context, async () => {
      pauseStates.write = () => Promise.reject(new Error('denied'))
      return 'deployed'
    })
    expect([result, lines]).toEqual(['deployed', ['s: its lock ends by itself: denied']])
  })

  it('without a lock in a preview, and without a state that a destroy would have to make', async () => {
    for (const mode of ['preview', 'review', 'destroy']) {
      const { context, read } = open(undefined, { mode })
      await whileHeld([service], context, async () => expect(read()).toBeNull())
    }
  })

  it('with a lock in a destroy, too, where there is a state that another run would resume', async () => {
    const { context, read } = open({ phase: 'paused', saved }, { mode: 'destroy' })
    await whileHeld([service], context, async () => {
      expect(read().lock).toMatchObject({ owner: 'deploy-1', operation: 'deploy' })
    })
  })

  it('not over a state that is damaged', async () => {
    const { context } = open({ phase: 'paused', saved: { ...saved, desired: -1 } })
    await expect(whileHeld([service], context, async () => {})).rejects.toThrow(
      'saved.desired: expected a whole number',
    )
  })
})

it('leaves only a service down that a pause has taken down, and that is asked for no task', async () => {
  expect(await findLeftDown([service], open({ phase: 'paused', saved }).context)).toEqual(new Set(['c/s']))
  expect(await findLeftDown([service], open({ phase: 'paused', saved }, { desired: 1 }).context)).toEqual(
    new Set(),
  )
  expect(await findLeftDown([service], open({ phase: 'running' }).context)).toEqual(new Set())
  expect(await findLeftDown([service], open().context)).toEqual(new Set())
})

describe('after a deployment', () => {
  it('the numbers of a service that stayed down have the new bounds', async () => {
    const { context, read, lines } = open({ phase: 'paused', saved })
    await keepDown([service], new Set(['c/s']), { min: 2, max: 6 }, context)
    expect(read().saved).toMatchObject({ desired: 2, bounds: { min: 2, max: 6 } })
    expect(lines).toEqual([])
  })

  it('a service that woke nevertheless is named', async () => {
    const { context, lines } = open({ phase: 'paused', saved }, { desired: 1 })
    await keepDown([service], new Set(['c/s']), undefined, context)
    expect(lines).toEqual(['s: was paused, and is asked for 1 task(s) now; pause it again with pause-resume'])
  })

  it('nothing is said of a service that ran, and nothing written without bounds', async () => {
    const { context, read, lines } = open({ phase: 'paused', saved }, { desired: 1 })
    await keepDown([service], new Set(), undefined, context)
    expect(read().saved.bounds).toMatchObject({ min: 1, max: 4 })
    expect(lines).toEqual([])
  })
})

it('forgets the services of a stack that is gone', async () => {
  const { context, read } = open({ phase: 'paused', saved })
  const resources = [
    { type: 'AWS::ECS::Service', physicalId: 'arn:aws:ecs:eu-west-1:111122223333:service/c/s' },
    { type: 'AWS::ECS::Cluster', physicalId: 'c' },
    { type: 'AWS::ECS::TaskSet', physicalId: 'arn:aws:ecs:eu-west-1:111122223333:service/c/t' },
    { type: 'AWS::ECS::Service', physicalId: 'arn:aws:ecs:eu-west-1:111122223333:service/s' },
  ]
  expect(servicesOf(resources)).toEqual([service])
  await forgetServices(servicesOf(resources), context)
  expect(read()).toBeNull()
})
