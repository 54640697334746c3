import { describe, expect, it } from 'vitest'
import type { Pursuit, ServiceOutcome } from '../../actions/pause-resume/apply/pursuit.ts'
import type { ServiceState } from '../../actions/pause-resume/observe/state.ts'
import {
  describePursuit,
  reportPlanned,
  reportPursuit,
  reportStatus,
} from '../../actions/pause-resume/report.ts'
import type { Step } from '../../actions/pause-resume/step.ts'
import { renderTable } from '../../lib/markdown.ts'
import { renderTime } from '../../lib/service/render-time.ts'
import { found, makeCluster, makeGroup, makeService, saved } from '../fixtures/pause-state.ts'

const change = { at: saved.at, by: 'octocat', reason: 'schedule', runUrl: '' }

describe('the status of a service', () => {
  const paused = found({ phase: 'paused', saved })
  it.each([
    ['running', { desired: 2, running: 2 }],
    ['running', { desired: 2, running: 3 }],
    ['running', { desired: 2, running: 2, found: paused }],
    ['starting', { desired: 2, running: 1, pending: 1 }],
    ['stopping', { desired: 0, running: 1 }],
    ['stopping', { desired: 0, running: 0, pending: 1, found: paused }],
    ['at zero', { desired: 0, running: 0 }],
    ['at zero', { desired: 0, running: 0, found: found({}) }],
    ['paused', { desired: 0, running: 0, found: paused }],
    ['resuming', { desired: 0, running: 0, found: found({ phase: 'resuming', saved }) }],
    ['running, state damaged', { found: { kind: 'damaged', cause: 'x' } as const }],
  ])('is %s with %j', (status, more) => {
    const { report } = reportStatus(makeCluster([makeService(more)]))
    expect(report).toMatchObject({ services: [{ status }] })
  })
})

it('reports services with what is saved of them, their groups, and what costs', () => {
  const web = makeService({ desired: 0, running: 0, found: found({ phase: 'paused', saved, change }) })
  const odd = makeService({
    name: 'odd',
    bounds: undefined,
    groups: [],
    found: { kind: 'damaged', cause: 'no JSON' },
  })
  const group = makeGroup(
    { name: 'g', min: 1, desired: 1 },
    { users: [{ service: 'odd', label: 'odd' }], warm: 2 },
  )
  const { outputs, summary, report } = reportStatus(makeCluster([web, odd], [group]))
  const groups = [{ name: 'g', min: 1, desired: 1, instances: 1 }]
  const [first, second] = JSON.parse(outputs.state ?? '')
  expect(first).toMatchObject({ service: 'web', status: 'paused', groups, phase: 'paused', saved, change })
  expect(second).toMatchObject({ service: 'odd', status: 'running, state damaged', damage: 'no JSON' })
  expect(report.costs).toEqual([
    'g: 1 instance(s) of g4dn.xlarge, desired 1; 0.65 USD an hour; used by odd',
    'g: 2 instance(s) of its warm pool, whose volumes are billed',
    'odd: 2 task(s), desired 2',
  ])
  const rows = [
    [
      'web',
      'paused',
      '0 of 0',
      'min 1, max 4, scaling active',
      `desired 2, since ${renderTime(Date.parse(saved.at), 'UTC')} by octocat`,
    ],
    ['odd', 'running, state damaged', '2 of 2', 'no scalable target', 'no JSON'],
  ]
  expect(summary.markdown).toMatch(
    /^## c: status\n\n\*\*1 paused, 1 running, state damaged\*\*; 1 instance\(s\)\.\n/,
  )
  expect(summary.markdown).toContain(
    renderTable(['service', 'status', 'tasks', 'scaling', 'saved'], rows).markdown,
  )
})

it('tells no sum where the price of one instance is not known', () => {
  const [known, unknown] = ['g4dn.xlarge', 'x9.giant'].map((type, at) => ({
    ...{ id: `i-${at}`, type, lifecycle: 'InService', isProtected: false },
  }))
  const costsOf = (instances: (typeof known)[]) => {
    const group = makeGroup(
      { name: 'g', min: 0, desired: 2 },
      { instances: instances.flatMap((each) => each ?? []) },
    )
    return reportStatus(makeCluster([], [group])).report.costs
  }
  expect(costsOf([known, known])).toEqual(['g: 2 instance(s) of g4dn.xlarge, desired 2; 1.29 USD an hour'])
  expect(costsOf([known, unknown])).toEqual(['g: 2 instance(s) of g4dn.xlarge, x9.giant, desired 2'])
})

const pursue = (
  kinds: Record<string, ServiceOutcome>,
  more: Partial<Pursuit> = {},
  service: Partial<ServiceState> = {},
): Pursuit => ({
  operation: 'pause',
  state: makeCluster([makeService(service)]),
  ...{ seenAt: 0, isReady: false, done: [], waiting: new Map(), touched: new Set(), written: new Map() },
  ...{ plan: { services: [], strays: [] }, types: new Map() },
  outcomes: new Map(Object.entries(kinds)),
  ...more,
})

const outcome = (kind: ServiceOutcome['kind'], cause = ''): ServiceOutcome => ({ kind, cause })

describe('the result', () => {
  it.each<[string, string, Record<string, ServiceOutcome>]>([
    ['paused', 'resumed', { a: outcome('done'), b: outcome('already'), c: outcome('skipped', 'c: later') }],
    ['already-paused', 'already-running', { a: outcome('already'), b: outcome('skipped', 'b: later') }],
    ['already-paused', 'skipped', {}],
    ['already-paused', 'skipped', { a: outcome('left') }],
    ['skipped', 'skipped', { a: outcome('skipped', 'a: later') }],
    ['pausing', 'resuming', { a: outcome('under way'), b: outcome('done') }],
    ['refused', 'refused', { a: outcome('refused', 'a: no'), b: outcome('done') }],
    ['timeout', 'timeout', { a: outcome('timeout', 'wait'), b: outcome('refused', 'b: no') }],
    ['failed', 'failed', { a: outcome('timeout', 'wait'), b: outcome('failed', 'b: broken') }],
  ])('is %s, or %s', (pause, resume, kinds) => {
    expect(reportPursuit(pursue(kinds), 60).outputs.result).toBe(pause)
    expect(reportPursuit(pursue(kinds, { operation: 'resume' }), 60).outputs.result).toBe(resume)
  })

  it('is a failure with each cause, what goes on and what costs', () => {
    const kinds = {
      a: outcome('timeout', 'wait until x'),
      b: outcome('failed', 'b: broken'),
      c: outcome('skipped', 'c'),
    }
    const done = [{ kind: 'set-desired' as const, service: 'web', desired: 0 }]
    const { failure, report, summary } = reportPursuit(pursue(kinds, { done }), 120)
    expect(failure).toBe(
      'wait until x: not done after 2 minute(s); run it again to go on; b: broken; goes on in AWS: web goes from 2 to 0 task(s); still costs: g: 2 instance(s) of g4dn.xlarge, desired 2; 1.29 USD an hour, web: 2 task(s), desired 2',
    )
    expect(report).toMatchObject({ done: ['set the desired count of web to 0'] })
    expect(summary.markdown).toContain('## c: failed')
  })

  it('is a failure where a group runs on that nobody pauses', () => {
    const { outputs, failure } = reportPursuit(pursue({}, { plan: { services: [], strays: ['g'] } }), 60)
    expect(outputs.result).toBe('failed')
    expect(failure).toContain('g: runs on, since no service that was paused uses it')
  })

  it('tells notes, and by whom a wish was overruled', () => {
    const kinds = { a: outcome('done'), b: outcome('skipped', 'b: octocat asked for the opposite') }
    const { summary, failure } = reportPursuit(pursue(kinds), 60, { notes: ['g stays as it is'] })
    expect(failure).toBeUndefined()
    expect(summary.markdown).toContain('- g stays as it is\n- b: octocat asked for the opposite')
    expect(summary.markdown).toContain('**Still costs**')
  })
})

it('tells at a cancel which steps are done and which are open, and what AWS goes on with', () => {
  const step = (service: string) => ({ kind: 'set-desired' as const, service, desired: 0 })
  const planOf = (service: string, ...steps: Step[]) => ({
    ...{ service, steps, rest: 'reached' as const, refusal: undefined, notes: [], isSure: false },
  })
  const plan = { services: [planOf('a', step('a')), planOf('web', step('web'), step('other'))], strays: [] }
  const known = describePursuit(
    pursue({ a: outcome('done') }, { plan, done: [plan.services[1]?.steps[0] as Step] }),
  )
  expect(known).toMatchObject({
    ...{ title: 'c', done: ['set the desired count of web to 0'] },
    notDone: ['set the desired count of other to 0'],
    goesOn: ['web goes from 2 to 0 task(s)'],
  })
})

it('tells of each group that is there once what AWS goes on with, and what holds that up', () => {
  const resize = (desired: number) => ({
    kind: 'resize-group' as const,
    size: { name: 'g', min: 0, desired },
  })
  const effectsOf = (steps: Step[], suspended: string[]) => {
    const group = makeGroup({ name: 'g', min: 0, desired: 2 }, { suspended })
    return describePursuit(pursue({}, { done: steps, state: makeCluster([], [group]) }))
  }
  const { done, goesOn } = effectsOf([resize(4), resize(4), resize(3)], [])
  expect(goesOn).toEqual(['g goes from 2 to 3 instance(s)'])
  expect(done).toHaveLength(2)
  expect(effectsOf([resize(0)], ['Terminate']).goesOn).toEqual([
    'g goes from 2 to 0 instance(s), as far as it can: the process Terminate of the group is suspended',
  ])
  const gone: Step = { kind: 'set-desired', service: 'gone', desired: 2 }
  expect(effectsOf([gone], []).goesOn).toEqual([])
  expect(effectsOf([resize(3)], ['Launch']).goesOn).toEqual([
    'g goes from 2 to 3 instance(s), as far as it can: the process Launch of the group is suspended',
  ])
})

it('tells what still costs, but where all is resumed, or nothing costs', () => {
  const told = (kinds: Record<string, ServiceOutcome>, more: Partial<Pursuit> = {}) =>
    reportPursuit(pursue(kinds, more), 60).summary.markdown.includes('Still costs')
  const resume = { operation: 'resume' as const }
  expect(told({ a: outcome('timeout', 'wait') }, resume)).toBe(true)
  expect(told({ a: outcome('done') }, resume)).toBe(false)
  const empty = makeCluster([makeService({ desired: 0, running: 0 })], [])
  expect(told({ a: outcome('done') }, { state: empty })).toBe(false)
})

it('shows the newest five events of each service where it failed', () => {
  const events = ['7', '6', '5', '4', '3', '2'].map((each) => `event ${each}`)
  const { summary } = reportPursuit(pursue({ web: outcome('failed', 'web: broken') }, {}, { events }), 60)
  expect(summary.markdown.split('\n').slice(-7)).toEqual([
    ...['Newest events:', '', '- event 7', '- event 6', '- event 5', '- event 4', '- event 3'],
  ])
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
