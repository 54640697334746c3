import { describe, expect, it } from 'vitest'
import { emptyStacks, findStack } from '../fakes/cloudformation.ts'
import { runDeployment, statusOf } from '../fixtures/deployment.ts'

const topic = { Type: 'AWS::SNS::Topic' }
const app = (more: object) => JSON.stringify({ Resources: { Topic: topic }, ...more })
const stacks = `stacks:
  base: {template: base.json}
  app: {template: app.json, depends-on: [base]}
`
const filesOf = (base: object, more: object, graph = stacks) => ({
  'stacks.yml': graph,
  'base.json': app(base),
  'app.json': app(more),
})
const modes = ['deploy', 'preview', 'review'].flatMap((mode) => [{ mode }, { mode, 'dry-run': 'true' }])

describe('what CloudFormation would refuse in the second stack', () => {
  it.each(modes)('is told before the first changes, where that keeps a value: %j', async (inputs) => {
    const account = emptyStacks()
    const value = { Type: 'String' }
    const first = filesOf({}, { Parameters: { V: value } })
    await runDeployment(account, { files: first, inputs: { mode: 'deploy', parameters: 'V=dev' } })
    const before = findStack(account, 'ddn-base')?.template
    const next = filesOf(
      { Resources: { Topic: topic, Other: topic } },
      { Parameters: { V: { ...value, AllowedValues: ['prod'] } } },
    )
    await expect(runDeployment(account, { files: next, inputs })).rejects.toThrow(
      'parameters: app.V: expected one of prod, got "dev", which the stack has now; give app.V=… in the input parameters',
    )
    expect(findStack(account, 'ddn-base')?.template).toBe(before)
    expect(account.changeSets.size).toBe(0)
  })

  it('is told before the first changes, where what a stack keeps makes the names of a loop', async () => {
    const account = emptyStacks()
    const Parameters = { Names: { Type: 'CommaDelimitedList' } }
    const given = { mode: 'deploy', parameters: 'Names=a,b-c' }
    await runDeployment(account, { files: filesOf({}, { Parameters }), inputs: given })
    const Resources = { 'Fn::ForEach::T': ['Name', { Ref: 'Names' }, { 'Topic${Name}': topic }] }
    const next = filesOf({}, { Transform: 'AWS::LanguageExtensions', Parameters, Resources })
    await expect(runDeployment(account, { files: next, inputs: { mode: 'preview' } })).rejects.toThrow(
      'app.json: Resources: expected names of up to 255 letters and digits, got "Topicb-c"; rename it',
    )
  })

  const outputs = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`O${at}`, { Value: 'x' }]))
  const long = stacks.replace('[base]', `[base], stack-name: '\${prefix}-${'n'.repeat(125)}'`)

  it.each([
    [
      'too many outputs',
      filesOf({}, { Outputs: outputs }),
      'app.json: Outputs: expected at most 200, got 201',
    ],
    ['a name', filesOf({}, { Resources: { 'my-topic': topic } }), 'got "my-topic"; rename it'],
    ['the name of the stack', filesOf({}, {}, long), 'stacks.app.stack-name: expected a name of up to 128'],
    [
      'a tag',
      filesOf({}, {}, stacks.replace('[base]', "[base], tags: {'aws:x': y}")),
      'stacks.app.tags.aws:x: expected a key without the prefix',
    ],
  ])('is told before the first call: %s', async (_, files, message) => {
    const account = emptyStacks()
    const calls: string[] = []
    const onCall = (name: string) => calls.push(name)
    for (const inputs of modes)
      await expect(runDeployment(account, { files, inputs, onCall })).rejects.toThrow(message)
    expect(calls).toEqual([])
    expect(statusOf(account, 'ddn-base')).toBeUndefined()
  })
})
