import { expect, it } from 'vitest'
import { guardStack } from '../../../actions/deploy-stack/apply/guards.ts'

async function guard(settings: object, before: { isProtected: boolean } | undefined, policy?: string) {
  const calls: unknown[] = []
  const stackGuards = {
    setTerminationProtection: async (...call: unknown[]) => void calls.push(call),
    readPolicy: async () => policy,
    setPolicy: async (...call: unknown[]) => void calls.push(call),
  }
  const context = { connections: { stackGuards }, log: { info: () => {} } }
  await guardStack({ stackName: 'ddn-a', settings } as never, before, context as never)
  return calls
}

it.each([
  ['nothing that is not said', {}, { isProtected: true }, '{}', []],
  ['protection', { terminationProtection: true }, { isProtected: false }, undefined, [['ddn-a', true]]],
  ['protection of a new stack', { terminationProtection: true }, undefined, undefined, [['ddn-a', true]]],
  [
    'an end of protection',
    { terminationProtection: false },
    { isProtected: true },
    undefined,
    [['ddn-a', false]],
  ],
  ['no end of protection of a new stack', { terminationProtection: false }, undefined, undefined, []],
  ['no protection that is there', { terminationProtection: true }, { isProtected: true }, undefined, []],
  ['a policy', { policy: '{}' }, undefined, undefined, [['ddn-a', '{}']]],
  ['another policy', { policy: '{}' }, undefined, '{"Statement": []}', [['ddn-a', '{}']]],
  ['no policy that is there', { policy: '{}' }, undefined, '{}', []],
])('sets %s', async (_, settings, before, policy, calls) => {
  expect(await guard(settings, before, policy)).toEqual(calls)
})
