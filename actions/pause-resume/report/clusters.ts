import { blocks } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'

/** How the run ended in one cluster. */
export type ClusterOutcome = { cluster: string; outcome: Outcome }

// The first that a cluster has is the result of the run.
const worstFirst = [
  ...['cancelled', 'failed', 'refused', 'timeout', 'planned', 'paused', 'resumed', 'kept-awake', 'skipped'],
  ...['already-paused', 'already-running', 'status'],
]

/** Joins how a run ended in each cluster; of one cluster it is that outcome. */
export function joinOutcomes(outcomes: readonly ClusterOutcome[]): Outcome {
  const [first, ...others] = outcomes
  if (first && others.length === 0) return first.outcome
  const results = outcomes.map(({ outcome }) => outcome.outputs.result)
  const result = worstFirst.find((each) => results.includes(each)) ?? results[0] ?? 'skipped'
  const states = outcomes.flatMap(({ cluster, outcome }) => {
    const services: object[] = JSON.parse(outcome.outputs.state ?? '[]')
    return services.map((service) => ({ cluster, ...service }))
  })
  const failures = outcomes.flatMap(({ cluster, outcome: { failure } }) =>
    failure === undefined ? [] : [`${cluster}: ${failure}`],
  )
  return {
    outputs: { result, state: JSON.stringify(states) },
    summary: blocks(...outcomes.map(({ outcome }) => outcome.summary)),
    report: {
      result,
      clusters: outcomes.map(({ cluster, outcome }) => ({ cluster, ...outcome.report })),
    },
    failure: failures.length === 0 ? undefined : failures.join('; '),
    trace: outcomes.flatMap(({ outcome }) => outcome.trace ?? []),
  }
}
