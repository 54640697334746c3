import type { Athena, Query, Workgroup } from '../../lib/aws/athena.ts'
import type { Objects } from '../../lib/aws/s3-objects.ts'
import { waitUntil } from '../../lib/wait.ts'

type State = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED'

/** A query execution of the fake. */
type FakeExecution = { id: string; query: Query; state: State }

/** State of the fake: all that a test may look at or set. */
export type FakeAthena = {
  workgroups: Map<string, Workgroup>
  executions: FakeExecution[]
  /** Location of a result to its CSV. */
  objects: Map<string, string>
  /** Gives the CSV of a query's result, or why the query fails. */
  answer: (query: Query) => string | { failure: string }
}

/** Bytes that each query scans. */
export const scannedBytes = 10_000_000

/**
 * Athena in memory, with the results in S3, which lags as AWS does. Its contract, which the local AWS holds too
 * (test/contract/athena.test.ts):
 * - a query is queued, runs, and its result is there when it has succeeded, not before;
 * - a query that fails gives its reason; one that is not awaited to its end is stopped;
 * - a token that was used before starts no second query.
 * What only the fake does: a query that runs goes back to the queue once, as AWS does when it has no capacity;
 * `looks` is how many looks each of these states lasts.
 */
export function fakeAthena(
  account: FakeAthena,
  { looks = 2 }: { looks?: number } = {},
): { athena: Athena; objects: Objects } {
  const start = (query: Query): FakeExecution => {
    const same = account.executions.find((each) => each.query.token === query.token)
    if (same) return same
    const execution: FakeExecution = { id: `query-${account.executions.length}`, query, state: 'QUEUED' }
    account.executions.push(execution)
    return execution
  }
  const locationOf = ({ id, query }: FakeExecution) =>
    `${account.workgroups.get(query.workgroup)?.outputLocation}${id}.csv`
  const finish = (execution: FakeExecution) => {
    const answer = account.answer(execution.query)
    execution.state = typeof answer === 'string' ? 'SUCCEEDED' : 'FAILED'
    if (typeof answer !== 'string')
      throw new Error(`query execution ${execution.id}: failed: ${answer.failure}`)
    account.objects.set(locationOf(execution), answer)
    return { id: execution.id, outputLocation: locationOf(execution), scannedBytes }
  }
  return {
    athena: {
      describeWorkgroup: async (name) => account.workgroups.get(name),
      run: async (query, waiting) => {
        const execution = start(query)
        const states: State[] = (['QUEUED', 'RUNNING', 'QUEUED'] as const).flatMap((state) =>
          Array.from({ length: Math.min(looks, 1000) }, () => state),
        )
        const look = async () => {
          const state = states.shift()
          if (state === undefined) return finish(execution)
          execution.state = state
          return undefined
        }
        try {
          return await waitUntil(look, { what: `query execution ${execution.id}`, ...waiting })
        } catch (error) {
          if (execution.state !== 'FAILED') execution.state = 'CANCELLED'
          throw error
        }
      },
    },
    objects: {
      async *read(location) {
        const csv = account.objects.get(location)
        if (csv === undefined) throw new Error(`NoSuchKey: ${location}`)
        // In pieces, as it comes from the network.
        for (const piece of csv.match(/[\s\S]{1,40}/g) ?? []) yield Buffer.from(piece)
      },
      count: async (bucket, prefix) => {
        const found = [...account.objects].filter(([location]) =>
          location.startsWith(`s3://${bucket}/${prefix}`),
        )
        return { objects: found.length, bytes: found.reduce((sum, [, csv]) => sum + csv.length, 0) }
      },
    },
  }
}
