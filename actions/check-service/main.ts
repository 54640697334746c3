import { runAction } from '../../lib/action.ts'
import { canUploadArtifacts, uploadArtifact } from '../../lib/github/artifact.ts'
import { readBytes, send, writeFiles } from './connect.ts'
import { run } from './run.ts'

await runAction('check-service', async (context) =>
  run({
    ...context,
    readBytes,
    writeFiles,
    send: (request) => send(request, context.signal),
    upload: canUploadArtifacts(context.env) ? uploadArtifact : undefined,
  }),
)
