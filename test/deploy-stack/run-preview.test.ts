import { describe, expect, it } from 'vitest'
import { emptyStacks, findStack } from '../fakes/cloudformation.ts'
import { type DeploymentOptions, runDeployment } from '../fixtures/deployment.ts'

const base = (outputs: object) =>
  JSON.stringify({ Resources: { Vpc: { Type: 'AWS::EC2::VPC' } }, Outputs: outputs })
const app = (parameter: object, resources = ['Rule']) =>
  JSON.stringify({
    Parameters: { Name: { Type: 'String', ...parameter } },
    Resources: Object.fromEntries(
      resources.map((id) => [id, { Type: 'AWS::SSM::Parameter', Properties: { Value: { Ref: 'Name' } } }]),
    ),
  })
const together =
  "stacks: {base: {template: base.json}, app: {template: app.json, parameters: {Name: '${base.Name}'}}}"
const run = async (
  account: ReturnType<typeof emptyStacks>,
  files: Record<string, string>,
  options: Partial<DeploymentOptions> = {},
) => await runDeployment(account, { ...options, files: { 'base.json': base({}), ...files } })
const preview = { inputs: { mode: 'preview' } }
const pattern = { AllowedPattern: '[a-z]+' }

/** An account with the stack `app` alone, or with an older `base` beside it. */
async function deployApp(parameter: object, before = 'stacks: {app: {template: app.json}}') {
  const account = emptyStacks()
  const { failure } = await run(account, { 'stacks.yml': before, 'app.json': app(parameter) })
  expect(failure).toBeUndefined()
  return account
}

describe('a value that is not known yet', () => {
  it('is that which the stack has, in a preview, whatever the template asks of it', async () => {
    const account = await deployApp({ ...pattern, Default: 'x' })
    const files = {
      'stacks.yml': together,
      'base.json': base({ Name: { Value: 'y' } }),
      'app.json': app(pattern),
    }
    const { outputs, summary, report } = await run(account, files, preview)
    expect(outputs).toMatchObject({ result: 'previewed', changes: '1' })
    expect(summary).toContain(
      '- parameter Name: not known before base.Name is deployed; compared with the value',
    )
    expect(report).toMatchObject({ stacks: [{}, { unknown: [expect.stringContaining('base.Name')] }] })
    expect(account.changeSets.size).toBe(0)
  })

  it('may be an output that a stack gets with the deployment', async () => {
    const both = 'stacks: {base: {template: base.json}, app: {template: app.json}}'
    const account = await deployApp({ Default: 'x' }, both)
    const files = { 'stacks.yml': together, 'base.json': base({ Name: { Value: 'y' } }), 'app.json': app({}) }
    const { outputs, summary } = await run(account, files, preview)
    expect(outputs.result).toBe('previewed')
    expect(summary).toContain('- output: add Name')
  })

  it('of a new parameter leaves the texts of templates to compare', async () => {
    const deployed = async (Type: string) => {
      const account = emptyStacks()
      const old = JSON.stringify({ Resources: { Old: { Type: 'AWS::SNS::Topic' }, Rule: { Type } } })
      await run(account, { 'stacks.yml': 'stacks: {app: {template: app.json}}', 'app.json': old })
      return account
    }
    const account = await deployed('AWS::SSM::Parameter')
    const files = {
      'stacks.yml': together,
      'base.json': base({ Name: { Value: 'y' } }),
      'app.json': app(pattern, ['Rule', 'New']),
    }
    const { outputs, summary } = await run(account, files, preview)
    expect(outputs).toMatchObject({ result: 'previewed', changes: '4' })
    expect(summary).toContain('compared by the texts of the templates, since Name has no value yet')
    const kinds = ['| Modify | Rule |', '| **Remove** | Old |', '| Add | New |']
    for (const kind of kinds) expect(summary).toContain(kind)
    const denied = await run(account, files, {
      ...preview,
      onCall: (name) => {
        if (name === 'readTemplate') throw Object.assign(new Error('no'), { name: 'AccessDenied' })
      },
    })
    expect(denied.outputs.changes).toBe('3')
    expect(denied.summary).toContain('compared by the names of resources alone, since Name has no value yet')
    expect(denied.summary).not.toContain('| Rule |')
    const refused = await run(await deployed('AWS::SNS::Topic'), files, preview)
    expect(refused.outputs.result).toBe('validation-failed')
    expect(refused.failure).toContain('Rule from AWS::SNS::Topic to AWS::SSM::Parameter')
  })

  it('leaves open which resources a new stack makes, and says on what that depends', async () => {
    const body = {
      ...JSON.parse(app({}, ['Rule', 'Sure'])),
      Conditions: { IsY: { 'Fn::Equals': [{ Ref: 'Name' }, 'y'] } },
    }
    body.Resources.Rule.Condition = 'IsY'
    const files = {
      'stacks.yml': together,
      'base.json': base({ Name: { Value: { 'Fn::GetAtt': ['Vpc', 'VpcId'] } } }),
      'app.json': JSON.stringify(body),
    }
    const { summary } = await run(emptyStacks(), files, preview)
    expect(summary).toContain('| Add | Rule, if IsY |')
    expect(summary).toContain('| Add | Sure |')
  })

  it('leaves hidden values open, and never shows one', async () => {
    const old = { Resources: { Rule: { Type: 'AWS::SNS::Topic' } } }
    const account = emptyStacks()
    const alone = 'stacks: {app: {template: app.json}}'
    await run(account, { 'stacks.yml': alone, 'app.json': JSON.stringify(old) })
    const hidden = (Default: string) => ({ Type: 'String', NoEcho: true, Default })
    const Parameters = {
      ...{ Name: { Type: 'String' }, Open: { Type: 'String', Default: 'plain' } },
      ...{ Given: hidden('default-1'), Kept: hidden('default-2') },
    }
    const Properties = { DisplayName: { 'Fn::Sub': '${Name} ${Open} ${Given} ${Kept}' } }
    const body = { Parameters, Resources: { Rule: { Type: 'AWS::SNS::Topic', Properties } } }
    const files = {
      'stacks.yml': together,
      'base.json': base({ Name: { Value: 'y' } }),
      'app.json': JSON.stringify(body),
    }
    const inputs = { mode: 'preview', parameters: 'app.Given=secret-1' }
    const { summary, report, lines } = await run(account, files, { inputs })
    expect(summary).toContain('Given: it is hidden, and whether it changes is not known')
    expect(summary).not.toContain('Kept: it is hidden')
    expect(JSON.stringify([summary, report, lines])).not.toMatch(/secret-1|default-[12]/)
  })

  it('is told of in a deployment, which has it', async () => {
    const account = await deployApp({ ...pattern, Default: 'x' })
    const files = {
      'stacks.yml': together,
      'base.json': base({ Name: { Value: 'y' } }),
      'app.json': app(pattern),
    }
    expect((await run(account, files)).failure).toBeUndefined()
    expect(findStack(account, 'ddn-app')?.template?.parameters.get('Name')).toBe('y')
  })
})

it('says that nothing would change', async () => {
  const account = await deployApp({ Default: 'x' })
  const files = { 'stacks.yml': 'stacks: {app: {template: app.json}}', 'app.json': app({ Default: 'x' }) }
  const { outputs, summary } = await run(account, files, preview)
  expect(outputs).toMatchObject({ result: 'previewed', changes: '0' })
  expect(summary).toContain('**Nothing would change.**')
})

it('shows tags that would change', async () => {
  const account = await deployApp({ Default: 'x' })
  const files = {
    'stacks.yml': 'stacks: {app: {template: app.json, tags: {Team: b}}}',
    'app.json': app({ Default: 'x' }),
  }
  const { summary } = await run(account, files, preview)
  expect(summary).toContain('- tag Team: none → b')
})
