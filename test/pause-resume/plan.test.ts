import { expect, it } from 'vitest'
import type { ClusterState, ServiceState } from '../../actions/pause-resume/observe.ts'
import { planPause, planResume } from '../../actions/pause-resume/plan.ts'
import { renderStep } from '../../actions/pause-resume/step.ts'

const active = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false }
const choice = { wait: true, readyUrl: undefined, now: '2026-11-23T20:00:00.000Z' }

const makeState = (service: Partial<ServiceState> = {}, desired = 1): ClusterState => ({
  cluster: 'c',
  services: [
    {
      name: 'web',
      desired: 1,
      running: 1,
      pending: 0,
      capacityProviders: ['gpu'],
      targetGroups: [],
      events: [],
      bounds: { min: 1, max: 4, suspended: active },
      groups: ['g'],
      saved: undefined,
      ...service,
    },
  ],
  groups: new Map([['g', { name: 'g', min: 0, desired, instances: desired }]]),
  sharedGroups: new Map(),
})

const saved = {
  version: 1 as const,
  cluster: 'c',
  service: 'web',
  savedAt: choice.now,
  desired: 1,
  bounds: { min: 1, max: 4, suspended: active },
  groups: [{ name: 'g', min: 0, desired: 1 }],
}
const suspended = { dynamicScalingIn: true, dynamicScalingOut: true, scheduledScaling: true }
const paused = { desired: 0, running: 0, bounds: { min: 0, max: 0, suspended }, saved }

it('saves first, then takes bounds, count and instances away, in this order', () => {
  expect(planPause(makeState(), choice).map(renderStep)).toEqual([
    'save the state of web: desired count 1',
    'set the scalable target of web to min 0, max 0, scaling suspended',
    'set the desired count of web to 0',
    'wait until the tasks of web are gone',
    'set the Auto Scaling group g to min 0, desired 0',
    'wait until the instances of g are gone',
  ])
})

it('puts everything back in reverse, the scaling last', () => {
  const readyUrl = 'https://x.example/ping?token=secret'
  expect(planResume(makeState(paused, 0), { ...choice, readyUrl }).map(renderStep)).toEqual([
    'set the Auto Scaling group g to min 0, desired 1',
    'set the scalable target of web to min 1, max 4, scaling suspended',
    'set the desired count of web to 1',
    'wait until web runs 1 healthy task(s)',
    'wait until https://x.example/ping answers',
    'set the scalable target of web to min 1, max 4, scaling active',
    'remove the saved state of web',
  ])
})

it('plans nothing for what is reached', () => {
  expect(planPause(makeState(paused, 0), choice)).toEqual([])
  expect(planResume(makeState(), choice)).toEqual([])
})

it('never saves what an earlier pause has begun', () => {
  const cut = { ...paused, desired: 1, running: 1 }
  expect(planPause(makeState(cut), choice).map(({ kind }) => kind)).toEqual([
    'set-desired',
    'wait-until-stopped',
    'resize-group',
    'wait-until-empty',
  ])
})

it('waits for nothing where that is asked for', () => {
  const steps = [
    ...planPause(makeState(), { ...choice, wait: false }),
    ...planResume(makeState(paused, 0), { ...choice, wait: false }),
  ]
  expect(steps.filter(({ kind }) => kind.startsWith('wait'))).toEqual([])
})

it('takes a service without a scalable target', () => {
  expect(planPause(makeState({ bounds: undefined }), choice).map(({ kind }) => kind)).not.toContain(
    'register',
  )
})

it('leaves a larger group as it is', () => {
  expect(planResume(makeState(paused, 3), choice).map(({ kind }) => kind)).not.toContain('resize-group')
})

it('waits for tasks that are on their way, and for each of several services', () => {
  const starting = makeState({ ...paused, pending: 1 }, 0)
  expect(planPause(starting, choice).map(renderStep)).toEqual(['wait until the tasks of web are gone'])
  const stopping = makeState({ ...paused, running: 1, pending: 1 }, 0)
  expect(planPause(stopping, choice).map(renderStep)).toEqual(['wait until the tasks of web are gone'])
})

it('leaves alone what was stopped by hand, without a target', () => {
  const stopped = makeState({ desired: 0, running: 0, bounds: undefined, groups: [] }, 0)
  expect(planPause(stopped, choice)).toEqual([])
})

it('saves a service at zero whose target could start it again', () => {
  const idle = makeState({ desired: 0, running: 0, groups: ['g', 'gone'] }, 0)
  expect(planPause(idle, choice)).toEqual([
    { kind: 'save', state: { ...saved, desired: 0, groups: [{ name: 'g', min: 0, desired: 0 }] } },
    { kind: 'register', service: 'web', bounds: { min: 0, max: 0, suspended } },
  ])
})

it.each([
  [{ min: 1 }],
  [{ max: 1 }],
  [{ suspended: { ...suspended, dynamicScalingIn: false } }],
  [{ suspended: { ...suspended, dynamicScalingOut: false } }],
  [{ suspended: { ...suspended, scheduledScaling: false } }],
])('registers a target that is not quite paused: %j', (bounds) => {
  const almost = makeState({ ...paused, bounds: { ...paused.bounds, ...bounds } }, 0)
  expect(planPause(almost, choice).map(({ kind }) => kind)).toEqual(['register'])
})

it('goes on with a resume that was cut: only what is missing yet', () => {
  const held = { min: 1, max: 4, suspended }
  const cut = makeState({ ...paused, bounds: held, desired: 1 }, 1)
  expect(planResume(cut, { ...choice, wait: false }).map(({ kind }) => kind)).toEqual(['register', 'forget'])
  const targetLost = makeState({ ...paused, bounds: undefined }, 1)
  expect(planResume(targetLost, { ...choice, wait: false }).map(({ kind }) => kind)).toEqual([
    'register',
    'set-desired',
    'register',
    'forget',
  ])
})

it.each([
  ['of both sizes the larger', { min: 1, desired: 1 }, { min: 0, desired: 3 }, { min: 1, desired: 3 }],
  ['the same in the other order', { min: 0, desired: 3 }, { min: 1, desired: 1 }, { min: 1, desired: 3 }],
])('grows a group that two services share once: %s', (_, first, second, size) => {
  const state = makeState(paused, 0)
  const groups = (each: object) => ({ ...saved, groups: [{ name: 'g', min: 0, desired: 0, ...each }] })
  const [service] = state.services
  if (!service) throw new Error('no service')
  const services = [
    { ...service, saved: groups(first) },
    { ...service, name: 'web2', saved: { ...groups(second), service: 'web2' } },
  ]
  const steps = planResume({ ...state, services }, choice)
  expect(steps.filter(({ kind }) => kind === 'resize-group')).toEqual([
    { kind: 'resize-group', size: { name: 'g', ...size } },
  ])
})

it.each([
  ['gives a group its minimum back, and takes no instance', { min: 0, desired: 3 }, { min: 1, desired: 3 }],
  ['grows one whose minimum is right', { min: 1, desired: 1 }, { min: 1, desired: 2 }],
  ['leaves one as it is that is right', { min: 1, desired: 2 }, undefined],
])('%s', (_, found, size) => {
  const state = makeState({ ...paused, saved: { ...saved, groups: [{ name: 'g', min: 1, desired: 2 }] } })
  const groups = new Map([['g', { name: 'g', instances: 0, ...found }]])
  const steps = planResume({ ...state, groups }, choice).filter(({ kind }) => kind === 'resize-group')
  expect(steps).toEqual(size ? [{ kind: 'resize-group', size: { name: 'g', ...size } }] : [])
})

it('leaves out a group that is no more, and a target that the service never had', () => {
  const state = makeState({ ...paused, bounds: undefined, saved: { ...saved, bounds: undefined } })
  const steps = planResume({ ...state, groups: new Map() }, { ...choice, wait: false })
  expect(steps.map(({ kind }) => kind)).toEqual(['set-desired', 'forget'])
})

it('has nothing to resume where something runs, and asks no ready URL then', () => {
  expect(planResume(makeState(), { ...choice, readyUrl: 'https://x.example' })).toEqual([])
})

it.each([
  ['https://x.example/ping#part?x', 'wait until https://x.example/ping answers'],
  ['https://x.example/ping?a=b\nc', 'wait until https://x.example/ping answers'],
])('names %j without what may be secret', (url, line) => {
  expect(renderStep({ kind: 'wait-until-ready', url })).toBe(line)
})

it('tells scaling that is suspended in part', () => {
  const bounds = { min: 0, max: 2, suspended: { ...active, scheduledScaling: true } }
  expect(renderStep({ kind: 'register', service: 'web', bounds })).toBe(
    'set the scalable target of web to min 0, max 2, scaling partly suspended',
  )
})
