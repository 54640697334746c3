import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { addressOfPage } from '../../lib/console.ts'
import { openAccount } from './connect.ts'
import { run } from './run.ts'

// The bundle lies in `dist`.
const program = import.meta.dirname
const folder = basename(program) === 'dist' ? dirname(program) : program

void runAction('deploy-stack', async (context) =>
  run({
    ...context,
    stacksFiles: { brought: join(folder, '../../cloudformation/stacks.yml'), exists: existsSync },
    open: (prefix, serviceRoleArn) => {
      const config = readAwsConfig(context.env, context.signal)
      const { region } = config
      const locate = (account?: string) =>
        context.locate({ account, region, console: addressOfPage(region, 'cloudformation/home') })
      locate()
      return openAccount(config, prefix, serviceRoleArn, locate)
    },
  }),
)
