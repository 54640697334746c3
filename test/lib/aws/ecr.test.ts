import { expect, it } from 'vitest'
import { makeEcr } from '../../../lib/aws/ecr.ts'
import { sendJson, startAws } from '../../fixtures/aws-server.ts'

const repository = { repositoryName: 'app', repositoryUri: 'host/app', imageTagMutability: 'MUTABLE' }
const creation = { immutable: false, scanOnPush: false, lifecyclePolicy: '{"rules":[]}' }

/** Starts ECR with a repository that another run, or a call whose answer was lost, has made already. */
async function startEcr(hasPolicy: boolean) {
  const { calls, config } = await startAws(({ operation }, response) => {
    if (operation === 'CreateRepository')
      return sendJson(response, 400, { __type: 'RepositoryAlreadyExistsException' })
    if (operation === 'DescribeRepositories') return sendJson(response, 200, { repositories: [repository] })
    if (operation === 'GetLifecyclePolicy' && !hasPolicy)
      return sendJson(response, 400, { __type: 'LifecyclePolicyNotFoundException' })
    return sendJson(response, 200, {})
  })
  return { ecr: makeEcr(config), calls, operations: () => calls.map(({ operation }) => operation) }
}

it('gives a repository that is there already the lifecycle policy that it lacks', async () => {
  const { ecr, calls, operations } = await startEcr(false)
  expect((await ecr.create('app', creation)).uri).toBe('host/app')
  expect(operations()).toEqual([
    'CreateRepository',
    'DescribeRepositories',
    'GetLifecyclePolicy',
    'PutLifecyclePolicy',
  ])
  expect(JSON.parse(calls.at(-1)?.body ?? '')).toEqual({
    repositoryName: 'app',
    lifecyclePolicyText: creation.lifecyclePolicy,
  })
})

it('leaves a repository the lifecycle policy that it has', async () => {
  const { ecr, operations } = await startEcr(true)
  await ecr.ensureLifecyclePolicy('app', creation.lifecyclePolicy)
  expect(operations()).toEqual(['GetLifecyclePolicy'])
})
