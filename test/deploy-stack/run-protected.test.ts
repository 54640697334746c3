import { expect, it } from 'vitest'
import { emptyStacks, findStack } from '../fakes/cloudformation.ts'
import { runDeployment } from '../fixtures/deployment.ts'
import { template } from '../fixtures/three-stacks.ts'

const both = template({ First: 'AWS::SSM::Parameter', Files: 'AWS::S3::Bucket' })
const one = template({ First: 'AWS::SSM::Parameter' })
const plain = 'stacks: {a: {template: a.json}}'

const run = async (
  account: ReturnType<typeof emptyStacks>,
  body: string,
  { stacks = plain, inputs = {} }: { stacks?: string; inputs?: Record<string, string> } = {},
) => await runDeployment(account, { files: { 'stacks.yml': stacks, 'a.json': body }, inputs })

it('refuses to delete what holds data, changes nothing, and goes on where that is allowed', async () => {
  const account = emptyStacks()
  await run(account, both)
  const refused = await run(account, one)
  expect(refused.outputs.result).toBe('refused')
  expect(refused.failure).toContain('ddn-a: Files (AWS::S3::Bucket) would be deleted; it holds data')
  expect(account.changeSets.size).toBe(0)
  const previewed = await run(account, one, { inputs: { mode: 'preview' } })
  expect(previewed.summary).toContain('**A deployment would be refused**: Files')
  expect((await run(account, one, { inputs: { allow: 'a.Files' } })).outputs.result).toBe('changed')
})

it('refuses it also where it was reviewed, unless it is allowed when the review is executed', async () => {
  const account = emptyStacks()
  await run(account, both)
  const { review = '' } = (await run(account, one, { inputs: { mode: 'review' } })).outputs
  const inputs = { mode: 'execute', review }
  const refused = await run(account, one, { inputs })
  expect(refused.failure).toContain('ddn-a: Files (AWS::S3::Bucket) would be deleted; it holds data')
  expect([...(findStack(account, 'ddn-a')?.existing.keys() ?? [])]).toEqual(['First', 'Files'])
  const allowed = await run(account, one, { inputs: { ...inputs, allow: 'a.Files' } })
  expect(allowed.outputs.result).toBe('changed')
})

it('destroys no protected stack', async () => {
  const account = emptyStacks()
  const stacks = 'stacks: {a: {template: a.json, protect: true}}'
  await run(account, one, { stacks })
  const inputs = { mode: 'destroy', confirm: 'ddn' }
  await expect(run(account, one, { stacks, inputs })).rejects.toThrow('ddn-a: stacks.yml protects the stack')
  expect(account.stacks).toHaveLength(1)
})
