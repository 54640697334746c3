import { randomUUID } from 'node:crypto'
import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { readTextFile } from '../../lib/file.ts'
import { systemClock } from '../../lib/wait.ts'
import { connect } from './connect.ts'
import { run } from './run.ts'

await runAction('deploy-stack', async (context) =>
  run({
    ...context,
    clock: systemClock,
    readFile: readTextFile,
    makeId: randomUUID,
    connect: (prefix) => connect(readAwsConfig(context.env, context.signal), prefix),
  }),
)
