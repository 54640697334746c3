import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { localAwsEnv } from './child-env.ts'
import { startLocalAws } from './local-aws-process.ts'
import { runMain } from './run-main.ts'

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new Error(`--port: expected a whole number from 0 (any free one) to 65535, got "${text}"`)
}

async function main(): Promise<undefined> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4566' },
      state: { type: 'string' },
      log: { type: 'string' },
      iam: { type: 'boolean', default: false },
    },
  })
  const region = process.env.AWS_REGION ?? 'ap-northeast-2'
  const aws = await startLocalAws({
    port: readPort(values.port),
    region,
    iam: values.iam,
    ...(values.state ? { state: resolve(values.state) } : {}),
    ...(values.log ? { logFile: values.log } : {}),
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void aws.stop())
  console.log(`# The local AWS listens on ${aws.endpoint}; what exists is shown at ${aws.endpoint}/_local/`)
  console.log('# For a shell that talks to it:')
  const env = localAwsEnv({ endpoint: aws.endpoint, account: '111122223333', region })
  for (const [name, value] of Object.entries(env)) console.log(`export ${name}=${value}`)
  const rest = values.state ? `${values.state} keeps what exists` : 'nothing is kept without --state'
  console.log(`# Ctrl-C ends it, and the tasks that it runs; ${rest}.`)
}

await runMain(main)
