import { randomUUID } from 'node:crypto'
import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { readTextFile } from '../../lib/file.ts'
import { canUploadArtifacts, uploadArtifact } from '../../lib/github/artifact.ts'
import { systemClock } from '../../lib/wait.ts'
import { connect, writeFiles } from './connect.ts'
import { run } from './run.ts'

await runAction('billing-report', async (context) =>
  run({
    ...context,
    clock: systemClock,
    readFile: (path) => readTextFile(path, 'write one, or name another with the input rates'),
    writeFiles,
    makeId: () => randomUUID().replaceAll('-', ''),
    connect: () => connect(readAwsConfig(context.env, context.signal)),
    upload: canUploadArtifacts(context.env) ? uploadArtifact : undefined,
  }),
)
