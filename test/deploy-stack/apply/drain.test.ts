import { expect, it } from 'vitest'
import { drainCapacity } from '../../../actions/deploy-stack/apply/drain.ts'
import { AwsUserError } from '../../../lib/aws/errors.ts'

const resources = [{ physicalId: 'main', type: 'AWS::ECS::Cluster' }]

/** Drains a cluster whose services cannot be stopped, and returns the warnings. */
async function drain(error: Error): Promise<string[]> {
  const warnings: string[] = []
  const stopServices = async () => {
    throw error
  }
  const context = {
    ...{ deadline: 1000, clock: { now: () => 0, sleep: async () => {} } },
    ...{ connections: { capacityDrain: { stopServices } }, signal: new AbortController().signal },
    log: { info: () => {}, warning: (text: string) => warnings.push(text) },
  }
  await drainCapacity(resources, context as never)
  return warnings
}

// ECS denies with status 400.
it('only warns where the role may not drain', async () => {
  const cause = Object.assign(new Error('no'), { $metadata: { httpStatusCode: 400 } })
  const denied = new AwsUserError('ecs:ListServices: denied', cause, 'AccessDeniedException')
  expect(await drain(denied)).toEqual([
    'ecs:ListServices: denied: the deletion may wait for instances longer than they need',
  ])
})

it('fails where the credentials have ended', async () => {
  const cause = Object.assign(new Error('no'), { $metadata: { httpStatusCode: 403 } })
  const expired = new AwsUserError('ecs:ListServices: not valid', cause, 'ExpiredTokenException')
  await expect(drain(expired)).rejects.toThrow('not valid')
})
