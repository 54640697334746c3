import { mkdirSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { startLocalAws } from '../scripts/local-aws-process.ts'
import { requireNoMissingApi } from '../scripts/missing-apis.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    endpoint: string
  }
}

/**
 * Starts one local AWS for the whole test run; each test file takes an account of its own. The run fails
 * where a test asked it for an operation that it does not have.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  mkdirSync('out', { recursive: true })
  const aws = await startLocalAws({ logFile: 'out/test-local-aws.log' })
  project.provide('endpoint', aws.endpoint)
  return async () => {
    try {
      await requireNoMissingApi(aws.endpoint)
    } finally {
      await aws.stop()
    }
  }
}
