import { runAction } from '../../lib/action.ts'
import { readAwsConfig } from '../../lib/aws/client.ts'
import { makeServiceEvidence } from '../../lib/aws/evidence/service.ts'
import { makeServiceStatus } from '../../lib/aws/evidence/status.ts'
import { describeAccount } from '../../lib/aws/identity.ts'
import { makeEc2Quotas } from '../../lib/aws/service-quotas.ts'
import { addressOfPage } from '../../lib/console.ts'
import { canUploadArtifacts, uploadArtifact } from '../../lib/github/artifact.ts'
import { readBytes, send, writeFiles } from './connect.ts'
import { run } from './run.ts'

void runAction('check-service', async (context) =>
  run({
    ...context,
    readBytes,
    writeFiles,
    connectAws: () => {
      const config = readAwsConfig(context.env, context.signal)
      context.locate({ ...config, console: addressOfPage(config.region, 'ecs/v2/clusters') })
      return {
        describePlace: async () => ({ account: await describeAccount(config), region: config.region }),
        status: makeServiceStatus(config),
        evidence: makeServiceEvidence(config, makeEc2Quotas(config)),
      }
    },
    send: (request) => send(request, context.signal),
    upload: canUploadArtifacts(context.env) ? uploadArtifact : undefined,
  }),
)
