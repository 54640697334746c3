import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { canUploadArtifacts, uploadArtifact } from '../../lib/github/artifact.ts'
import { connect, writeFiles } from './connect.ts'
import { run } from './run.ts'

await runAction('billing-report', async (context) =>
  run({
    ...context,
    writeFiles,
    connect: (prefix) => connect(readAwsConfig(context.env, context.signal), prefix),
    upload: canUploadArtifacts(context.env) ? uploadArtifact : undefined,
  }),
)
