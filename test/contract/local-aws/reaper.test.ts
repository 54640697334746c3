import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { startLocalAws } from '../../../scripts/local-aws-process.ts'
import { isLocal } from '../../contract-account.ts'
import { openService } from '../../fixtures/balanced-service.ts'
import { localAws } from '../../local-aws.ts'

// Each task's environment names the local AWS that runs it.
function countTasks(endpoint: string): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
      return (
        environment.includes(`AWS_ENDPOINT_URL=${endpoint}`) &&
        environment.some((each) => each.startsWith('FLASK_PORT='))
      )
    } catch {
      return false
    }
  }).length
}

it.runIf(isLocal && process.platform === 'linux').each(['SIGKILL', 'SIGTERM'] as const)(
  'leaves no task behind when the local AWS is ended by %s',
  async (signal) => {
    const aws = await startLocalAws()
    const service = await openService(localAws(aws.endpoint))
    await service.create(await service.define({}))
    await service.settle()
    expect(countTasks(aws.endpoint)).toBe(1)
    process.kill(aws.pid, signal)
    await expect.poll(() => countTasks(aws.endpoint), { timeout: 10_000 }).toBe(0)
    await aws.stop()
  },
)
