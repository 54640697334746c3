import { describe, expect, it } from 'vitest'
import type { ClusterState, ServiceState } from '../../actions/pause-resume/observe.ts'
import { reportPlanned, reportState, reportStopped } from '../../actions/pause-resume/report.ts'
import { renderTable } from '../../lib/markdown.ts'

const active = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false }

const service: ServiceState = {
  name: 'web',
  desired: 2,
  running: 1,
  pending: 1,
  capacityProviders: ['gpu'],
  targetGroups: [],
  events: ['7', '6', '5', '4', '3', '2'].map((each) => `event ${each}`),
  bounds: { min: 1, max: 4, suspended: active },
  groups: ['g', 'gone'],
  saved: undefined,
}
const saved = {
  version: 1 as const,
  cluster: 'c',
  service: 'web',
  savedAt: '2026-11-23T20:00:00.000Z',
  desired: 2,
  bounds: undefined,
  groups: [],
}
const group = { name: 'g', min: 1, desired: 2, instances: 3 }

const state = (...services: ServiceState[]): ClusterState => ({
  cluster: 'c',
  services,
  groups: new Map([['g', group]]),
  sharedGroups: new Map(),
})

describe('the status of a service', () => {
  it.each([
    ['running', { desired: 2, running: 2, pending: 0 }],
    ['running', { desired: 2, running: 3, pending: 0 }],
    ['starting', { desired: 2, running: 1, pending: 1 }],
    ['stopping', { desired: 0, running: 1, pending: 0 }],
    ['stopping', { desired: 0, running: 0, pending: 1 }],
    ['stopping', { desired: 0, running: 1, pending: 1 }],
    ['at zero', { desired: 0, running: 0, pending: 0 }],
    ['paused', { desired: 0, running: 0, pending: 0, saved }],
  ])('is %s with %j', (status, counts) => {
    const { report } = reportState('status', state({ ...service, ...counts }))
    expect(report).toMatchObject({ services: [{ status }] })
  })
})

it('reports services, their groups and their saved states', () => {
  const plain = { ...service, name: 'plain', bounds: undefined, groups: [], saved }
  const { outputs, summary, report, failure } = reportState('paused', state(service, plain))
  const services = [
    {
      service: 'web',
      status: 'starting',
      desired: 2,
      running: 1,
      pending: 1,
      bounds: service.bounds,
      groups: [group],
      saved: undefined,
    },
    { service: 'plain', status: 'starting', desired: 2, running: 1, pending: 1, groups: [], saved },
  ]
  expect(report).toEqual({ result: 'paused', cluster: 'c', services })
  expect(outputs).toEqual({ result: 'paused', state: JSON.stringify(services) })
  expect(failure).toBeUndefined()
  const rows = [
    ['web', 'starting', '1 of 2', 'min 1, max 4, scaling active', ''],
    ['plain', 'starting', '1 of 2', 'no scalable target', 'desired 2, since 2026-11-23T20:00:00.000Z'],
  ]
  const right = ['min', 'desired', 'instances']
  expect(summary.markdown.split('\n\n')).toEqual([
    '## c: paused',
    renderTable(['service', 'status', 'tasks', 'scaling', 'saved'], rows).markdown,
    renderTable(['Auto Scaling group', ...right], [['g', '1', '2', '3']], { right }).markdown,
  ])
})

const stop = (...services: ServiceState[]) => {
  const seen = { ...state(...services), groups: new Map() }
  const { summary, failure } = reportStopped('timeout', 'it took too long', {
    steps: [],
    done: [],
    state: seen,
  })
  return { summary: summary.markdown, failure }
}

it('shows the newest five events of each service where it failed', () => {
  const { summary, failure } = stop(service)
  expect(failure).toBe('it took too long; still costs: web: 2 task(s), desired 2')
  expect(summary.split('\n').slice(0, 3)).toEqual(['## c: timeout', '', 'it took too long'])
  expect(summary.split('\n').slice(-8)).toEqual([
    '',
    'Newest events:',
    '',
    ...['7', '6', '5', '4', '3'].map((each) => `- event ${each}`),
  ])
  expect(summary).not.toContain('Auto Scaling group')
})

it('leaves out the events where there are none', () => {
  expect(stop({ ...service, events: [] }).summary).not.toContain('events')
})

it.each([
  [['set it to 0', 'wait'], '## Planned\n\n- set it to 0\n- wait'],
  [[], '## Planned\n\n- nothing to do'],
])('reports the plan %j', (steps, summary) => {
  expect(reportPlanned(steps)).toEqual({
    outputs: { result: 'planned' },
    summary: { markdown: summary },
    report: { result: 'planned', steps },
  })
})
