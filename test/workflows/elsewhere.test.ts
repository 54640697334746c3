import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { makeRepository, placeActions, runAct } from '../fixtures/act.ts'
import { localAws } from '../local-aws.ts'

it('deploys the stacks that the action brings to a repository that has none', async () => {
  const { env, config, account, region } = localAws()
  const workflow = 'test/workflows/elsewhere.yml'
  const repository = await makeRepository({ workflows: [workflow], actions: [] })
  const brought = placeActions(['deploy-stack'], ['cloudformation', 'lambda'])
  const stdout = await runAct(
    repository,
    { event: 'workflow_dispatch', brought: { workflow, folder: brought } },
    env,
  )
  expect(stdout).toContain('brought by the action, since the workspace has no cloudformation/stacks.yml')
  const Bucket = `ddn-in-${account}-${region}`
  expect(stdout).toContain(Bucket)
  await new S3Client({ ...config, forcePathStyle: true }).send(new HeadBucketCommand({ Bucket }))
})
