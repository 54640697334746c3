import { randomInt } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ActionRun, runActionProcess } from '../../scripts/action-process.ts'
import { childEnv, localAwsEnv } from '../../scripts/child-env.ts'

/** An account of the local AWS that one case at a time uses. */
export type Account = {
  endpoint: string
  /** 12 digits; it is also the access key. */
  id: string
  region: string
  /** An empty folder: home and temporary folder of the actions. */
  folder: string
  env: Record<string, string>
  /** Settings of an SDK client in this process. */
  config: {
    region: string
    endpoint: string
    credentials: { accessKeyId: string; secretAccessKey: string }
  }
}

/** Gives a fresh account of the local AWS at an endpoint. */
export function openAccount(endpoint: string): Account {
  const id = String(100_000_000_000 + randomInt(2 ** 39))
  const region = 'ap-northeast-2'
  const folder = mkdtempSync(join(tmpdir(), 'fault-'))
  return {
    endpoint,
    id,
    region,
    folder,
    env: {
      ...childEnv(folder, localAwsEnv({ endpoint, account: id, region })),
      RUNNER_TEMP: folder,
      // All runs are attempts of one run: each takes over at once what the one before has locked.
      GITHUB_SERVER_URL: 'https://github.test',
      GITHUB_REPOSITORY: 'owner/repository',
      GITHUB_RUN_ID: '1',
    },
    config: { region, endpoint, credentials: { accessKeyId: id, secretAccessKey: 'local' } },
  }
}

/** Runs an action in an account, undisturbed; throws where it fails. */
export async function runUndisturbed(
  { env }: Account,
  action: string,
  inputs: Record<string, string>,
): Promise<ActionRun> {
  const run = await runActionProcess({ action, inputs, env })
  if (run.exitCode === 0) return run
  const error = run.lines.find((line) => line.startsWith('::error')) ?? run.lines.join('\n')
  throw new Error(`${action} without a fault: ${error}`)
}
