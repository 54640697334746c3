import { expect, it } from 'vitest'
import { noSettings } from '../../../actions/deploy-stack/graph/stack-settings.ts'
import { resolveParameters } from '../../../actions/deploy-stack/plan/parameter.ts'
import type { Source } from '../../../actions/deploy-stack/plan/plan.ts'

const resolve = async (
  source: Source,
  given: Record<string, string> = {},
  outputs: Record<string, string> = {},
) => {
  const template = {
    path: '',
    body: '',
    parameters: new Map(),
    warnings: [],
    constraints: [],
    sections: {},
    isTransformed: false,
    nested: [],
    folders: [],
  }
  const parameters = new Map([['A', source]])
  const step = {
    key: 'app',
    stackName: 'ddn-app',
    template,
    assets: new Map(),
    parameters,
    after: [],
    adoptions: [],
    capabilities: [],
    settings: noSettings,
  }
  const stack = {
    ...{
      name: '',
      arn: '',
      status: '',
      statusReason: '',
      outputs: new Map(),
      tags: new Map(),
      isProtected: false,
      changeSetArn: '',
      exports: [],
      operationIds: [],
    },
    parameters: new Map(Object.entries(given)),
  }
  const resolved = await resolveParameters(step, stack, {
    settings: { prefix: 'ddn', account: '1', region: 'r', toolkitBucket: 'b' },
    outputsOf: async () => new Map(Object.entries(outputs)),
    isPaused: (cluster, service) => cluster === 'ddn-c' && service === 's-ddn',
    assetKey: (asset) => `key of ${asset}`,
  })
  return Object.fromEntries(resolved)
}

const paused = (cluster: string): Source => ({
  kind: 'value',
  value: [{ kind: 'paused', cluster, service: 's-${prefix}' }],
})

it.each<[string, Source, Record<string, string>, object]>([
  [
    'the value that the stack has',
    { kind: 'previous-or-default', hasDefault: true },
    { A: 'x' },
    { A: undefined },
  ],
  ['the default', { kind: 'previous-or-default', hasDefault: true }, {}, {}],
  ['the bucket of an asset', { kind: 'asset', asset: 'Code', part: 'bucket' }, {}, { A: 'b' }],
  ['the key of an asset', { kind: 'asset', asset: 'Code', part: 'key' }, {}, { A: 'key of Code' }],
  ['whether a service is paused', paused('${prefix}-c'), {}, { A: 'true' }],
  ['whether another one is', paused('c'), {}, { A: 'false' }],
])('resolves a parameter to %s', async (_, source, given, expected) => {
  expect(await resolve(source, given)).toEqual(expected)
})

it('puts pieces one behind the other', async () => {
  const value = [
    { kind: 'text' as const, text: 'x-' },
    { kind: 'setting' as const, name: 'region' as const },
    { kind: 'output' as const, stack: 'base', output: 'Out' },
  ]
  expect(await resolve({ kind: 'value', value }, {}, { Out: '-y' })).toEqual({ A: 'x-r-y' })
})

it.each([
  [{}, 'none'],
  [{ One: '1', Two: '2' }, 'One, Two'],
])('refuses an output that a stack does not have: it has %j', async (outputs, names) => {
  const value = [{ kind: 'output' as const, stack: 'base', output: 'Out' }]
  await expect(resolve({ kind: 'value', value }, {}, outputs)).rejects.toThrow(
    `stacks: the stack "base" has no output "Out"; it has ${names}`,
  )
})

it('refuses a parameter without value', async () => {
  await expect(resolve({ kind: 'previous-or-default', hasDefault: false })).rejects.toThrow(
    'parameters: app needs "A"; give A=… in the input parameters',
  )
})
