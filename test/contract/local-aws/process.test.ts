import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { CreateRepositoryCommand, ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { describe, expect, it } from 'vitest'
import { describeAccount } from '../../../lib/aws/identity.ts'
import { startLocalAws } from '../../../scripts/local-aws-process.ts'
import { localAws } from '../../local-aws.ts'

async function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/_ministack/health`).then(
    () => true,
    () => false,
  )
}

describe('the local AWS as a process', () => {
  it('takes the access key for the account', async () => {
    const { account, config } = localAws()
    expect(await describeAccount(config)).toBe(account)
  })

  it('names its own address as the registry', async () => {
    const { endpoint, config } = localAws()
    const ecr = new ECRClient(config)
    const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}))
    expect(authorizationData?.[0]?.proxyEndpoint).toBe(endpoint)
    const { repository } = await ecr.send(new CreateRepositoryCommand({ repositoryName: 'app' }))
    expect(repository?.repositoryUri).toBe(`${new URL(endpoint).host}/app`)
  })

  it('runs beside another one, and ends when it is stopped', async () => {
    const other = await startLocalAws()
    expect(other.endpoint).not.toBe(localAws().endpoint)
    expect(await answers(other.endpoint)).toBe(true)
    await other.stop()
    expect(await answers(other.endpoint)).toBe(false)
  })

  it('says in one sentence that its port is taken', async () => {
    const port = Number(new URL(localAws().endpoint).port)
    await expect(startLocalAws({ port })).rejects.toThrow(
      'local AWS: cannot listen: Address already in use; choose another --port',
    )
  })

  it('listens on loopback only', async () => {
    const other = await startLocalAws()
    const port = new URL(other.endpoint).port
    const listening = execFileSync('cat', ['/proc/net/tcp'], { encoding: 'utf8' })
    const hex = Number(port).toString(16).toUpperCase().padStart(4, '0')
    expect(listening).toContain(`0100007F:${hex}`)
    expect(listening).not.toContain(`00000000:${hex}`)
    await other.stop()
  })

  it('ends when its starter is killed', async () => {
    const script = new URL('../../fixtures/hold-local-aws.ts', import.meta.url).pathname
    const starter = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [endpoint] = await once(createInterface({ input: starter.stdout }), 'line')
    expect(await answers(endpoint)).toBe(true)
    starter.kill('SIGKILL')
    await expect.poll(() => answers(endpoint), { timeout: 20_000 }).toBe(false)
  })
})
