import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { runActionProcess } from '../../scripts/action-process.ts'
import { behindProxy } from '../fixtures/aws-proxy.ts'
import { localAws } from '../local-aws.ts'

const template = {
  Resources: { One: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: '1' } } },
}
const throttled = {
  status: 400,
  body: '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>',
}

/** A service that answers ten calls a second. */
function limitRate(): () => boolean {
  const burst = 10
  let tokens = burst
  const refill = setInterval(() => {
    tokens = Math.min(burst, tokens + 1)
  }, 100)
  onTestFinished(() => clearInterval(refill))
  return () => tokens > 0 && tokens-- > 0
}

it('deploys 60 stacks side by side in an account that answers ten calls a second', async () => {
  const aws = localAws()
  const admits = limitRate()
  const { env } = await behindProxy(aws, {
    refuse: ({ operation }) => (operation && !admits() ? throttled : undefined),
  })
  const folder = mkdtempSync(join(tmpdir(), 'stacks-'))
  writeFileSync(join(folder, 'one.yml'), JSON.stringify(template))
  const names = Array.from({ length: 60 }, (_, at) => `s${at}`)
  const stacks = Object.fromEntries(names.map((name) => [name, { template: 'one.yml' }]))
  writeFileSync(join(folder, 'stacks.yml'), JSON.stringify({ stacks }))
  const run = await runActionProcess({
    action: 'deploy-stack',
    inputs: { stacks: join(folder, 'stacks.yml'), prefix: 'p' },
    env: { ...env, RUNNER_TEMP: env.HOME ?? '' },
  })
  expect(run.exitCode).toBe(0)
  expect(run.outputs.result).toBe('created')
}, 300_000)
