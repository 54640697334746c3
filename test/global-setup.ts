import { mkdirSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { startLocalAws } from '../scripts/local-aws-process.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    endpoint: string
  }
}

/** Starts one local AWS for the whole test run; each test file takes an account of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  mkdirSync('out', { recursive: true })
  const aws = await startLocalAws({ logFile: 'out/test-local-aws.log' })
  project.provide('endpoint', aws.endpoint)
  return () => aws.stop()
}
