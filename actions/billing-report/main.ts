import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { canUploadArtifacts, uploadArtifact } from '../../lib/github/artifact.ts'
import { openOutputFolder } from './apply/output-folder.ts'
import { connect } from './connect.ts'
import { callGraceMs, run } from './run.ts'

void runAction('billing-report', async (context) =>
  run({
    ...context,
    openFolder: openOutputFolder,
    connect: (prefix, deadline) =>
      connect(
        { ...readAwsConfig(context.env, context.signal), endsAt: deadline + callGraceMs },
        prefix,
        context.locate,
      ),
    upload: canUploadArtifacts(context.env) ? uploadArtifact : undefined,
  }),
)
