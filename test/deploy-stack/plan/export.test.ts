import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { readInputs } from '../../../actions/deploy-stack/inputs.ts'
import { listExportChecks, verifyExports } from '../../../actions/deploy-stack/plan/export.ts'
import { planStacks } from '../../../actions/deploy-stack/plan/plan.ts'

const place = { prefix: 'ddn', account: '111122223333', region: 'ap-northeast-2' }
const other = parseTemplate('Resources: {T: {Type: AWS::SNS::Topic}}', 'b.yml')

/** The checks for a deployed stack that exports `ddn-vpc` with the value `v`, and gets other outputs. */
function checksOf(outputs: string, { parameters = '', more = '', stacks = 'app: {template: a.yml}' } = {}) {
  const graph = parseGraph(`stacks: {${stacks}}`, 'stacks.yml')
  const declared = 'Parameters: {Vpc: {Type: String}, Key: {Type: String, NoEcho: true}}'
  const body = `${declared}\nResources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {${outputs}}\n${more}`
  const templates = new Map(
    [...graph.keys()].map((key) => [key, key === 'app' ? parseTemplate(body, 'a.yml') : other]),
  )
  const steps = planStacks(graph, templates, readInputs({ stacks: 's', prefix: 'ddn', parameters }))
  const stack = {
    parameters: new Map([
      ['Vpc', 'v'],
      ['Key', '****'],
    ]),
    outputs: new Map([['Vpc', 'v']]),
    exports: ['ddn-vpc'],
  }
  return listExportChecks(steps, place, new Map([['app', stack]]))
}

const exported = (value: string, more = '') => `Vpc: {Value: ${value}, Export: {Name: ddn-vpc}${more}}`

describe('an export', () => {
  it.each([
    ['removed', '', {}],
    ['removed', 'Vpc: {Value: v}', {}],
    ['removed', exported('v', ', Condition: Never'), { more: 'Conditions: {Never: !Equals [a, b]}' }],
    ['changed', exported('w'), {}],
    ['changed', exported('!Ref Vpc'), { parameters: 'Vpc=w' }],
  ])('is %s by the outputs {%s}', (change, outputs, options) => {
    expect(checksOf(outputs, options)).toMatchObject([{ stackName: 'ddn-app', name: 'ddn-vpc', change }])
  })

  it.each([
    ['its value is the same', exported('!Ref Vpc'), {}],
    ['only the deployment tells its value', exported('!Ref T'), {}],
    ['its value is hidden', exported('!Ref Key'), {}],
    ['only the deployment tells its name', 'Vpc: {Value: v, Export: {Name: !Ref T}}', {}],
    ['a macro may make it', '', { more: 'Transform: Mine' }],
    [
      'only the deployment tells whether it is there',
      exported('w', ', Condition: C'),
      { more: 'Conditions: {C: !Equals [!Ref AWS::Partition, aws]}' },
    ],
  ])('is not judged where %s', (_, outputs, options) => {
    expect(checksOf(outputs, options)).toEqual([])
  })
})

describe('an export that is imported', () => {
  const verify = (users: readonly string[] | undefined, stacks?: string) =>
    verifyExports(checksOf('', stacks === undefined ? {} : { stacks }), {
      imports: new Map(users ? [['ddn-vpc', users]] : []),
    })

  it('stays', () => {
    expect(() => verify(['ddn-api', 'other'])).toThrow(
      'ddn-app: its export ddn-vpc would be removed, and is imported by ddn-api, other; keep it, or deploy what imports it without the import first',
    )
    expect(() => verify([])).not.toThrow()
    expect(() => verify(undefined)).not.toThrow()
  })

  it('may go after the stacks that give it up', () => {
    const between = 'app: {template: a.yml, depends-on: [mid]}, mid: {template: b.yml, depends-on: [api]}'
    const stacks = `${between}, api: {template: b.yml}`
    expect(() => verify(['ddn-api'], stacks)).not.toThrow()
    expect(() => verify(['ddn-api', 'other'], stacks)).toThrow('imported by other;')
    expect(() => verify(['ddn-api'], 'app: {template: a.yml}, api: {template: b.yml}')).toThrow('ddn-api')
  })
})
