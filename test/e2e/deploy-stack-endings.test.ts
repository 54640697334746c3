import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runActionProcess } from '../../scripts/action-process.ts'
import { behindProxy, denied, type Rules } from '../fixtures/aws-proxy.ts'
import { localAws } from '../local-aws.ts'

const parameter = (Name: string, Value: unknown) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name, Value },
})

const templates = {
  'one.yml': {
    Parameters: { Password: { Type: 'String', NoEcho: 'yes', Default: 'none', MinLength: 4 } },
    Resources: { One: parameter('/one', { Ref: 'Password' }) },
    Outputs: { Name: { Value: '/one' } },
  },
  'two.yml': {
    Parameters: { Name: { Type: 'String' } },
    Resources: { Two: parameter('/two', { Ref: 'Name' }) },
  },
}

const secret = 'CANARY-SECRET'

/** Gives each event of an answer another reason. */
const withReason = (answer: string, reason: string) =>
  answer
    .replaceAll(/<ResourceStatusReason>[^<]*<\/ResourceStatusReason>|<ResourceStatusReason ?\/>/g, '')
    .replaceAll(
      '</ResourceStatus>',
      `</ResourceStatus><ResourceStatusReason>${reason}</ResourceStatusReason>`,
    )

/** Two stacks, one behind the other, and a run of them whose answers may be altered. */
function makeProject() {
  const aws = localAws()
  const folder = mkdtempSync(join(tmpdir(), 'stacks-'))
  for (const [name, content] of Object.entries(templates))
    writeFileSync(join(folder, name), JSON.stringify(content))
  const stacks =
    'stacks:\n  one: {template: one.yml}\n  two: {template: two.yml, parameters: {Name: "${one.Name}"}}\n'
  writeFileSync(join(folder, 'stacks.yml'), stacks)
  return async (inputs: Record<string, string> = {}, rules: Rules = {}, cancelAt?: RegExp) => {
    const { env } = await behindProxy(aws, rules)
    const cancel = new AbortController()
    const run = await runActionProcess({
      action: 'deploy-stack',
      inputs: { stacks: join(folder, 'stacks.yml'), prefix: 'p', ...inputs },
      env: { ...env, RUNNER_TEMP: env.HOME ?? '' },
      onLine: (line) => {
        if (cancelAt?.test(line)) cancel.abort()
      },
      signal: cancel.signal,
    })
    const text = readFileSync(run.outputs.report ?? '', 'utf8')
    const errors = run.lines.filter((line) => line.startsWith('::error::'))
    return { ...run, report: JSON.parse(text), errors, told: [...run.lines, run.summary, text].join('\n') }
  }
}

describe('deploy-stack', () => {
  it.each([
    ['deploy', 'deploy-stack'],
    ['drift', 'Drift'],
  ])('says in which region a %s worked whose first look is refused', async (mode, title) => {
    const run = makeProject()
    const refuse: Rules['refuse'] = ({ operation }) =>
      operation === 'DescribeStacks' ? denied.query : undefined
    const { summary } = await run({ mode }, { refuse })
    expect(summary).toMatch(new RegExp(`^## ${title}: refused\n\n${localAws().region} · `))
  })

  it('tells of a denied call what was done before, and what was not', async () => {
    const run = makeProject()
    const { exitCode, outputs, report, summary, errors } = await run(
      {},
      {
        refuse: ({ operation, body }) =>
          operation === 'CreateChangeSet' && body.includes('StackName=p-two') ? denied.query : undefined,
      },
    )
    expect([exitCode, outputs.result, outputs.outputs]).toEqual([1, 'refused', '{"one":{"Name":"/one"}}'])
    expect(report).toMatchObject({
      done: ['p-one: created'],
      notDone: ['p-two: refused'],
      goesOn: [],
      costs: ['the resources of p-one, created now'],
    })
    expect(errors).toHaveLength(1)
    expect(errors[0]).toContain('p-two: ')
    expect(summary).toContain('## Stacks: refused')
    expect(summary).toContain('- p-one: created')
  })

  it('tells of a cancel what goes on in CloudFormation', async () => {
    const run = makeProject()
    const slow: Rules['rewrite'] = ({ operation, body }, answer) =>
      operation === 'DescribeStackEvents' && body.includes('p-one')
        ? answer.replaceAll('CREATE_COMPLETE', 'CREATE_IN_PROGRESS')
        : undefined
    const start = performance.now()
    const { exitCode, outputs, report, summary } = await run(
      {},
      { rewrite: slow },
      /One \(AWS::SSM::Parameter\): CREATE/,
    )
    expect([exitCode, outputs.result]).toEqual([1, 'cancelled'])
    expect(report).toMatchObject({
      result: 'cancelled',
      done: [],
      notDone: ['p-one: cancelled', 'p-two: not-started'],
      goesOn: ['p-one (CREATE_IN_PROGRESS)'],
      failure: expect.stringContaining('goes on in AWS: p-one (CREATE_IN_PROGRESS)'),
    })
    expect(summary).toContain('**Goes on in AWS**')
    expect(performance.now() - start).toBeLessThan(60_000)
  })

  it('tells of a stuck destroy what stays, and of a refusal that nothing was done', async () => {
    const run = makeProject()
    await run()
    const stuck = await run(
      { mode: 'destroy', confirm: 'p' },
      {
        refuse: ({ operation, body }) =>
          operation === 'DeleteStack' && body.includes('p-one') ? denied.query : undefined,
      },
    )
    expect([stuck.exitCode, stuck.outputs.result, stuck.outputs.changes]).toEqual([1, 'failed', '1'])
    expect(stuck.report).toMatchObject({
      done: ['p-two: destroyed'],
      costs: ['what p-one holds'],
      goesOn: [],
    })
    const refused = await run({ mode: 'destroy', confirm: 'q' })
    expect([refused.outputs.result, refused.report.result]).toEqual(['refused', 'refused'])
    expect(refused.summary).toContain('## deploy-stack: refused')
  })

  it('lets no text of a stack event be a command, a link or a picture', async () => {
    const evil =
      'boom\n::set-output name=result::evil\n::stop-commands::t ##[add-mask]x ![x](http://127.0.0.1:9/p.png)'
    const run = makeProject()
    const { lines, summary, outputs } = await run(
      {},
      {
        rewrite: ({ operation, body }, answer) => {
          if (operation === 'DescribeStackEvents' && body.includes('p-one'))
            return withReason(answer, evil).replaceAll('CREATE_COMPLETE', 'CREATE_FAILED')
          if (operation === 'DescribeStacks' && body.includes('p-one'))
            return answer.replaceAll('CREATE_COMPLETE', 'CREATE_FAILED')
          return undefined
        },
      },
    )
    expect(outputs.result).toBe('rolled-back')
    expect(lines.filter((line) => /^\s*::(?!error::rolled-back)|##\[/.test(line))).toEqual([])
    expect(lines.some((line) => line.includes('boom\\n::set-output'))).toBe(true)
    expect(summary).toContain('boom')
    expect(summary).not.toMatch(/!\[x\]|https?:\/\/(?!ap-northeast-2\.console\.aws\.amazon\.com\/)/)
  })

  it.each([
    ['takes no pattern', `Password=${secret}`, 'created'],
    ['is too short', 'Password=CAN', 'refused'],
    ['has a second line', `Password=abcd\n${secret}`, 'refused'],
    ['has a second line like a pair', `Password=abcd\n${secret}==`, 'refused'],
    ['is given twice', `Password=${secret}\nPassword=${secret}`, 'refused'],
    ['is for a name with a slip', `Pasword=${secret}`, 'refused'],
  ])('tells no secret that %s', async (_, parameters, result) => {
    const run = makeProject()
    const echo: Rules['rewrite'] = ({ operation }, answer) =>
      operation === 'DescribeStackEvents' ? withReason(answer, secret) : undefined
    const { outputs, told } = await run({ parameters, only: 'one' }, { rewrite: echo })
    expect(outputs.result).toBe(result)
    expect(told.replaceAll(/^::add-mask::.*$/gm, '')).not.toMatch(/CANARY|"CAN"/)
  })
})
