import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { waitUntil } from '../../../lib/wait.ts'
import { describeCluster } from '../observe/cluster.ts'
import type { ClusterState } from '../observe/state.ts'
import type { ClusterRun } from './cluster-run.ts'

/**
 * Looks at a cluster for the first time, and reads what else a run has to know before it begins: AWS may be busy at the
 * start as well as later. The run, which began at `startedAt` in epoch milliseconds, has one time for all.
 */
export async function lookFirst<T>(
  { aws, chosen, context, inputs }: ClusterRun,
  startedAt: number,
  read: (state: ClusterState) => Promise<T>,
): Promise<T> {
  const { cluster, services } = chosen
  const { clock, signal } = context
  const timeoutSeconds = Math.max(inputs.timeoutSeconds - (clock.now() - startedAt) / 1000, 0)
  return await waitUntil(async () => await read(await describeCluster(cluster, services, aws)), {
    ...{ what: `look at ${cluster}`, timeoutSeconds, clock, signal },
    isTransient: isTransientAwsError,
  })
}
