import type { AwsConfig } from '../lib/aws/config.ts'
import { readAwsConfig } from '../lib/aws/config.ts'
import { localAws } from './local-aws.ts'

// The 12 digits of an account of one's own: whoever sets it wants the tests to write to that account.
const own = process.env.CONTRACT_ACCOUNT

/** Whether contract tests run against the local AWS; tests that need what only that has, run only then. */
export const isLocal = own === undefined

/** The account that a contract test runs against. */
export type ContractAccount = { account: string; region: string; config: AwsConfig }

/**
 * Gives a fresh account of the local AWS; with CONTRACT_ACCOUNT, that account, with the credentials and the
 * region (and the endpoint, if any) that the environment names, as the SDK reads them. Never in CI.
 */
export function contractAccount(): ContractAccount {
  if (own === undefined) return localAws()
  if (process.env.CI)
    throw new Error('CONTRACT_ACCOUNT: expected none in CI, tests would write to an account')
  const config = readAwsConfig(process.env)
  return { account: own, region: config.region, config }
}
