import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { messageOf, TimeoutError } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import { listFirst } from '../../../lib/quote.ts'
import { type Clock, waitUntil } from '../../../lib/wait.ts'
import type { Connections } from '../context.ts'

/** What a wait for deployments is done with. */
export type DeploymentWait = {
  aws: Pick<Connections, 'deployments'>
  clock: Clock
  signal: AbortSignal
  log: Log
  timeoutSeconds: number
}

/**
 * Waits until no service has a deployment in progress; after the time they are paused all the same, since a deployment
 * that never ends may have a GPU. Returns whether it waited.
 */
export async function awaitDeployments(
  cluster: string,
  services: readonly string[],
  { aws, clock, signal, log, timeoutSeconds }: DeploymentWait,
): Promise<boolean> {
  if (services.length === 0 || timeoutSeconds <= 0) return false
  let deploying: string[] = []
  let looks = 0
  const look = async () => {
    looks += 1
    const before = deploying
    deploying = await aws.deployments.inProgress(cluster, services)
    if (deploying.length > 0 && before.length === 0)
      log.info(`wait until the deployment of ${listFirst(deploying)} is over`)
    return deploying.length === 0 ? true : undefined
  }
  const waiting = {
    what: 'deployments',
    timeoutSeconds,
    clock,
    signal,
    maxDelaySeconds: 10,
    isTransient: isTransientAwsError,
  }
  try {
    await waitUntil(look, waiting)
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error
    const minutes = timeoutSeconds / 60
    log.warning(
      deploying.length > 0
        ? `${listFirst(deploying)}: paused while a deployment is in progress, after ${minutes} minute(s)`
        : `paused without knowing whether a deployment is in progress, after ${minutes} minute(s): ${messageOf(error)}`,
    )
    return true
  }
  return looks > 1
}
