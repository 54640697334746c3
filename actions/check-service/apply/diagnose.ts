import { messageOf } from '../../../lib/errors.ts'
import { type Diagnosis, diagnose } from '../../../lib/service/diagnosis/diagnosis.ts'
import { raceWithSignal } from '../../../lib/wait.ts'
import type { CheckContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import { type Findings, isWrong } from './apply.ts'

const longestMs = 30_000
// Older failures are of an earlier deployment, most often.
const lookBackMs = 3_600_000

/** Asks AWS why a service fails its check, where the inputs name it; what cannot be read never fails the check. */
export async function diagnoseFailure(
  { target }: Inputs,
  { results }: Findings,
  { connectEvidence, clock, signal, log }: CheckContext,
): Promise<Diagnosis | undefined> {
  if (!target || !results.some(isWrong)) return undefined
  const { cluster, service } = target
  try {
    const read = connectEvidence().read(cluster, service, new Date(clock.now() - lookBackMs))
    const evidence = await raceWithSignal(read, AbortSignal.any([signal, AbortSignal.timeout(longestMs)]))
    return evidence && diagnose(evidence)
  } catch (error) {
    signal.throwIfAborted()
    log.info(`service ${service}: not diagnosed: ${messageOf(error)}`)
    return undefined
  }
}
