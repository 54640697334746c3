import { randomInt } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { childEnv, localAwsEnv } from '../scripts/child-env.ts'

/** The local AWS of this test run, seen as an account that nobody else uses. */
export type LocalAccount = {
  endpoint: string
  /** 12 digits; it is also the access key. */
  account: string
  region: string
  /** Environment for a child process: an allow-list plus the local endpoint and dummy keys. */
  env: Record<string, string>
  /** Settings for an SDK client in this process. */
  config: {
    region: string
    maxAttempts: number
    retryMode: 'standard'
    endpoint: string
    credentials: { accessKeyId: string; secretAccessKey: string }
  }
  /** Where the load balancer with a DNS name answers, without a slash at the end. */
  balancerUrl(dnsName: string): string
}

/** Gives a fresh account of the local AWS that `globalSetup` started, or of the one at an endpoint. */
export function localAws(endpoint = inject('endpoint')): LocalAccount {
  const account = String(100_000_000_000 + randomInt(2 ** 39))
  const region = 'ap-northeast-2'
  return {
    endpoint,
    account,
    region,
    env: childEnv(mkdtempSync(join(tmpdir(), 'home-')), localAwsEnv({ endpoint, account, region })),
    config: {
      region,
      maxAttempts: 3,
      retryMode: 'standard',
      endpoint,
      credentials: { accessKeyId: account, secretAccessKey: 'local' },
    },
    balancerUrl: (dnsName) => `${endpoint}/_alb/${dnsName}`,
  }
}
