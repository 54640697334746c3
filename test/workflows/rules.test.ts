import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '../../scripts/local-aws-process.ts'

// What neither the linters nor act look at, or what act does not enforce.
type Step = { uses?: string; run?: string; with?: Record<string, unknown> }
type Concurrency = { group: string; queue?: string; 'cancel-in-progress'?: boolean }
type Job = {
  if?: string
  needs?: string
  'timeout-minutes'?: number
  permissions?: Record<string, string>
  environment?: string
  concurrency?: Concurrency
  uses?: string
  with?: Record<string, unknown>
  steps?: Step[]
}
type Schedule = { cron: string; timezone?: string }
type Workflow = {
  on: { schedule?: Schedule[]; workflow_dispatch?: unknown; push?: { branches: string[] } }
  permissions?: object
  concurrency?: Concurrency
  jobs: Record<string, Job>
}

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const all = globSync('.github/workflows/*.yml', { cwd: root }).map((path) => ({
  name: basename(path, '.yml'),
  text: read(path),
  workflow: parse(read(path)) as Workflow,
}))
// Those of this repository alone, and the one that others call.
const apart = ['ci', 'release', 'tell']
const ofService = all.filter(({ name }) => !apart.includes(name))
const jobsOf = ({ jobs }: Workflow) => Object.values(jobs)
const stepsOf = (workflow: Workflow) => jobsOf(workflow).flatMap(({ steps }) => steps ?? [])
const isWork = ({ steps }: Job) => steps?.some(({ uses }) => uses?.startsWith('./actions/')) ?? false
const workOf = (workflow: Workflow) =>
  jobsOf(workflow).find(isWork) ?? expect.fail('no job uses an action of ours')

/** What jobs that work may do besides. */
const more: Record<string, Record<string, string>> = {
  deploy: { actions: 'read' },
  preview: { 'pull-requests': 'write' },
}

const isOffTheHour = ({ cron, timezone }: Schedule) => {
  const minute = Number(cron.split(' ')[0])
  return minute % 2 === 1 && minute % 5 !== 0 && timezone === 'Asia/Seoul'
}

it('there are the workflows of a service', () => {
  expect(ofService.map(({ name }) => name).sort()).toEqual([
    ...[
      'billing-daily',
      'billing-report',
      'deploy',
      'destroy',
      'drift',
      'pause',
      'preview',
      'resume',
      'status',
    ],
  ])
})

describe.each(all)('$name', ({ text, workflow }) => {
  it('permits nothing but what a job names, and each job ends', () => {
    expect(workflow.permissions).toEqual({})
    // A job that calls a workflow cannot have a limit of its own: that workflow has one.
    const ends = ({ uses, ...job }: Job) => uses === './.github/workflows/tell.yml' || job['timeout-minutes']
    expect(jobsOf(workflow).filter((job) => !ends(job))).toEqual([])
  })

  it('leaves a bill the time to report its end before the job is cut', () => {
    for (const job of jobsOf(workflow)) {
      const bills = (job.steps ?? []).filter(({ uses }) => uses === './actions/billing-report')
      // A minute to clean up, and one to begin.
      const longest = bills.reduce((sum, step) => sum + Number(step.with?.['timeout-minutes'] ?? 30) + 2, 0)
      expect(longest).toBeLessThanOrEqual(job['timeout-minutes'] ?? longest)
    }
  })

  it('pins the actions of others by SHA, with the version beside it', () => {
    const others = [...text.matchAll(/^ +(?:- )?uses: (?!\.\/)(.*)/gm)].map(([, uses]) => uses)
    for (const uses of others) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
    expect(others).toHaveLength(stepsOf(workflow).filter(({ uses }) => uses && !uses.startsWith('./')).length)
  })

  it('has no expression inside a script', () => {
    for (const { run } of stepsOf(workflow)) expect(run ?? '').not.toContain('${{')
  })
})

describe.each(ofService)('$name', ({ name, text, workflow }) => {
  const used = [...new Set([...text.matchAll(/vars\.(\w+)/g)].map(([, variable = '']) => variable))]
  const roles = used.filter((variable) => variable.endsWith('_ROLE'))

  it('can be started by hand, and by nothing but main or a schedule off the hour', () => {
    if (name !== 'preview') expect(workflow.on).toHaveProperty('workflow_dispatch')
    expect(
      Object.keys(workflow.on).filter((key) => !/^(workflow_dispatch|push|schedule)$/.test(key)),
    ).toEqual(name === 'preview' ? ['pull_request'] : [])
    expect(workflow.on.push?.branches ?? ['main']).toEqual(['main'])
    expect((workflow.on.schedule ?? []).filter((schedule) => !isOffTheHour(schedule))).toEqual([])
  })

  it('signs in by OIDC with a role for each job that works, and only there', () => {
    const work = jobsOf(workflow).filter(isWork)
    expect(work).toHaveLength(roles.length)
    for (const [at, { steps = [], permissions }] of work.entries()) {
      expect(permissions).toEqual({ contents: 'read', 'id-token': 'write', ...more[name] })
      expect(steps[1]?.uses).toContain('aws-actions/configure-aws-credentials@')
      expect(steps[1]?.with).toEqual({
        'role-to-assume': `\${{ vars.${roles[at]} }}`,
        'aws-region': `\${{ vars.AWS_REGION || 'ap-northeast-2' }}`,
      })
    }
    const others = jobsOf(workflow).filter((job) => !isWork(job))
    const told = { contents: 'read', issues: 'write' }
    for (const { uses, permissions } of others) expect(permissions).toEqual(uses ? told : undefined)
  })

  it('knows no secret but the key of the smoke test and the webhook', () => {
    const secrets = [...new Set([...text.matchAll(/secrets\.(\w+)/g)].map(([, secret]) => secret))]
    expect(
      secrets.filter((secret) => !['FAILURE_WEBHOOK', 'SMOKE_TEST_API_KEY'].includes(secret ?? '')),
    ).toEqual([])
  })

  it('tells somebody where a run fails that nobody watches', () => {
    // The one stands in the pull request, and the other was asked for.
    const isWatched = ['preview', 'status'].includes(name)
    const { tell } = workflow.jobs
    expect(tell?.if).toBe(isWatched ? undefined : 'failure()')
    expect(tell === undefined || workflow.jobs[tell.needs ?? ''] === workOf(workflow)).toBe(true)
  })

  it('works or says what to set, never both', () => {
    const { 'not-set-up': notice, ...rest } = workflow.jobs
    // One that runs also where what it needs was skipped starts by itself.
    const starting = Object.values(rest).filter((job) => !job.needs || job.if?.includes('!failure()'))
    const asked = starting.flatMap((job) => job.if?.replace(/^\$\{\{ (.*) \}\}$/, '$1').split(' && ') ?? [])
    const conditions = [...new Set(asked)].filter((each) => !/^(inputs\.|!\w+\(\)$)/.test(each))
    const opposite = { '==': '!=', '!=': '==' }
    const opposites = conditions.map((condition) =>
      condition.replace(/[!=]=/, (sign) => opposite[sign as keyof typeof opposite]),
    )
    expect(starting.every((job) => job.if)).toBe(true)
    expect(notice?.if).toBe(opposites.join(' || '))
    const required = [...(notice?.if ?? '').matchAll(/vars\.(\w+)/g)].map(([, variable]) => variable)
    for (const variable of required) expect(notice?.steps?.[0]?.run).toContain(variable)
    for (const job of Object.values(rest)) if (job.needs) expect(Object.keys(rest)).toContain(job.needs)
  })

  it('gives our actions only inputs that they have, and the prefix of the repository', () => {
    const prefix = `\${{ vars.SERVICE_PREFIX || 'ddn' }}`
    for (const { uses, with: given = {} } of stepsOf(workflow)) {
      if (!uses?.startsWith('./')) continue
      const { inputs } = parse(read(join(uses, 'action.yml')))
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)))
      if ('prefix' in inputs) expect(given.prefix).toBe(prefix)
      expect(JSON.stringify(given).replaceAll(prefix, '')).not.toContain('ddn')
    }
  })

  it('tells all its variables at its top, and them and its times in docs/workflows.md', () => {
    const top = text.slice(0, text.indexOf('\nname:'))
    expect(used.filter((variable) => !top.includes(variable))).toEqual([])
    const page = read('docs/workflows.md')
    expect(page).toContain(`\n| \`${name}\` |`)
    expect(used.filter((variable) => !page.includes(`\n| \`${variable}\` |`))).toEqual([])
    const when = new RegExp(`\n\\| \`${name}\` \\| (.*?) \\|`).exec(page)?.[1]
    for (const { cron } of workflow.on.schedule ?? [])
      expect(when).toContain(
        cron
          .split(' ')
          .slice(0, 2)
          .reverse()
          .map((part) => part.padStart(2, '0'))
          .join(':'),
      )
  })
})

describe('runs that touch the service', () => {
  const queueOf = (name: string) => {
    const { workflow } = all.find((each) => each.name === name) ?? expect.fail(name)
    return workOf(workflow).concurrency ?? workflow.concurrency
  }

  it('wait for each other, and none is dropped', () => {
    for (const name of ['deploy', 'destroy', 'pause', 'resume']) {
      expect(queueOf(name)).toEqual({ group: 'service', queue: 'max' })
    }
    for (const name of ['billing-report', 'billing-daily']) {
      expect(queueOf(name)).toEqual({ group: name, queue: 'max' })
    }
  })

  it.each(['deploy', 'destroy', 'billing-report'])(
    'do not wait for a %s that waits for approval',
    (changing) => {
      const { workflow } = all.find(({ name }) => name === changing) ?? expect.fail()
      expect(workflow.jobs.approve).toMatchObject({ environment: 'production' })
      expect(workflow.jobs.approve).not.toHaveProperty('concurrency')
      expect(workflow).not.toHaveProperty('concurrency')
      expect(workOf(workflow).needs).toBe('approve')
      expect(workOf(workflow).if ?? '!failure()').toContain('!failure()')
      expect(workOf(workflow)).not.toHaveProperty('environment')
    },
  )
})

it.each(['pause', 'resume', 'status'])(
  '%s takes and shows times in the zone of its schedule or calendar',
  (name) => {
    const { workflow } = all.find((each) => each.name === name) ?? expect.fail()
    const [step, ...others] = stepsOf(workflow).filter(({ uses }) => uses === './actions/pause-resume')
    expect(others).toEqual([])
    expect(step?.with).toMatchObject({
      calendar: expect.stringContaining('vars.SERVICE_CALENDAR'),
      timezone: expect.stringContaining("!vars.SERVICE_CALENDAR && 'Asia/Seoul' || ''"),
    })
  },
)

it.each([
  ['resume', 1],
  ['pause', 2],
])('%s has a schedule in comments that holds when it is uncommented', (name, count) => {
  const text = read(`.github/workflows/${name}.yml`)
  const uncommented = text.replaceAll(/^( +)# ( *(?:schedule:|- cron:|timezone:))/gm, '$1$2')
  const { on } = parse(uncommented) as Workflow
  expect(on.schedule?.filter(isOffTheHour)).toHaveLength(count)
})
