import type { ServiceStatus } from '../../../lib/aws/evidence/status.ts'
import { readInTime } from '../../../lib/read-in-time.ts'
import { type Diagnosis, diagnose } from '../../../lib/service/diagnosis/diagnosis.ts'
import { verifyArns } from '../../../lib/service/ecs-name.ts'
import type { CheckContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import { type Findings, isWrong } from './apply.ts'

/** What AWS says of the service: how it stands, and why it fails where a check failed. */
export type ServiceView = { status: ServiceStatus; diagnosis: Diagnosis | undefined }

const longestMs = 30_000
// Older failures are of an earlier deployment, most often.
const lookBackMs = 3_600_000

/**
 * Refuses a service that the inputs name by an ARN of another account or region. Where the account cannot be told,
 * nothing of the service can be read either. Throws UserError.
 */
export async function verifyPlace(
  { target }: Inputs,
  { connectAws, signal, log }: CheckContext,
): Promise<void> {
  if (!target || target.arns.length === 0) return
  const unread = 'whether the service is of this account is not known'
  const place = await readInTime(async () => await connectAws().describePlace(), { signal, log, unread })
  if (place) verifyArns(target.arns, place)
}

/** Asks AWS for the service, where the inputs name it; what cannot be read never fails the check. */
export async function lookAtService(
  { target }: Inputs,
  { results }: Findings,
  { connectAws, clock, signal, log }: CheckContext,
): Promise<ServiceView | undefined> {
  if (!target) return undefined
  const { cluster, service } = target
  const since = new Date(clock.now() - lookBackMs)
  const read = async () => {
    const { status, evidence } = connectAws()
    const [found, failing] = await Promise.all([
      status.read(cluster, service),
      results.some(isWrong) ? evidence.read(cluster, service, since) : undefined,
    ])
    return { status: found, diagnosis: failing && diagnose(failing) }
  }
  return await readInTime(read, { signal, log, longestMs, unread: `service ${service}: not looked at` })
}
