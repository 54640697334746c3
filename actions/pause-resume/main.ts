import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { addressOfPage } from '../../lib/console.ts'
import { ask, connect } from './connect.ts'
import { run } from './run.ts'

void runAction('pause-resume', async (context) =>
  run({
    ...context,
    ask,
    connect: async (prefix) => {
      const aws = await connect(readAwsConfig(context.env, context.signal), prefix)
      context.locate({ ...aws, console: addressOfPage(aws.region, 'ecs/v2/clusters') })
      return aws
    },
  }),
)
