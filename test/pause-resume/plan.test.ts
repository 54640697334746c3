import { describe, expect, it } from 'vitest'
import type { ClusterState, ServiceState } from '../../actions/pause-resume/observe/state.ts'
import { planOperation, renderPlan } from '../../actions/pause-resume/plan/plan.ts'
import { judgeReality, type Reality } from '../../actions/pause-resume/plan/reality.ts'
import type { Choice } from '../../actions/pause-resume/plan/service-plan.ts'
import type { Step } from '../../actions/pause-resume/step.ts'
import type { Bounds, Phase } from '../../lib/service/pause-state/state.ts'
import {
  active,
  found,
  makeCluster,
  makeGroup,
  makeService,
  saved,
  suspended,
} from '../fixtures/pause-state.ts'

const choice: Choice = {
  ...{ wait: true, readyUrl: undefined, isReady: false, onConflict: 'respect', given: new Set() },
}
const bounds = (min: number, max: number, flags = active): Bounds => ({ min, max, suspended: flags })

const realities: Record<Reality, Partial<ServiceState>> = {
  awake: { desired: 3, running: 3, bounds: bounds(2, 8) },
  'half-resumed': { desired: 1, running: 0, bounds: bounds(1, 4, suspended) },
  forced: { desired: 3, running: 3, bounds: bounds(0, 0, suspended) },
  idle: { desired: 0, running: 0, bounds: bounds(0, 4) },
  down: { desired: 0, running: 0, bounds: bounds(0, 0, suspended) },
  'at zero': { desired: 0, running: 0, bounds: undefined },
}

const emptyGroup = makeGroup({ name: 'g', min: 0, desired: 0 })

function plan(
  operation: 'pause' | 'resume',
  phase: Phase,
  more: Partial<ServiceState>,
  { state = {}, onConflict = choice.onConflict }: Partial<Choice> & { state?: Partial<ClusterState> } = {},
) {
  const kept = phase === 'running' ? {} : { saved }
  const service = makeService({
    found: phase === 'running' ? { kind: 'absent' } : found({ phase, ...kept }),
    ...more,
  })
  const cluster = makeCluster([service], [emptyGroup], state)
  const { services } = planOperation(operation, cluster, { ...choice, onConflict })
  const [{ steps, refusal, rest, notes, isSure } = expect.fail('no plan')] = services
  const texts = steps.map((step) => {
    switch (step.kind) {
      case 'begin':
        if (!step.numbers) return step.phase
        return `${step.phase === 'resuming' ? 'resuming' : 'save'} ${step.numbers.desired} of ${step.numbers.bounds?.max}`
      case 'register':
        return `${step.bounds.min}..${step.bounds.max}${step.bounds.suspended.dynamicScalingIn ? ' held' : ''}`
      case 'set-desired':
        return `desired ${step.desired}`
      case 'resize-group':
        return `group ${step.size.min}, ${step.size.desired}`
      case 'end':
        return step.phase
      default:
        return step.kind.replace('wait-until-', '')
    }
  })
  const none = refusal === undefined ? (rest === 'reached' ? 'nothing' : rest) : 'refused'
  return { text: texts.length > 0 ? texts.join(', ') : none, notes, refusal, isSure }
}

const takeDown = '0..0 held, desired 0, stopped, paused'
const bringBack = 'group 1, 2, 1..4 held, desired 2, healthy, 1..4, running'

// Every phase × reality × operation.
const table: readonly (readonly [Phase, Reality, pause: string, resume: string])[] = [
  ['running', 'awake', `save 3 of 8, ${takeDown}`, 'nothing'],
  ['running', 'half-resumed', `save 1 of 4, ${takeDown}`, 'nothing'],
  ['running', 'forced', 'save 3 of undefined, desired 0, stopped, paused', 'refused'],
  ['running', 'idle', 'save 0 of 4, 0..0 held, paused', 'nothing'],
  ['running', 'down', 'left', 'refused'],
  ['running', 'at zero', 'left', 'left'],
  ['pausing', 'awake', `save 3 of 8, ${takeDown}`, 'resuming 3 of 8, group 1, 2, running'],
  [
    'pausing',
    'half-resumed',
    `save 1 of 4, ${takeDown}`,
    'resuming 1 of 4, group 1, 2, healthy, 1..4, running',
  ],
  ['pausing', 'forced', 'desired 0, stopped, paused', 'resuming, group 1, 2, 1..4 held, 1..4, running'],
  ['pausing', 'idle', '0..0 held, paused', `resuming, ${bringBack}`],
  ['pausing', 'down', 'paused', `resuming, ${bringBack}`],
  ['pausing', 'at zero', 'paused', 'resuming, group 1, 2, desired 2, healthy, running'],
  ['paused', 'awake', `save 3 of 8, ${takeDown}`, 'resuming 3 of 8, group 1, 2, running'],
  [
    'paused',
    'half-resumed',
    `save 1 of 4, ${takeDown}`,
    'resuming 1 of 4, group 1, 2, healthy, 1..4, running',
  ],
  [
    'paused',
    'forced',
    'save 3 of 4, desired 0, stopped, paused',
    'resuming, group 1, 2, 1..4 held, 1..4, running',
  ],
  ['paused', 'idle', 'pausing, 0..0 held, paused', `resuming, ${bringBack}`],
  ['paused', 'down', 'nothing', `resuming, ${bringBack}`],
  ['paused', 'at zero', 'nothing', 'resuming, group 1, 2, desired 2, healthy, running'],
  ['resuming', 'awake', `save 3 of 8, ${takeDown}`, 'group 1, 2, running'],
  ['resuming', 'half-resumed', `pausing, ${takeDown}`, 'group 1, 2, desired 2, healthy, 1..4, running'],
  ['resuming', 'forced', 'pausing, desired 0, stopped, paused', 'group 1, 2, 1..4 held, 1..4, running'],
  ['resuming', 'idle', 'pausing, 0..0 held, paused', bringBack],
  ['resuming', 'down', 'pausing, paused', bringBack],
  ['resuming', 'at zero', 'pausing, paused', 'group 1, 2, desired 2, healthy, running'],
]

describe('what is planned', () => {
  it.each(table)('for a service that is %s, and %s', (phase, reality, pause, resume) => {
    const service = realities[reality]
    // Only a resume leaves a service so: at other times it is awake.
    const judged = judgeReality({ ...makeService(), ...service }, 'resuming', saved)
    expect(judged).toBe(reality)
    expect(plan('pause', phase, service).text).toBe(pause)
    expect(plan('resume', phase, service).text).toBe(resume)
  })

  // Whose numbers hold where somebody has changed them by hand: by phase and reality, whatever else is as above.
  const woken = `save 3 of 8, ${takeDown}`
  const changed: readonly (readonly [Phase, Reality, Choice['onConflict'], pause: string, resume: string])[] =
    [
      ['paused', 'awake', 'respect', woken, 'resuming 3 of 8, group 1, 2, running'],
      [
        'paused',
        'awake',
        'restore',
        `pausing, ${takeDown}`,
        'resuming, group 1, 2, 1..4 held, 1..4, running',
      ],
      ['paused', 'awake', 'fail', 'refused', 'refused'],
      [
        'paused',
        'forced',
        'restore',
        'pausing, desired 0, stopped, paused',
        'resuming, group 1, 2, 1..4 held, 1..4, running',
      ],
      ['paused', 'forced', 'fail', 'refused', 'refused'],
      ['resuming', 'awake', 'restore', `pausing, ${takeDown}`, 'group 1, 2, 1..4 held, 1..4, running'],
      ['resuming', 'awake', 'fail', 'refused', 'refused'],
      // These have another explanation: a run that was killed, or that nobody has changed anything.
      ['pausing', 'awake', 'fail', woken, 'resuming 3 of 8, group 1, 2, running'],
      ['running', 'awake', 'fail', woken, 'nothing'],
      ['paused', 'down', 'fail', 'nothing', `resuming, ${bringBack}`],
      ['paused', 'idle', 'fail', 'pausing, 0..0 held, paused', `resuming, ${bringBack}`],
      [
        'resuming',
        'half-resumed',
        'fail',
        `pausing, ${takeDown}`,
        'group 1, 2, desired 2, healthy, 1..4, running',
      ],
    ]

  it.each(changed)(
    'for a service that is %s, and %s, with on-conflict %s',
    (phase, reality, onConflict, pause, resume) => {
      expect(plan('pause', phase, realities[reality], { onConflict }).text).toBe(pause)
      expect(plan('resume', phase, realities[reality], { onConflict }).text).toBe(resume)
    },
  )

  it('ends no task that somebody has started by hand, also where the saved numbers come back', () => {
    for (const more of [realities.awake, realities.forced]) {
      const many = plan('resume', 'paused', { ...more, desired: 6, running: 6 }, { onConflict: 'restore' })
      expect(many.text).toBe('resuming, group 1, 2, 1..6 held, 1..6, running')
    }
  })

  it('says which numbers it has to choose from', () => {
    expect(plan('pause', 'paused', realities.awake, { onConflict: 'fail' }).refusal).toBe(
      'web: was changed by hand: it has desired 3, min 2, max 8, scaling active, saved are desired 2, min 1, max 4, scaling active; choose one of them with on-conflict respect or restore',
    )
    expect(plan('pause', 'paused', realities.awake, { onConflict: 'restore' }).notes).toContain(
      `web: was changed by hand since ${saved.at}; the numbers that are saved stay`,
    )
  })

  it('is nothing, at one look, where what was saved says the same as AWS', () => {
    expect(plan('pause', 'paused', realities.down).isSure).toBe(true)
    expect(plan('resume', 'running', realities.awake).isSure).toBe(true)
    expect(plan('pause', 'running', realities['at zero']).isSure).toBe(false)
    expect(plan('resume', 'running', realities.down).isSure).toBe(false)
  })

  it('is what a resume has saved, also where its scaling is back already, or a deployment has given it back', () => {
    const early = { desired: 1, running: 1, bounds: bounds(1, 4) }
    expect(plan('resume', 'resuming', early).text).toBe('group 1, 2, desired 2, healthy, running')
    expect(plan('pause', 'resuming', early).text).toBe(`pausing, ${takeDown}`)
    const whole = { ...early, desired: 2, running: 2 }
    expect(plan('resume', 'resuming', whole).text).toBe('group 1, 2, running')
  })

  it('gives scaling back that was suspended when somebody woke a service by hand', () => {
    const woken = { desired: 3, running: 3, bounds: bounds(2, 8, suspended) }
    expect(plan('resume', 'paused', woken).text).toBe('resuming 3 of 8, group 1, 2, 2..8, running')
    expect(plan('pause', 'paused', woken)).toMatchObject({ text: `save 3 of 8, ${takeDown}` })
  })

  it('saves and asks for no fewer instances than the minimum of a group, where somebody has started fewer', () => {
    const [group, least] = [makeGroup({ name: 'g', min: 0, desired: 1 }), { name: 'g', min: 2, desired: 2 }]
    const stepOf = (operation: 'pause' | 'resume', phase: Phase, size: typeof least, kind: Step['kind']) => {
      const state = found({ phase, saved: { ...saved, groups: [size] } })
      const cluster = makeCluster([makeService({ desired: 1, running: 1, found: state })], [group])
      return planOperation(operation, cluster, choice).services[0]?.steps.find((step) => step.kind === kind)
    }
    const begin = (operation: 'pause' | 'resume') => stepOf(operation, 'paused', least, 'begin')
    expect([begin('pause'), begin('resume')]).toMatchObject([
      { numbers: { groups: [least] } },
      { numbers: { groups: [least] } },
    ])
    expect(stepOf('resume', 'resuming', { ...least, desired: 1 }, 'resize-group')).toMatchObject({
      size: least,
    })
  })

  it('waits for targets to be healthy, in each target group', () => {
    const more = { desired: 2, running: 2, bounds: bounds(1, 4, suspended), targetGroups: ['t'] }
    expect(plan('resume', 'resuming', { ...more, healthy: 1 }).text).toBe(
      'group 1, 2, healthy, 1..4, running',
    )
    expect(plan('resume', 'resuming', { ...more, healthy: undefined }).text).toContain('healthy')
    expect(plan('resume', 'resuming', { ...more, healthy: 2 }).text).toBe('group 1, 2, 1..4, running')
  })
})

describe('what is refused or left alone', () => {
  it.each([
    ['a daemon', { isDaemon: true }, 'left', undefined],
    [
      'an external controller',
      { isExternal: true },
      'refused',
      'web: an external controller decides about its tasks',
    ],
    [
      'a service that was deleted',
      { isDraining: true },
      'refused',
      'web: it was deleted, and its last tasks stop',
    ],
    [
      'a damaged state',
      { found: { kind: 'damaged', cause: 'not JSON' } as const },
      'refused',
      'web: not JSON',
    ],
  ])('%s', (_, more, text, refusal) => {
    for (const operation of ['pause', 'resume'] as const) {
      const planned = plan(operation, 'running', more)
      expect(planned.text).toBe(text)
      if (refusal !== undefined) expect(planned.refusal).toContain(refusal)
    }
  })

  it('a service whose bounds are a lost pause’s', () => {
    const { refusal } = plan('resume', 'running', realities.forced)
    expect(refusal).toContain('web: its bounds are 0 to 0, and no pause has saved others')
  })

  it('a service at zero that is named, and of which nothing is saved', () => {
    const { refusal } = plan('resume', 'running', realities['at zero'], { state: { isWhole: false } })
    expect(refusal).toContain('web: it is at zero, and no pause has saved what it had')
  })
})

describe('numbers that no longer fit', () => {
  const resume = (
    more: Partial<ServiceState>,
    group = emptyGroup,
    numbers = saved,
    others = [] as (typeof group)[],
  ) => {
    const service = makeService({
      ...realities.down,
      found: found({ phase: 'paused', saved: numbers }),
      ...more,
    })
    const [planned = expect.fail('no plan')] = planOperation(
      'resume',
      makeCluster([service], [group, ...others]),
      choice,
    ).services
    return { lines: renderPlan({ services: [planned], strays: [] }), notes: planned.notes }
  }

  it('a group whose maximum is lower now, and so fewer tasks', () => {
    const { lines, notes } = resume({}, { ...emptyGroup, max: 1 })
    expect(lines).toContain('set the Auto Scaling group g to min 1, desired 1')
    expect(lines).toContain('set the desired count of web to 1')
    expect(notes).toEqual([
      'g: its maximum is 1, and 2 instance(s) are saved',
      'web: resumed with 1 of 2 task(s), since its instances have no room for more',
    ])
  })

  it('a count below the least, although its group has as many instances as before', () => {
    const least = { min: 3, max: 4, suspended: active }
    const { lines, notes } = resume({}, emptyGroup, { ...saved, bounds: least })
    expect(lines).toContain('set the desired count of web to 3')
    expect(notes).toEqual(['web: 2 task(s) are saved, its bounds allow 3'])
  })

  it('a least count for which the instances have no room: it is lowered, and told', () => {
    const numbers = { ...saved, bounds: { min: 2, max: 4, suspended: active } }
    const { lines, notes } = resume({}, { ...emptyGroup, max: 1 }, numbers)
    expect(lines).toContain('set the scalable target of web to min 1, max 4, scaling active')
    expect(notes).toContain('web: its minimum is 1 instead of 2; set it by hand once there is room')
  })

  it('a group that somebody has kept from starting instances', () => {
    const suspended = ['Launch', 'Terminate']
    expect(resume({}, { ...emptyGroup, suspended }).notes).toEqual([
      'g: starts no instance until its process Launch is resumed by hand',
    ])
    expect(resume({}, makeGroup({ name: 'g', min: 1, desired: 2 }, { suspended })).notes).toEqual([])
  })

  it('a group that may have no instance: nothing is begun, and the numbers stay saved', () => {
    const { lines } = resume({}, { ...emptyGroup, max: 0 })
    expect(lines).toEqual([
      'web: none of its 2 task(s) can run: g: its maximum is 0, and 2 instance(s) are saved',
    ])
  })

  it('a lower maximum of a group that several services share, which has room for one task of each', () => {
    const shared = { ...saved, desired: 1, groups: [{ name: 'g', min: 0, desired: 3 }] }
    const { lines } = resume({}, { ...emptyGroup, max: 2 }, shared)
    expect(lines).toContain('set the desired count of web to 1')
  })

  it('bounds that a deployment has lowered', () => {
    const { lines, notes } = resume({}, emptyGroup, { ...saved, desired: 9 })
    expect(lines).toContain('set the desired count of web to 4')
    expect(notes).toEqual(['web: 9 task(s) are saved, its bounds allow 4'])
  })

  it.each([[[]], [[emptyGroup]]])('a group that another one has replaced, which gets its size', (others) => {
    const { lines, notes } = resume(
      { providerGroups: ['new'] },
      makeGroup({ name: 'new', min: 0, desired: 0 }),
      saved,
      others,
    )
    expect(lines).toContain('set the Auto Scaling group new to min 1, desired 2')
    expect(notes).toEqual(['web: the saved group g is not behind the service any more; new gets its size'])
  })

  it('a service that was made again', () => {
    const { notes } = resume({ createdAt: '2026-11-24T00:00:00.000Z' })
    expect(notes).toEqual([`web: was made again since ${saved.at}, when its numbers were saved`])
    expect(resume({ createdAt: '2026-11-22T00:00:00.000Z' }).notes).toEqual([])
  })

  it('a service that was moved to Fargate meanwhile: its instances stay off', () => {
    const { lines, notes } = resume({ capacityProviders: ['FARGATE'], providerGroups: [] })
    expect(lines.join()).not.toContain('Auto Scaling')
    expect(notes).toEqual(['web: the saved group g is not behind the service any more'])
  })

  it('a group that is gone', () => {
    const { lines, notes } = resume({ providerGroups: [] }, makeGroup({ name: 'other', min: 0, desired: 0 }))
    expect(lines.join()).not.toContain('Auto Scaling')
    expect(notes).toEqual(['web: the saved group g is not behind the service any more'])
  })

  it('a group that is gone, and still behind a capacity provider', () => {
    const { lines } = resume({}, makeGroup({ name: 'other', min: 0, desired: 0 }))
    expect(lines).toEqual([
      'web: none of its 2 task(s) can run: g: the group is gone, of which 2 instance(s) are saved',
    ])
  })

  it('a scalable target that is gone, which nobody makes up', () => {
    const { lines, notes } = resume({ bounds: undefined })
    expect(lines.join()).not.toContain('scalable target of')
    expect(notes).toEqual(['web: its scalable target is gone, and is not made again'])
  })

  it('bounds that were lost', () => {
    const { lines, notes } = resume({}, emptyGroup, { ...saved, bounds: undefined })
    expect(lines.join()).not.toContain('scalable target of')
    expect(notes).toEqual(['web: no bounds are saved; those of its scalable target stay, set them by hand'])
  })
})

describe('numbers that are saved', () => {
  const save = (more: Partial<ServiceState>, group = makeGroup({ name: 'g', min: 1, desired: 2 })) => {
    const [planned] = planOperation('pause', makeCluster([makeService(more)], [group]), choice).services
    const step = planned?.steps[0]
    return step?.kind === 'begin'
      ? { numbers: step.numbers, notes: planned?.notes }
      : expect.fail('nothing saved')
  }

  it('are never what a pause has set itself', () => {
    const state = found({ phase: 'paused', saved })
    const woken = { desired: 3, bounds: bounds(2, 8, suspended), found: state }
    const { numbers, notes } = save(woken, makeGroup({ name: 'g', min: 0, desired: 0 }))
    expect(numbers).toEqual({ desired: 3, bounds: bounds(2, 8), groups: [{ name: 'g', min: 1, desired: 2 }] })
    expect(notes).toContain(
      `web: was changed since ${saved.at}; what it has now is saved, the older numbers are an earlier version`,
    )
  })

  it('get the minimum that somebody has raised since, of a group that is paused again', () => {
    const paused = { ...realities.down, found: found({ phase: 'paused', saved }) }
    const { numbers, notes } = save(paused, makeGroup({ name: 'g', min: 3, desired: 3 }))
    expect(numbers).toMatchObject({ desired: 2, bounds: saved.bounds })
    expect(numbers?.groups).toEqual([{ name: 'g', min: 3, desired: 3 }])
    expect(notes).toEqual([
      `g: got a minimum of 3 since ${saved.at}; it is saved, and comes back with a resume`,
    ])
    const smaller = makeGroup({ name: 'g', min: 0, desired: 1 })
    expect(save(paused, smaller).numbers).toBeUndefined()
    const raised = makeGroup({ name: 'g', min: 3, desired: 3 })
    const cluster = makeCluster([makeService(paused)], [raised])
    const [restored] = planOperation('pause', cluster, { ...choice, onConflict: 'restore' }).services
    expect(restored?.steps[0]).toMatchObject({ kind: 'begin', numbers: undefined })
  })

  it.each([
    ['respect', realities.idle, bounds(0, 4)],
    ['restore', realities.awake, bounds(2, 8)],
  ] as const)('get bounds where none are saved, with on-conflict %s', (onConflict, reality, wanted) => {
    const state = found({ phase: 'paused', saved: { ...saved, bounds: undefined } })
    const cluster = makeCluster([makeService({ ...reality, found: state })], [emptyGroup])
    const [planned] = planOperation('pause', cluster, { ...choice, onConflict }).services
    expect(planned?.steps[0]).toMatchObject({ kind: 'begin', numbers: { desired: 2, bounds: wanted } })
    const { min, max } = wanted
    expect(planned?.notes).toContain(
      `web: has got a scalable target since ${saved.at}; its bounds of ${min} to ${max} are saved`,
    )
  })

  it('are the count alone, where the bounds are a lost pause’s', () => {
    const { numbers, notes } = save({ ...realities.forced })
    expect(numbers).toMatchObject({ desired: 3, bounds: undefined })
    expect(notes).toContain(
      'web: its bounds are 0 to 0, and no pause has saved others; set them by hand when it runs again',
    )
  })
})

describe('groups', () => {
  const web = makeService({
    desired: 0,
    running: 0,
    bounds: bounds(0, 0, suspended),
    found: found({ phase: 'pausing', saved }),
  })
  const pause = (group: Parameters<typeof makeGroup>[1], given = choice.given, services = [web]) => {
    const state = makeCluster(services, [makeGroup({ name: 'g', min: 1, desired: 2 }, group)])
    const planned = planOperation('pause', state, { ...choice, given })
    return {
      lines: renderPlan(planned),
      notes: planned.services.flatMap(({ notes }) => notes),
      strays: planned.strays,
    }
  }
  const use = (service: string | undefined, label: string) => ({ users: [{ service, label }] })

  it('go to zero when nobody has tasks on them', () => {
    expect(pause({}).lines).toEqual([
      'set the Auto Scaling group g to min 0, desired 0',
      'wait until the instances of g are gone',
      'note that web is paused',
    ])
  })

  it.each([
    ['another service', use('other', 'other'), 'g stays as it is: other needs it'],
    ['a task of no service', use(undefined, 'a task of train'), 'g stays as it is: a task of train needs it'],
  ])('stay as they are for %s', (_, group, note) => {
    const { lines, notes } = pause(group)
    expect(lines).toEqual(['note that web is paused'])
    expect(notes).toEqual([note])
  })

  it('wait for services of the same pause, and for tasks that stop', () => {
    const other = { ...web, name: 'other', desired: 1, running: 1 }
    const both = pause({ ...use('other', 'other'), stopping: 2 }, choice.given, [web, other])
    expect(both.lines).toContain('wait until other, 2 task(s) that stop has left the instances of g')
    expect(pause({ stopping: 1 }).lines[0]).toBe('wait until 1 task(s) that stop has left the instances of g')
  })

  it('stay for a service that this run has given up', () => {
    const other = { ...web, name: 'other' }
    const { notes } = pause(use('other', 'other'), new Set(['other']), [web, other])
    expect(notes).toContain('g stays as it is: other needs it')
  })

  it('name instances that have not registered with the cluster: what runs on them cannot be seen', () => {
    const { lines, notes } = pause({ unregistered: ['i-5'] })
    expect(lines[0]).toBe('set the Auto Scaling group g to min 0, desired 0')
    expect(notes).toEqual([
      'i-5 of g not registered with the cluster; whatever else runs there ends with the group',
    ])
  })

  it('say why instances do not go', () => {
    const standby = { id: 'i-9', type: 'g4dn.xlarge', lifecycle: 'Standby', isProtected: false }
    expect(pause({ instances: [standby], suspended: ['Launch', 'Terminate'] }).lines[1]).toBe(
      'wait until the instances of g are gone (in standby: i-9; the process Terminate of the group is suspended)',
    )
    const kept = { id: 'i-7', type: 'g4dn.xlarge', lifecycle: 'InService', isProtected: true }
    const hooked = { id: 'i-8', type: 'g4dn.xlarge', lifecycle: 'Terminating:Wait', isProtected: false }
    expect(pause({ instances: [kept, hooked] }).lines[1]).toBe(
      'wait until the instances of g are gone (protected from scale-in: i-7; wait for a lifecycle hook: i-8)',
    )
  })

  it('are named where no service that is paused uses them', () => {
    const apart = { ...web, groups: [] }
    expect(pause({}, choice.given, [apart]).strays).toEqual(['g'])
    expect(pause(use(undefined, 'a task of train'), choice.given, [apart]).strays).toEqual([])
    expect(pause({ desired: 0, instances: [] }, choice.given, [apart]).strays).toEqual([])
    // What is left alone covers no group, but what is refused says itself why it runs on.
    expect(pause({}, choice.given, [{ ...web, isDaemon: true }]).strays).toEqual(['g'])
    expect(pause({}, choice.given, [{ ...web, isExternal: true }]).strays).toEqual([])
  })

  it('grow to what all services of a resume need together, and never shrink', () => {
    const down = { ...makeService(realities.down), found: found({ phase: 'paused', saved }) }
    const state = found({ phase: 'paused', saved: { ...saved, groups: [{ name: 'g', min: 0, desired: 4 }] } })
    const services = [down, { ...down, name: 'other', found: state }]
    const resize = (group: ReturnType<typeof makeGroup>) =>
      renderPlan(planOperation('resume', makeCluster(services, [group]), choice)).filter((line) =>
        line.includes('Auto Scaling'),
      )
    expect(resize(emptyGroup)).toEqual(['set the Auto Scaling group g to min 1, desired 4'])
    expect(resize(makeGroup({ name: 'g', min: 2, desired: 3 }))).toEqual([
      'set the Auto Scaling group g to min 2, desired 4',
    ])
    expect(resize(makeGroup({ name: 'g', min: 0, desired: 5 }))).toEqual([
      'set the Auto Scaling group g to min 1, desired 5',
    ])
    expect(resize(makeGroup({ name: 'g', min: 2, desired: 5 }))).toEqual([])
  })
})

describe('without waiting', () => {
  const hasty = { ...choice, wait: false }

  it('a pause does not call itself paused while instances are there', () => {
    const web = makeService({ found: found({ phase: 'pausing', saved }) })
    const [planned] = planOperation('pause', makeCluster([web]), hasty).services
    expect(planned?.steps.map(({ kind }) => kind)).toEqual([
      ...['register', 'set-desired', 'wait-until-stopped', 'resize-group'],
    ])
    expect(planned?.rest).toBe('under way')
  })

  it('a resume gives everything back at once', () => {
    const web = makeService({ ...realities.down, found: found({ phase: 'paused', saved }) })
    const [planned] = planOperation('resume', makeCluster([web], [emptyGroup]), {
      ...hasty,
      readyUrl: 'https://x.example',
    }).services
    expect(planned?.steps.filter(({ kind }) => kind.startsWith('wait'))).toEqual([])
    expect(planned?.rest).toBe('under way')
  })
})

it('asks the ready URL after all, until it has answered', () => {
  const web = makeService({ ...realities.down, found: found({ phase: 'paused', saved }) })
  const lines = (isReady: boolean) =>
    renderPlan(
      planOperation('resume', makeCluster([web], [emptyGroup]), {
        ...choice,
        readyUrl: 'https://x.example/ping?key=secret',
        isReady,
      }),
    )
  expect(lines(false)).toContain('wait until https://x.example/ping answers')
  expect(lines(true).join()).not.toContain('answers')
})
