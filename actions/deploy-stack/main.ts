import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { connect } from './connect.ts'
import { run } from './run.ts'

await runAction('deploy-stack', async (context) =>
  run({
    ...context,
    connect: (prefix) => connect(readAwsConfig(context.env, context.signal), prefix),
  }),
)
