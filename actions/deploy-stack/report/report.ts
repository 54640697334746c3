import type { Stack } from '../../../lib/aws/cloudformation.ts'
import { type Known, reportUnfinished } from '../../../lib/ending.ts'
import { blocks, foldTable, type Markdown, md, renderList, renderSeconds } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import { listFirst } from '../../../lib/quote.ts'
import { isSuccess, type StackOutcome, type StackResult, summarizeOutcomes } from '../apply/outcome.ts'
import type { Template } from '../graph/template.ts'
import { describeAdoption } from '../plan/adoption.ts'
import type { FindHourlyPrice } from '../plan/hourly-price.ts'
import type { StackStep } from '../plan/plan.ts'
import { renderStackCounts } from './counts.ts'
import { renderDiagnoses, renderOutputs } from './details.ts'
import { renderCount, renderStackName } from './links.ts'
import { renderMonth } from './month.ts'
import { renderNext } from './next.ts'
import { findPlace } from './place.ts'
import { renderPreviews } from './preview.ts'
import { renderTimeline } from './timeline.ts'

/** Renders a plan as lines of the log. */
export function renderPlan(
  verb: string,
  steps: readonly Pick<StackStep, 'stackName' | 'after' | 'adoptions' | 'capabilities'>[],
): string[] {
  const list = (word: string, names: readonly string[]) =>
    names.length > 0 ? ` ${word} ${names.join(', ')}` : ''
  return steps.flatMap(({ stackName, after, adoptions, capabilities }) => [
    `${verb} ${stackName}${list('after', after)}${list('with', capabilities)}`,
    ...adoptions.map((adoption) => describeAdoption(stackName, adoption)),
  ])
}

/** Reports a dry run. */
export function reportPlanned(lines: readonly string[]): Outcome {
  const summary = blocks(md`## Planned deployment`, renderList(lines))
  return { outputs: { result: 'planned' }, summary, report: { result: 'planned', steps: lines } }
}

const changesOf = (outcome: StackOutcome) => ('changes' in outcome ? outcome.changes : [])

/** What a deployment was, and is. */
export type Deployment = {
  steps: readonly (Pick<StackStep, 'stackName'> & { template?: Pick<Template, 'path' | 'body'> })[]
  /** The stacks of the graph that existed before, by key, also those that it leaves alone. */
  deployed: ReadonlyMap<string, Pick<Stack, 'name'> & Partial<Pick<Stack, 'parameters'>>>
  /** Those that have come to their end. */
  results: readonly StackResult[]
  /** Stack name to the status last seen, of what CloudFormation still works on. */
  operations: ReadonlyMap<string, string>
  /** For what a month costs of what comes and goes; without it, nothing is said of that. */
  findPrice?: FindHourlyPrice
}

/** Reports deployments or previews. */
export function reportStacks(deployment: Deployment): Outcome {
  const { results } = deployment
  const result = summarizeOutcomes(results)
  const causes = results.flatMap(({ stackName, outcome }) =>
    'cause' in outcome && outcome.kind !== 'not-started' ? [`${stackName}: ${outcome.cause}`] : [],
  )
  const known = describeDeployment(deployment)
  if (causes.length > 0) {
    const unfinished = reportUnfinished(result, `${result}: ${listFirst(causes, '; ')}`, known)
    return { ...unfinished, failureAt: findPlace(deployment.steps, results) }
  }
  return {
    outputs: { ...known.outputs, result },
    summary: blocks(md`## Stacks: ${result}`, known.details),
    report: { result, ...known.report },
  }
}

/** Describes a deployment that may end at any time. */
export function describeDeployment(deployment: Deployment) {
  const { steps, results, operations } = deployment
  const reached = new Map(results.map((result) => [result.stackName, result.outcome]))
  const outputs = Object.fromEntries(
    results.flatMap(({ key, outcome }) =>
      isSuccess(outcome) ? [[key, Object.fromEntries(outcome.outputs)]] : [],
    ),
  )
  const changes = results.reduce((count, { outcome }) => count + changesOf(outcome).length, 0)
  const isDone = (outcome: StackOutcome) => isSuccess(outcome) || outcome.kind === 'previewed'
  const open = [...operations].map(([stackName, status]) => `${stackName} (${status})`)
  return {
    title: 'Stacks',
    outputs: { outputs: JSON.stringify(outputs), changes: String(changes), ...findPreviousImage(deployment) },
    done: results
      .filter(({ outcome }) => isDone(outcome))
      .map(({ stackName, outcome }) => `${stackName}: ${outcome.kind}`),
    notDone: steps.flatMap(({ stackName }) => {
      const outcome = reached.get(stackName)
      if (outcome && isDone(outcome)) return []
      return [`${stackName}: ${outcome?.kind ?? (operations.has(stackName) ? 'under way' : 'not started')}`]
    }),
    goesOn: open,
    costs: listCosts(deployment),
    details: render(results, renderMonth(results, deployment.findPrice ?? (() => undefined))),
    report: { outputs, stacks: results.map(toReport) },
  } satisfies Known
}

// What a workflow goes back to where the new image turns out not to work.
function findPreviousImage({ deployed }: Deployment): { 'previous-image-uri'?: string } {
  const images = [...deployed.values()].flatMap(({ parameters }) => parameters?.get('ImageUri') ?? [])
  return images[0] ? { 'previous-image-uri': images[0] } : {}
}

function listCosts({ deployed, results }: Deployment): string[] {
  const created = results.filter(({ outcome }) => outcome.kind === 'created')
  const before = [...deployed.values()].map(({ name }) => name)
  return [
    ...created.map(({ stackName }) => `the resources of ${stackName}, created now`),
    ...(before.length > 0 ? [`the resources of ${before.join(', ')}`] : []),
  ]
}

function toReport(result: StackResult) {
  const { key, stackName, outcome, seconds, links } = result
  const cause = 'cause' in outcome ? { cause: outcome.cause, findings: outcome.diagnosis?.findings } : {}
  const notes = outcome.kind === 'previewed' ? outcome.notes : {}
  return {
    key,
    stackName,
    result: outcome.kind,
    seconds,
    changes: changesOf(outcome),
    ...(links && { links }),
    ...notes,
    ...cause,
  }
}

const render = (results: readonly StackResult[], month: Markdown) =>
  results.some(({ outcome }) => outcome.kind === 'previewed')
    ? blocks(
        renderPreviews(results, month),
        renderStacks(results.filter(({ outcome }) => outcome.kind !== 'previewed')),
        renderNext(results),
      )
    : renderStacks(results, month)

function renderStacks(results: readonly StackResult[], month = md``): Markdown {
  if (results.length === 0) return md``
  const rows = results.map((result) => {
    const { outcome, seconds } = result
    return [
      renderStackName(result),
      outcome.kind,
      renderCount(changesOf(outcome).length, result),
      renderSeconds(seconds),
      'cause' in outcome ? outcome.cause : '',
    ]
  })
  const changes = results.flatMap(({ stackName, outcome }) =>
    changesOf(outcome).map(({ action, logicalId, type, replacement }) => [
      stackName,
      action,
      logicalId,
      type,
      replacement,
    ]),
  )
  return blocks(
    renderStackCounts(results),
    month,
    renderNext(results),
    foldTable('stacks', ['stack', 'result', 'changes', 'time', 'cause'], rows, {
      right: ['changes', 'time'],
    }),
    renderDiagnoses(results),
    changes.length > 0
      ? foldTable('changes of resources', ['stack', 'action', 'resource', 'type', 'replacement'], changes)
      : md``,
    renderOutputs(results),
    renderTimeline(results),
  )
}
