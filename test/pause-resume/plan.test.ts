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
