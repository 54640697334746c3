import type { ServiceStatus } from '../../../lib/aws/evidence/status.ts'
import { messageOf } from '../../../lib/errors.ts'
import { type Diagnosis, diagnose } from '../../../lib/service/diagnosis/diagnosis.ts'
import { raceWithSignal } from '../../../lib/wait.ts'
import type { CheckContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import { type Findings, isWrong } from './apply.ts'

/** What AWS says of the service: how it stands, and why it fails where a check failed. */
export type ServiceView = { status: ServiceStatus; diagnosis: Diagnosis | undefined }

const longestMs = 30_000
// Older failures are of an earlier deployment, most often.
const lookBackMs = 3_600_000

/** Asks AWS for the service, where the inputs name it; what cannot be read never fails the check. */
export async function lookAtService(
  { target }: Inputs,
  { results }: Findings,
  { connectAws, clock, signal, log }: CheckContext,
): Promise<ServiceView | undefined> {
  if (!target) return undefined
  const { cluster, service } = target
  const since = new Date(clock.now() - lookBackMs)
  try {
    const { status, evidence } = connectAws()
    const read = Promise.all([
      status.read(cluster, service),
      results.some(isWrong) ? evidence.read(cluster, service, since) : undefined,
    ])
    const limit = AbortSignal.any([signal, AbortSignal.timeout(longestMs)])
    const [found, failing] = await raceWithSignal(read, limit)
    return { status: found, diagnosis: failing && diagnose(failing) }
  } catch (error) {
    signal.throwIfAborted()
    log.info(`service ${service}: not looked at: ${messageOf(error)}`)
    return undefined
  }
}
