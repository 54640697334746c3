import { beforeAll, expect, it } from 'vitest'
import { pushServiceImage, runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

const account = localAws()
const run = (inputs: Record<string, string>) =>
  runIn(account, 'deploy-stack', { stacks: 'cloudformation/stacks.yml', ...inputs })
const network =
  'VpcId=vpc-00000001\nAlbSubnetIds=subnet-00000001,subnet-00000002\nTaskSubnetIds=subnet-00000002,subnet-00000003'
let parameters = network

const errors = (lines: readonly string[]) => lines.filter((line) => line.startsWith('::error::'))
const adopted = (lines: readonly string[]) => lines.filter((line) => line.startsWith('adopt the ')).length

beforeAll(async () => {
  await run({ only: 'storage' })
  parameters += `\nImageUri=${await pushServiceImage(account, 'deepdenoising-triton')}`
  expect(errors((await run({ parameters })).lines)).toEqual([])
}, 120_000)

// The parts that docs/migration.md removes, and all.
it.each([
  { only: 'billing', left: 0 },
  { only: 'billing, api', left: 3 },
  { only: 'service, billing, api, load-balancer', left: 4 },
  { only: 'service, cluster, billing, api, load-balancer', left: 4 },
  { only: '', left: 8 },
])('deploys again what was destroyed: $only', { timeout: 120_000 }, async ({ only, left }) => {
  const destroyed = await run({ mode: 'destroy', confirm: 'ddn', only })
  expect([errors(destroyed.lines), destroyed.outputs.result]).toEqual([[], 'destroyed'])
  const again = await run({ parameters })
  expect([errors(again.lines), again.outputs.result]).toEqual([[], 'created'])
  expect(adopted(again.lines)).toBe(left)
  expect((await run({ parameters })).outputs.result).toBe('no-changes')
})
