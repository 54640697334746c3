import { expect, it } from 'vitest'
import { giveBack, openLease } from '../../actions/pause-resume/apply/lease.ts'
import type { ServiceOutcome } from '../../actions/pause-resume/apply/pursuit.ts'
import { formatPauseState } from '../../lib/service/pause-state/format.ts'
import { newPauseState, type PauseState, pauseStateKey } from '../../lib/service/pause-state/state.ts'
import type { Actor } from '../../lib/service/pause-state/turn.ts'
import { fakeClock } from '../fakes/clock.ts'
import { type FakeObjects, fakePauseStates } from '../fakes/toolkit.ts'

const clock = fakeClock()
const at = (seconds: number) => new Date(clock.now() + seconds * 1000).toISOString()
const actor: Actor = { id: 'me', operation: 'pause', at: at(0), by: '', reason: '', runUrl: '' }
const lock = (owner: string) => ({
  owner,
  operation: 'pause' as const,
  runUrl: '',
  at: at(0),
  expiresAt: at(30),
})
const wish = (id: string, seconds = 0) => ({ ...actor, id, at: at(seconds) })

function keep(change: Partial<PauseState> | undefined) {
  const objects: FakeObjects = new Map()
  const state = { ...newPauseState('c', 'web'), ...change }
  if (change) objects.set(pauseStateKey('c', 'web'), Buffer.from(formatPauseState(state)))
  return { pauseStates: fakePauseStates(objects), objects, state }
}

type Kind = ServiceOutcome['kind'] | undefined
const own = { lock: lock('me'), wish: wish('me') }

it.each<[string, Partial<PauseState>, Kind, string[]]>([
  ['its lock, and the wish that it could not fulfil', own, 'timeout', []],
  ['its wish where nobody knows how it ended', own, undefined, []],
  ['its lock alone, where it stood so already', own, 'already', ['wish']],
  ['its lock, and not the wish of another', { lock: lock('me'), wish: wish('x') }, 'done', ['wish']],
  ['its wish, and not the lock of another', { lock: lock('x'), wish: wish('me') }, 'timeout', ['lock']],
  ['nothing of others', { lock: lock('x'), wish: wish('x') }, 'timeout', ['lock', 'wish']],
])('a run gives back %s', async (_, change, kind, left) => {
  const { pauseStates, state } = keep(change)
  const outcomes = new Map(kind === undefined ? [] : [['web', { kind, cause: '' }]])
  const pursuit = { state: { cluster: 'c' }, touched: new Set(['web']), outcomes }
  await giveBack(pursuit as never, { actor, aws: { pauseStates } } as never)
  const found = await pauseStates.read('c', 'web')
  const kept = Object.fromEntries(['lock', 'wish'].map((name) => [name, undefined]))
  for (const name of left) kept[name] = state[name as 'lock' | 'wish'] as never
  expect(found).toMatchObject({ kind: 'found', state: kept })
})

it('gives nothing back of a service that it has not touched, or that has no state', async () => {
  const { pauseStates, objects } = keep(undefined)
  const pursuit = { state: { cluster: 'c' }, touched: new Set(['web']), outcomes: new Map() }
  await giveBack(pursuit as never, { actor, aws: { pauseStates } } as never)
  expect(objects.size).toBe(0)
  const held = keep(own)
  await giveBack({ ...pursuit, touched: new Set() } as never, { actor, aws: held } as never)
  expect(await held.pauseStates.read('c', 'web')).toMatchObject({ state: own })
})

async function open(change: Partial<PauseState> | undefined) {
  const { pauseStates } = keep(change)
  const touched = new Set<string>()
  const found = await pauseStates.read('c', 'web')
  const pursuit = { state: { cluster: 'c' }, touched }
  const lease = openLease(
    { name: 'web', found } as never,
    pursuit as never,
    { actor, aws: { pauseStates }, clock } as never,
  )
  const read = async () => {
    const now = await pauseStates.read('c', 'web')
    return now.kind === 'found' ? now.state : undefined
  }
  return { lease, touched, read, pauseStates }
}

it('holds a service by a lock that lasts, and writes no other while it does', async () => {
  for (const change of [undefined, {}, { lock: { ...lock('me'), expiresAt: at(5) } }]) {
    const { lease, touched, read } = await open(change)
    expect(await lease.hold()).toBe(true)
    expect((await read())?.lock).toMatchObject({ owner: 'me', expiresAt: at(40) })
    expect([...touched]).toEqual(['web'])
  }
  const { lease, read } = await open({ lock: lock('me') })
  expect(await lease.hold()).toBe(true)
  expect((await read())?.lock).toEqual(lock('me'))
})

it('writes nothing over what another has written since it looked', async () => {
  const { lease, pauseStates, read } = await open({})
  const faster = await pauseStates.read('c', 'web')
  if (faster.kind !== 'found') expect.fail('found nothing')
  await pauseStates.write({ ...faster.state, wish: wish('x') }, faster.tag)
  expect([await lease.hold(), await lease.note(), await lease.write({ phase: 'paused' })]).toEqual([
    ...[false, false, false],
  ])
  expect(await read()).toEqual({ ...faster.state, wish: wish('x') })
})

it('keeps a wish that came later than its own, and none that came before', async () => {
  for (const [seconds, isKept] of [
    [5, true],
    [0, false],
    [-5, false],
  ] as const) {
    const { lease, read } = await open({ wish: wish('x', seconds) })
    await lease.hold()
    expect((await read())?.wish).toEqual(isKept ? wish('x', seconds) : undefined)
  }
})

it('notes what it wished of a service that stands so already, once, and holds no lock for it', async () => {
  const { lease, touched, read } = await open({})
  expect(await lease.note()).toBe(true)
  const noted = await read()
  expect([noted?.wish, noted?.lock, touched.size]).toEqual([actor, undefined, 0])
  const again = await open({ wish: actor })
  expect(await again.lease.note()).toBe(true)
  expect(await again.read()).toMatchObject({ wish: actor })
})
