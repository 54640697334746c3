import { type Known, reportUnfinished } from '../../../lib/ending.ts'
import { blocks, foldTable, type Markdown, md } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import { listFirst, quote } from '../../../lib/quote.ts'
import type { DriftResult } from '../apply/drift.ts'

/** Reports what was changed beside CloudFormation; with `failOnDrift` any difference fails the step. */
export function reportDrift(results: readonly DriftResult[], failOnDrift: boolean): Outcome {
  const known = describeDrift(results)
  const failed = results.filter(({ kind }) => kind === 'failed')
  if (failed.length > 0) {
    const causes = failed.map(({ stackName, cause }) => `${stackName}: ${cause}`)
    return reportUnfinished('failed', `failed: ${listFirst(causes, '; ')}`, known)
  }
  const drifted = results.filter(({ kind }) => kind === 'drifted')
  const result = drifted.length > 0 ? 'drifted' : 'in-sync'
  const named = drifted.map(
    ({ stackName, drifts }) => `${stackName} (${listFirst(drifts.map(({ logicalId }) => logicalId))})`,
  )
  const sentence = `drifted: ${listFirst(named)}; deploy what the template should have, or change it back`
  return {
    outputs: { ...known.outputs, result },
    summary: blocks(md`## Drift: ${result}`, known.details),
    report: { result, ...known.report },
    ...(drifted.length > 0 && failOnDrift && { failure: sentence }),
  }
}

/** Describes a drift detection that may end at any time. */
export function describeDrift(results: readonly DriftResult[]) {
  const changes = results.reduce((count, { drifts }) => count + drifts.length, 0)
  return {
    title: 'Drift',
    outputs: { changes: String(changes) },
    done: results.map(({ stackName, kind }) => `${stackName}: ${kind}`),
    details: renderDrift(results),
    report: { stacks: results },
  } satisfies Known
}

function renderDrift(results: readonly DriftResult[]): Markdown {
  const stacks = results.map(({ stackName, kind, drifts, cause }) => [
    ...[stackName, kind, String(drifts.length), cause],
  ])
  const rows = results.flatMap(({ stackName, drifts }) =>
    drifts.flatMap(({ logicalId, type, differences }) =>
      differences.length === 0
        ? [[stackName, logicalId, type, 'deleted', '', '']]
        : differences.map(({ path, expected, actual }) => [
            ...[stackName, logicalId, type, path, quote(expected), quote(actual)],
          ]),
    ),
  )
  if (stacks.length === 0) return md``
  const drifted = results.filter(({ kind }) => kind === 'drifted').length
  const next = md`**Next**: deploy what the template should have, or change it back.`
  return blocks(
    md`**${drifted} of ${stacks.length} stacks drifted**; ${rows.length} differences.`,
    drifted > 0 ? next : md``,
    foldTable('stacks', ['stack', 'result', 'resources', 'cause'], stacks),
    rows.length > 0
      ? foldTable('differences', ['stack', 'resource', 'type', 'property', 'expected', 'actual'], rows)
      : md``,
  )
}
