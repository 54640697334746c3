import { expect, it } from 'vitest'
import { emptyStacks } from '../../fakes/cloudformation.ts'
import type { FakeRepositories } from '../../fakes/image-tags.ts'
import { runDeployment } from '../../fixtures/deployment.ts'
import { trouble } from '../../fixtures/three-stacks.ts'

const [one = '', two = '', three = ''] = ['1', '2', '3'].map((digit) => `sha256:${digit.repeat(64)}`)
const files = {
  'stacks.yml': 'stacks: {service: {template: service.json}}',
  'service.json': JSON.stringify({
    Parameters: { ImageUri: { Type: 'String' } },
    Resources: { Server: { Type: 'AWS::ECS::Service', Properties: { Image: { Ref: 'ImageUri' } } } },
  }),
}

const start = (tags: Record<string, string> = {}) => {
  const account = emptyStacks()
  const app = { digests: [one, two, three], tags: new Map(Object.entries(tags)) }
  const repositories: FakeRepositories = new Map([['team/app', app]])
  const deploy = async (image?: string, inputs: Record<string, string> = {}) => {
    const parameters =
      image === undefined ? '' : `ImageUri=${image.includes('/') ? image : `registry.test/team/app@${image}`}`
    return await runDeployment(account, {
      files,
      repositories,
      inputs: { mode: 'deploy', parameters, ...inputs },
    })
  }
  return { account, deploy, tags: () => Object.fromEntries(app.tags) }
}

it('tags the image that runs, and the one before', async () => {
  const { deploy, tags } = start()
  const { lines } = await deploy(one)
  expect(tags()).toEqual({ 'ddn-running': one })
  expect(lines).toContain(`team/app: ddn-running is ${one}`)
  await deploy(two)
  expect(tags()).toEqual({ 'ddn-running': two, 'ddn-previous': one })
  await deploy(two)
  expect(tags()).toEqual({ 'ddn-running': two, 'ddn-previous': one })
  await deploy(one)
  expect(tags()).toEqual({ 'ddn-running': one, 'ddn-previous': two })
})

it('tags an image that has a tag beside its digest', async () => {
  const { deploy, tags } = start()
  expect((await deploy(`registry.test/team/app:v1@${one}`)).outputs.result).toBe('created')
  expect(tags()).toEqual({ 'ddn-running': one })
})

it('completes what an interrupted run left, also where nothing else changes', async () => {
  const { account, deploy, tags } = start()
  await deploy(one)
  await deploy(two)
  const again = start({ 'ddn-running': one, 'ddn-previous': one })
  again.account.stacks.push(...account.stacks)
  expect((await again.deploy()).outputs.result).toBe('no-changes')
  expect(again.tags()).toEqual({ 'ddn-running': two, 'ddn-previous': one })
  expect(tags()).toEqual(again.tags())
})

it('leaves the tags where a deployment fails, or is a preview', async () => {
  const { account, deploy, tags } = start()
  await deploy(one)
  await deploy(two, { mode: 'preview' })
  trouble(account, 'Server', { at: 'update', reason: 'no room' })
  expect((await deploy(two)).outputs.result).toBe('rolled-back')
  expect(tags()).toEqual({ 'ddn-running': one })
})

it.each([
  [`elsewhere.test/team/app@${one}`, 'elsewhere.test/team/app is no repository of this account and region'],
  [`elsewhere.test/team__two/app:v1@${one}`, 'elsewhere.test/team__two/app is no repository'],
  [`elsewhere.test/a@${one}`, 'elsewhere.test/a is no repository'],
  [`registry.test/other@${one}`, 'registry.test/other is no repository of this account and region'],
  [`111122223333.dkr.ecr.us-east-1.amazonaws.com/team/app@${one}`, 'is no repository of this account'],
])('skips %s', async (image, line) => {
  const { deploy, tags } = start()
  const { lines, outputs } = await deploy(image)
  expect(outputs.result).toBe('created')
  expect(lines).toContainEqual(expect.stringContaining(line))
  expect(tags()).toEqual({})
})

it.each(['dkr.ecr.ap-northeast-2.amazonaws.com', 'dkr-ecr.ap-northeast-2.on.aws'])(
  "knows its own repository by ECR's host %s",
  async (host) => {
    const { deploy, tags } = start()
    await deploy(`111122223333.${host}/team/app@${one}`)
    expect(tags()).toEqual({ 'ddn-running': one })
  },
)

it('warns where the tags cannot move, and fails with a sentence where the image is gone', async () => {
  const fixed = start()
  const { warnings } = await fixed.deploy(one, { prefix: 'fixed' })
  expect(warnings).toEqual([expect.stringContaining('team/app: its tags are immutable')])
  expect(fixed.tags()).toEqual({})
  const gone = `sha256:${'9'.repeat(64)}`
  const { failure } = await start().deploy(gone)
  expect(failure).toContain(`ddn-service: repository team/app: expected the image ${gone}, got none`)
})
