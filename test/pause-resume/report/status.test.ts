import { describe, expect, it } from 'vitest'
import type { Surroundings } from '../../../actions/pause-resume/observe/surroundings.ts'
import { startsInstances } from '../../../actions/pause-resume/report/schedules.ts'
import { renderStatus } from '../../../actions/pause-resume/report/status.ts'
import { ledgerEvent } from '../../fixtures/ledger-event.ts'
import { found, makeCluster, makeGroup, makeService, saved, suspended } from '../../fixtures/pause-state.ts'

const now = Date.parse(saved.at) + 3_600_000
const change = { at: saved.at, by: 'ann', reason: 'late', runUrl: '' }
const nothing: Surroundings = {
  ...{ ledger: { events: [], damaged: [] }, activities: new Map(), targets: new Map() },
  ...{ answers: [], schedules: [], strays: [] },
}
const show = (state: ReturnType<typeof makeCluster>, around: Partial<Surroundings> = {}) =>
  renderStatus(
    state,
    { ...nothing, ...around },
    {
      ...{ calendar: undefined, timeZone: 'UTC', now },
      priceOf: (type) => (type === 'g4dn.xlarge' ? { usd: 0.5, source: '' } : undefined) as never,
    },
  ).markdown

const paused = { desired: 0, running: 0, found: found({ phase: 'paused', saved, change }) }
const answer = (targetGroups: string[], isOn = true) => ({ rule: 'rule-7', targetGroups, isOn }) as never

it('tells of services what they are, since when, by whom, and whether their targets are healthy', () => {
  const web = makeService({ ...paused, targetGroups: ['tg'] })
  const api = makeService({ name: 'api', bounds: undefined, targetGroups: ['other'] })
  const plain = makeService({ name: 'plain', found: found({ change: { ...change, by: '' } }) })
  const targets = new Map([
    [
      'api',
      [
        { id: 'a', state: 'healthy', reason: '', description: '' },
        { id: 'b', state: 'unhealthy', reason: 'Target.Timeout', description: 'timed out' },
        { id: 'c', state: 'draining', reason: 'Target.Draining', description: '' },
      ] as never,
    ],
  ])
  const text = show(makeCluster([web, api, plain], []), { targets, answers: [answer(['tg'])] })
  const scaling = 'min 1, max 4, scaling active'
  expect(text.split('\n').filter((line) => line.startsWith('| '))).toEqual([
    '| service | state | since | by and why | desired / running / pending | scaling | targets | next change |',
    expect.stringContaining('---'),
    `| web | paused | 2026-11-23 20:00 UTC, for 1 h | ann: late | 0 / 0 / 0 | ${scaling} | 0 of 0 healthy; requests are answered with 503, paused |  |`,
    '| api | running |  |  | 2 / 2 / 0 | no scalable target | 1 of 3 healthy; timed out; Target.Draining |  |',
    `| plain | running | 2026-11-23 20:00 UTC, for 1 h | late | 2 / 2 / 0 | ${scaling} | none |  |`,
  ])
  expect(text).not.toContain('Auto Scaling group')
  expect(text).not.toContain('To look at')
})

it('tells of groups what they cost now and when all runs, by the type that they had where they are empty', () => {
  const event = ledgerEvent(saved.at, { web: true }, [
    { name: 'g', instanceType: 'g4dn.xlarge', freed: 2, left: 0 } as never,
  ])
  const groups = [
    makeGroup({ name: 'g', min: 0, desired: 0 }),
    makeGroup({ name: 'busy', min: 0, desired: 1 }, { warm: 2, users: [{ service: 'web', label: 'web' }] }),
    makeGroup({ name: 'new', min: 0, desired: 0 }),
  ]
  const text = show(makeCluster([makeService(paused)], groups), { ledger: { events: [event], damaged: [] } })
  expect(text).toContain('| Auto Scaling group | instances | type | now | when running | used by |')
  expect(text).toContain('| g | 0 | g4dn.xlarge | 0.00 USD/h | 1.00 USD/h |  |')
  expect(text).toContain(
    '| busy | 1, and 2 in the warm pool, whose volumes cost | g4dn.xlarge | 0.50 USD/h | 0.50 USD/h | web |',
  )
  expect(text).toContain('| new | 0 |  | unknown | unknown |  |')
})

describe('what there is to look at', () => {
  const down = { min: 0, max: 0, suspended }
  it.each([
    ['a damaged state', makeService({ found: { kind: 'damaged', cause: 'no JSON' } }), {}, 'web: no JSON'],
    [
      'a service that was started by hand',
      makeService({ ...paused, desired: 1 }),
      {},
      'web: it was paused, and somebody started it by hand',
    ],
    [
      'scaling that no pause has suspended',
      makeService({ bounds: down }),
      {},
      'web: its scaling is suspended from 0 to 0, and no pause has noted what it was',
    ],
    [
      'a state without a service',
      makeService(),
      { strays: ['old'] },
      'old: a state is saved, and there is no such service',
    ],
    [
      'an object that is no event',
      makeService(),
      { ledger: { events: [], damaged: ['x.json'] } },
      'x.json: no event of the ledger',
    ],
    [
      'an answer in place of a service that runs',
      makeService({ targetGroups: ['tg'] }),
      { answers: [answer(['tg'])] },
      'rule-7: answers that the service is paused, and a service behind it is not',
    ],
  ])('is %s', (_, service, around, line) => {
    const text = show(makeCluster([service], []), around)
    expect(text.split('To look at:\n\n')[1]?.split('\n\n')[0]).toBe(`- ${line}`)
  })

  it('is nothing of what a pause has left so', () => {
    const service = makeService({ ...paused, bounds: down, targetGroups: ['tg'] })
    const text = show(makeCluster([service], []), { answers: [answer(['tg']), answer(['other'], false)] })
    expect(text).not.toContain('To look at')
  })
})

it.each([
  [{ min: 1, desired: undefined }, true],
  [{ min: undefined, desired: 1 }, true],
  [{ min: 0, desired: 0 }, false],
  [{ min: undefined, desired: undefined }, false],
])('a scheduled action with %j starts instances: %s', (sizes, expected) => {
  expect(startsInstances(sizes as never)).toBe(expected)
})
