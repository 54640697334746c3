import { parseArgs } from 'node:util'
import { localAwsEnv } from './child-env.ts'
import { startLocalAws } from './local-aws-process.ts'

const { values } = parseArgs({
  options: { port: { type: 'string', default: '4566' }, state: { type: 'string' }, log: { type: 'string' } },
})
const region = process.env.AWS_REGION ?? 'ap-northeast-2'
const aws = await startLocalAws({
  port: Number(values.port),
  region,
  ...(values.state ? { state: values.state } : {}),
  ...(values.log ? { logFile: values.log } : {}),
})
console.log(`# The local AWS listens on ${aws.endpoint}. For a shell that talks to it:`)
for (const [name, value] of Object.entries(
  localAwsEnv({ endpoint: aws.endpoint, account: '111122223333', region }),
)) {
  console.log(`export ${name}=${value}`)
}
console.log('# Ctrl-C ends it, and the tasks that it runs.')
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void aws.stop())
