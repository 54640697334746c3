import { randomBytes } from 'node:crypto'
import { afterAll, vi } from 'vitest'
import type { AwsConfig } from '../lib/aws/client.ts'
import { readAwsConfig } from '../lib/aws/client.ts'
import { localAws } from './local-aws.ts'

// The 12 digits of an account of one's own: whoever sets it wants the tests to write to that account.
const own = process.env.CONTRACT_ACCOUNT

/** Whether contract tests run against the local AWS; tests that need what only that has, run only then. */
export const isLocal = own === undefined

/** How often something is asked for, and for how long: AWS takes minutes where the local AWS takes a moment. */
export const patience = isLocal ? { timeout: 20_000, interval: 50 } : { timeout: 1_200_000, interval: 5_000 }

/** The account that a contract test runs against. */
export type ContractAccount = {
  account: string
  region: string
  config: AwsConfig
  /** Where the load balancer with a DNS name answers, without a slash at the end. */
  balancerUrl(dnsName: string): string
}

/**
 * Gives a fresh account of the local AWS; with CONTRACT_ACCOUNT, that account, with the credentials and the
 * region (and the endpoint, if any) that the environment names, as the SDK reads them. Never in CI.
 */
export function contractAccount(): ContractAccount {
  if (own === undefined) return localAws()
  if (process.env.CI)
    throw new Error('CONTRACT_ACCOUNT: expected none in CI, tests would write to an account')
  const config = readAwsConfig(process.env)
  const { AWS_ENDPOINT_URL: endpoint } = process.env
  const balancerUrl = (dnsName: string) => (endpoint ? `${endpoint}/_alb/${dnsName}` : `http://${dnsName}`)
  return { account: own, region: config.region, config, balancerUrl }
}

/** Makes a name that nothing else in the account has: files share a real one. */
export const uniqueName = () => `test-${randomBytes(4).toString('hex')}`

const made: (() => Promise<unknown>)[] = []

/**
 * Undoes what a test made in a real account, after the tests of its file and the last first; the local one ends.
 * It is tried until it works: what is in use a while longer cannot be deleted yet.
 */
export function undoLater(undo: () => Promise<unknown>): void {
  made.push(undo)
}

if (!isLocal) {
  afterAll(async () => {
    for (const undo of made.toReversed()) {
      const ignoreGone = (error: unknown) => {
        if (!/not ?found|no ?such|not exist/i.test(String(error))) throw error
      }
      await vi
        .waitFor(async () => await undo().catch(ignoreGone), patience)
        .catch((error: unknown) => console.error(`left behind: ${error}`))
    }
  })
}
