import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { readInputs } from '../../../actions/deploy-stack/inputs.ts'
import { verifyKnownParameters } from '../../../actions/deploy-stack/plan/known-parameters.ts'
import { planStacks } from '../../../actions/deploy-stack/plan/plan.ts'

const base = parseTemplate('Resources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {Out: {Value: x}}', 'base.yml')
const place = { prefix: 'ddn', account: '111122223333', region: 'ap-northeast-2' }

type Case = { value?: string; kept?: string; out?: string; only?: string }

/** Verifies the parameter V of the stack app, which has a rule, and maybe a value in stacks.yml or in the account. */
function verify(rule: string, { value, kept, out, only = 'app' }: Case) {
  const entry = value === undefined ? '' : `, parameters: {V: '${value}'}`
  const graph = parseGraph(
    `stacks: {base: {template: base.yml}, app: {template: app.yml${entry}}}`,
    'stacks.yml',
  )
  const app = parseTemplate(`Parameters: {V: {${rule}}}\nResources: {T: {Type: AWS::SNS::Topic}}`, 'app.yml')
  const templates = new Map([
    ['base', base],
    ['app', app],
  ])
  const steps = planStacks(graph, templates, readInputs({ stacks: 'stacks.yml', prefix: 'ddn', only }))
  const stack = (parameters: [string, string][], outputs: [string, string][]) => ({
    parameters: new Map(parameters),
    outputs: new Map(outputs),
  })
  const deployed = new Map([
    ...(kept === undefined ? [] : [['app', stack([['V', kept]], [])] as const]),
    ...(out === undefined ? [] : [['base', stack([], [['Out', out]])] as const]),
  ])
  return () => verifyKnownParameters(steps, place, deployed)
}

const prod = 'Type: String, AllowedValues: [prod]'

describe('a value that a stack keeps', () => {
  it.each([
    [prod, 'dev', 'expected one of prod, got "dev"'],
    ['Type: Number', 'dev', 'expected a number, got "dev"'],
    ['Type: AWS::EC2::VPC::Id', 'dev', 'expected an id such as vpc-0123abcd, got "dev"'],
    [`${prod}, NoEcho: true`, 'dev', 'expected one of prod, got another value'],
    [`${prod}, Default: prod`, 'dev', 'expected one of prod, got "dev"'],
  ])('is refused by a new rule: %s', (rule, kept, fault) => {
    expect(verify(rule, { kept })).toThrow(
      `parameters: app.V: ${fault}, which the stack has now; give app.V=… in the input parameters`,
    )
  })

  it.each([
    [prod, 'prod'],
    // Hidden, and the name of a parameter in SSM.
    [prod, '****'],
    ['Type: AWS::SSM::Parameter::Value<Number>', 'not a name'],
  ])('is taken where it fits, or is not known: %s, %s', (rule, kept) => {
    expect(verify(rule, { kept })).not.toThrow()
  })

  it('does not count where another is given', () => {
    expect(verify(prod, { kept: 'dev', value: 'prod' })).not.toThrow()
  })
})

it('refuses a default that its own rule refuses, where it is used', () => {
  const rule = `${prod}, Default: dev`
  expect(verify(rule, {})).toThrow(
    'parameters: app.V: expected one of prod, got "dev", which is its default; give app.V=… in the input parameters',
  )
  expect(verify(rule, { kept: 'prod' })).not.toThrow()
})

describe('a value that references stand for', () => {
  it('is refused where it is known', () => {
    expect(verify(prod, { value: 'x-${prefix}' })).toThrow(
      /^parameters: app\.V: expected one of prod, got "x-ddn"$/,
    )
    expect(verify(prod, { value: '${base.Out}', out: 'dev' })).toThrow(
      /^parameters: app\.V: expected one of prod, got "dev"$/,
    )
  })

  it('is left to the deployment where that may change it', () => {
    expect(verify(prod, { value: '${base.Out}', out: 'dev', only: '' })).not.toThrow()
    expect(verify(prod, { value: '${base.Out}' })).not.toThrow()
  })
})
