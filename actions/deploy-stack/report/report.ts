import type { Outcome } from '../../../lib/action.ts'
import { renderSeconds, renderTable } from '../../../lib/markdown.ts'
import type { DestroyResult } from '../apply/destroy.ts'
import { isSuccess, type StackOutcome, type StackResult, summarizeOutcomes } from '../apply/outcome.ts'
import type { StackStep } from '../plan/plan.ts'

/** Renders a plan as lines of the log. */
export function renderPlan(verb: string, steps: readonly Pick<StackStep, 'stackName' | 'after'>[]): string[] {
  return steps.map(
    ({ stackName, after }) => `${verb} ${stackName}${after.length > 0 ? ` after ${after.join(', ')}` : ''}`,
  )
}

/** Reports a dry run. */
export function reportPlanned(lines: readonly string[]): Outcome {
  const summary = ['## Planned deployment', '', ...lines.map((line) => `- ${line}`)].join('\n')
  return { outputs: { result: 'planned' }, summary, report: { result: 'planned', steps: lines } }
}

const changesOf = (outcome: StackOutcome) => ('changes' in outcome ? outcome.changes : [])

/** Reports deployments or previews. */
export function reportStacks(results: readonly StackResult[]): Outcome {
  const result = summarizeOutcomes(results)
  const outputs = Object.fromEntries(
    results.flatMap(({ key, outcome }) =>
      isSuccess(outcome) ? [[key, Object.fromEntries(outcome.outputs)]] : [],
    ),
  )
  const changes = results.reduce((count, { outcome }) => count + changesOf(outcome).length, 0)
  const failed = results.filter(({ outcome }) => 'cause' in outcome && outcome.kind !== 'not-started')
  const causes = failed.map(
    ({ stackName, outcome }) => `${stackName}: ${'cause' in outcome ? outcome.cause : ''}`,
  )
  return {
    outputs: { result, outputs: JSON.stringify(outputs), changes: String(changes) },
    summary: renderSummary(result, results),
    report: { result, outputs, stacks: results.map(toReport) },
    failure: causes.length > 0 ? `${result}: ${causes.join('; ')}` : undefined,
  }
}

function toReport({ key, stackName, outcome, seconds }: StackResult) {
  const cause = 'cause' in outcome ? { cause: outcome.cause } : {}
  return { key, stackName, result: outcome.kind, seconds, changes: changesOf(outcome), ...cause }
}

function renderSummary(result: string, results: readonly StackResult[]): string {
  const rows = results.map(({ stackName, outcome, seconds }) => [
    stackName,
    outcome.kind,
    String(changesOf(outcome).length),
    renderSeconds(seconds),
    'cause' in outcome ? outcome.cause : '',
  ])
  const changes = results.flatMap(({ stackName, outcome }) =>
    changesOf(outcome).map(({ action, logicalId, type, replacement }) => [
      stackName,
      action,
      logicalId,
      type,
      replacement,
    ]),
  )
  return [
    `## Stacks: ${result}`,
    '',
    renderTable(['stack', 'result', 'changes', 'time', 'cause'], rows, { right: ['changes', 'time'] }),
    ...(changes.length > 0
      ? ['', renderTable(['stack', 'action', 'resource', 'type', 'replacement'], changes)]
      : []),
  ].join('\n')
}

/** Reports a destroy. */
export function reportDestroyed(results: readonly DestroyResult[]): Outcome {
  const stuck = results.find(({ kind }) => kind === 'failed' || kind === 'timeout')
  const result = stuck ? stuck.kind : 'destroyed'
  const rows = results.map(({ stackName, kind, cause }) => [stackName, kind, cause])
  return {
    outputs: { result, changes: String(results.filter(({ kind }) => kind === 'destroyed').length) },
    summary: [`## Stacks: ${result}`, '', renderTable(['stack', 'result', 'remark'], rows)].join('\n'),
    report: { result, stacks: results },
    failure: stuck ? `${stuck.stackName}: ${stuck.cause}` : undefined,
  }
}
