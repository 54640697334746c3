import { extname, join } from 'node:path'
import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { connectEcr, openHints, openObject } from './connect.ts'
import { run } from './run.ts'

// The program of the threads is a bundle of its own.
const program =
  extname(import.meta.filename) === '.ts'
    ? ['..', '..', 'lib', 'compression', 'worker.ts']
    : ['compress-worker', 'index.js']

void runAction('push-image', async (context) =>
  run({
    ...context,
    workerPath: join(import.meta.dirname, ...program),
    connectEcr: async (registryId) =>
      await connectEcr(readAwsConfig(context.env, context.signal), registryId, context.locate),
    openHints: (prefix) => openHints(readAwsConfig(context.env, context.signal), prefix),
    openObject: (location) => openObject(readAwsConfig(context.env, context.signal), location),
  }),
)
