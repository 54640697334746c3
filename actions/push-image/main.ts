import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { connectEcr } from './connect.ts'
import { run } from './run.ts'

const self = fileURLToPath(import.meta.url)
// In parts, so that the bundler leaves the path alone: the program of the threads is a bundle of its own.
const program =
  extname(self) === '.ts' ? ['..', '..', 'lib', 'compression', 'worker.ts'] : ['compress-worker', 'index.js']

await runAction('push-image', async (context) =>
  run({
    ...context,
    workerPath: join(dirname(self), ...program),
    connectEcr: async (registryId) =>
      await connectEcr(readAwsConfig(context.env, context.signal), registryId, context.locate),
    openObject: async (location) =>
      (await import('../../lib/aws/s3-archive-source.ts')).openObjectSource(
        readAwsConfig(context.env, context.signal),
        location,
      ),
  }),
)
