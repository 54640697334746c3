import { expect, it } from 'vitest'
import { AwsUserError } from '../../lib/aws/errors.ts'
import { emptyStacks } from '../fakes/cloudformation.ts'
import { complete, deploy, statuses } from '../fixtures/three-stacks.ts'

const denied = (action: string) => {
  const cause = Object.assign(new Error('no'), { $metadata: { httpStatusCode: 403 } })
  return new AwsUserError(`iam:${action}: denied`, cause, 'AccessDenied')
}

/** Roles that are seen after some looks; `refused` names calls that are denied. */
function makeRoles({ looks = 0, there = false, refused = [] as string[] } = {}) {
  const calls: string[] = []
  let left = looks
  const answer = (action: string, what: string) => {
    calls.push(`${action} ${what}`)
    if (refused.includes(action)) throw denied(action)
  }
  return {
    calls,
    exists: async (role: string) => {
      answer('GetRole', role)
      const isCreated = calls.some((call) => call.startsWith('Create'))
      return there || (isCreated && left-- <= 0)
    },
    create: async (service: string) => {
      answer('CreateServiceLinkedRole', service)
      return 'AWSServiceRoleForECS'
    },
  }
}

const look = 'GetRole AWSServiceRoleForECS'
const create = 'CreateServiceLinkedRole ecs.amazonaws.com'

it.each([
  ['creates none that is there', { there: true }, [look], []],
  ['waits until a new one is seen', { looks: 2 }, [look, create, look, look, look], []],
  [
    'warns where it may not create one',
    { refused: ['CreateServiceLinkedRole'] },
    [look, create],
    ['iam:CreateServiceLinkedRole: denied'],
  ],
  ['creates one where it may not look', { refused: ['GetRole'] }, [look, create], []],
  [
    'warns where it may do neither',
    { refused: ['GetRole', 'CreateServiceLinkedRole'] },
    [look, create],
    ['iam:CreateServiceLinkedRole: denied'],
  ],
])('%s, and deploys', async (_, options, calls, warnings) => {
  const account = emptyStacks()
  const serviceLinkedRoles = makeRoles(options)
  const ended = await deploy(account, { serviceLinkedRoles })
  expect(statuses(account)).toEqual(complete)
  expect(serviceLinkedRoles.calls).toEqual(calls)
  expect(ended.warnings).toEqual(
    warnings.map(
      (text) => `service-linked role of ecs.amazonaws.com: ${text}; if the account lacks it, a stack fails`,
    ),
  )
})

it('fails with what is no denial', async () => {
  const serviceLinkedRoles = { ...makeRoles(), exists: () => Promise.reject(new Error('broken')) }
  await expect(deploy(emptyStacks(), { serviceLinkedRoles })).rejects.toThrow('broken')
  expect(serviceLinkedRoles.calls).toEqual([])
})

it('waits a minute for a role at most', async () => {
  const account = emptyStacks()
  const { warnings, seconds } = await deploy(account, { serviceLinkedRoles: makeRoles({ looks: 10_000 }) })
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('role AWSServiceRoleForECS')
  expect(seconds).toBeLessThan(120)
  expect(statuses(account)).toEqual(complete)
})
