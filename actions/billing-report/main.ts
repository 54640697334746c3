import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { canUploadArtifacts, uploadArtifact } from '../../lib/github/artifact.ts'
import { openOutputFolder } from './apply/output-folder.ts'
import { connect } from './connect.ts'
import { run } from './run.ts'

void runAction('billing-report', async (context) =>
  run({
    ...context,
    openFolder: openOutputFolder,
    connect: (prefix) => connect(readAwsConfig(context.env, context.signal), prefix, context.locate),
    upload: canUploadArtifacts(context.env) ? uploadArtifact : undefined,
  }),
)
