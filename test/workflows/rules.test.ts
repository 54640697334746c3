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
  steps: Step[]
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
const ofService = all.filter(({ name }) => name !== 'ci')
const jobsOf = ({ jobs }: Workflow) => Object.values(jobs)
const stepsOf = (workflow: Workflow) => jobsOf(workflow).flatMap(({ steps }) => steps)
const workOf = (workflow: Workflow) =>
  jobsOf(workflow).find(({ steps }) => steps.some(({ uses }) => uses?.startsWith('./actions/'))) ??
  expect.fail('no job uses an action of ours')

const isOffTheHour = ({ cron, timezone }: Schedule) => {
  const minute = Number(cron.split(' ')[0])
  return minute % 2 === 1 && minute % 5 !== 0 && timezone === 'Asia/Seoul'
}

it('there are the four workflows of a service', () => {
  expect(ofService.map(({ name }) => name).sort()).toEqual(['billing-report', 'deploy', 'pause', 'resume'])
})

describe.each(all)('$name', ({ text, workflow }) => {
  it('permits nothing but what a job names, and each job ends', () => {
    expect(workflow.permissions).toEqual({})
    for (const job of jobsOf(workflow)) expect(job['timeout-minutes']).toBeGreaterThan(0)
  })

  it('pins the actions of others by SHA, with the version beside it', () => {
    const others = [...text.matchAll(/uses: (?!\.\/)(.*)/g)].map(([, uses]) => uses)
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
    expect(workflow.on).toHaveProperty('workflow_dispatch')
    expect(
      Object.keys(workflow.on).filter((key) => !/^(workflow_dispatch|push|schedule)$/.test(key)),
    ).toEqual([])
    expect(workflow.on.push?.branches ?? ['main']).toEqual(['main'])
    expect((workflow.on.schedule ?? []).filter((schedule) => !isOffTheHour(schedule))).toEqual([])
  })

  it('signs in by OIDC with one role, in the job that works, and only there', () => {
    expect(roles).toHaveLength(1)
    expect(text).not.toContain('secrets.')
    const { steps, permissions } = workOf(workflow)
    expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' })
    expect(steps[1]?.uses).toContain('aws-actions/configure-aws-credentials@')
    expect(steps[1]?.with?.['role-to-assume']).toBe(`\${{ vars.${roles[0]} }}`)
    const others = jobsOf(workflow).filter((job) => job !== workOf(workflow))
    for (const job of others) expect(job.permissions).toBeUndefined()
  })

  it('works or says what to set, never both', () => {
    const { 'not-set-up': notice, ...rest } = workflow.jobs
    const [first] = Object.values(rest)
    const required = [...(first?.if ?? '').matchAll(/vars\.(\w+) != ''/g)].map(([, variable]) => variable)
    expect(first?.if).toBe(required.map((variable) => `vars.${variable} != ''`).join(' && '))
    expect(notice?.if).toBe(required.map((variable) => `vars.${variable} == ''`).join(' || '))
    for (const variable of required) expect(notice?.steps[0]?.run).toContain(variable)
    for (const job of Object.values(rest).slice(1)) expect(Object.keys(rest)).toContain(job.needs)
  })

  it('gives our actions only inputs that they have', () => {
    for (const { uses, with: given = {} } of stepsOf(workflow)) {
      if (!uses?.startsWith('./')) continue
      const { inputs } = parse(read(join(uses, 'action.yml')))
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)))
    }
  })

  it('tells all its variables at its top and in docs/workflows.md', () => {
    const top = text.slice(0, text.indexOf('\nname:'))
    expect(used.filter((variable) => !top.includes(variable))).toEqual([])
    const page = read('docs/workflows.md')
    expect(page).toContain(`\n| \`${name}\` |`)
    expect(used.filter((variable) => !page.includes(`\n| \`${variable}\` |`))).toEqual([])
  })
})

describe('runs that touch the service', () => {
  const queueOf = (name: string) => {
    const { workflow } = all.find((each) => each.name === name) ?? expect.fail(name)
    return workOf(workflow).concurrency ?? workflow.concurrency
  }

  it('wait for each other, and none is dropped', () => {
    for (const name of ['deploy', 'pause', 'resume']) {
      expect(queueOf(name)).toEqual({ group: 'service', queue: 'max' })
    }
    expect(queueOf('billing-report')).toEqual({ group: 'billing-report', queue: 'max' })
  })

  it('do not wait for a deployment that waits for approval', () => {
    const { workflow } = all.find(({ name }) => name === 'deploy') ?? expect.fail()
    expect(workflow.jobs.approve).toMatchObject({ environment: 'production' })
    expect(workflow.jobs.approve).not.toHaveProperty('concurrency')
    expect(workflow).not.toHaveProperty('concurrency')
    expect(workOf(workflow).needs).toBe('approve')
    expect(workOf(workflow)).not.toHaveProperty('environment')
  })
})

it('resume has a morning schedule that holds when it is uncommented', () => {
  const uncommented = read('.github/workflows/resume.yml').replaceAll(/^ {2}# (schedule:| {2})/gm, '  $1')
  const { on } = parse(uncommented) as Workflow
  expect(on.schedule?.filter(isOffTheHour)).toHaveLength(1)
})
