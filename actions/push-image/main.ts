import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/config.ts'
import { makeEcr } from '../../lib/aws/ecr.ts'
import { openObjectSource } from '../../lib/aws/object-source.ts'
import { systemClock } from '../../lib/wait.ts'
import { run } from './run.ts'

await runAction('push-image', async (context) =>
  run({
    ...context,
    clock: systemClock,
    connect: () => makeEcr(readAwsConfig(context.env)),
    openObject: (location) => openObjectSource(readAwsConfig(context.env), location),
  }),
)
