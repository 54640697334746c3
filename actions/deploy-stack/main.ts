import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { addressOfPage } from '../../lib/console.ts'
import { connect } from './connect.ts'
import { run } from './run.ts'

// The bundle lies in `dist`.
const program = import.meta.dirname
const folder = basename(program) === 'dist' ? dirname(program) : program

void runAction('deploy-stack', async (context) =>
  run({
    ...context,
    stacksFiles: { brought: join(folder, '../../cloudformation/stacks.yml'), exists: existsSync },
    connect: async (prefix, serviceRoleArn) => {
      const aws = await connect(readAwsConfig(context.env, context.signal), prefix, serviceRoleArn)
      context.locate({ ...aws, console: addressOfPage(aws.region, 'cloudformation/home') })
      return aws
    },
  }),
)
