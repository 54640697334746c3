import { type Known, reportError } from '../../../lib/ending.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import { blocks } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import type { PauseContext } from '../context.ts'
import type { Chosen } from '../prepare/selection.ts'
import { joinOutcomes } from '../report/clusters.ts'

const clustersAtATime = 4

type Work = (chosen: Chosen, context: PauseContext) => Promise<Outcome>

/** Works on each cluster by itself: what fails in one holds back no other. */
export async function runClusters(
  all: readonly Chosen[],
  context: PauseContext,
  work: Work,
): Promise<Outcome> {
  const [only, ...others] = all
  if (only && others.length === 0) return await work(only, context)
  const known = new Map<string, () => Known>()
  context.remember(() => joinKnown([...known].map(([cluster, describe]) => [cluster, describe()])))
  const outcomes = await mapConcurrently(all, { concurrency: clustersAtATime }, async (chosen) => {
    const { cluster } = chosen
    const remember = (describe: () => Known) => void known.set(cluster, describe)
    try {
      return { cluster, outcome: await work(chosen, { ...context, remember }) }
    } catch (error) {
      const outcome = reportError(error, context.signal, known.get(cluster)?.() ?? { title: cluster })
      return { cluster, outcome }
    }
  })
  return joinOutcomes(outcomes)
}

function joinKnown(known: readonly (readonly [cluster: string, Known])[]): Known {
  const list = (pick: (each: Known) => readonly string[] | undefined) =>
    known.flatMap(([cluster, each]) => (pick(each) ?? []).map((line) => `${cluster}: ${line}`))
  return {
    title: known.map(([cluster]) => cluster).join(', '),
    done: list(({ done }) => done),
    notDone: list(({ notDone }) => notDone),
    goesOn: list(({ goesOn }) => goesOn),
    costs: list(({ costs }) => costs),
    details: blocks(...known.flatMap(([, { details }]) => details ?? [])),
  }
}
