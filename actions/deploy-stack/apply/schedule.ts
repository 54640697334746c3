import { isMade } from '../../../lib/aws/cloudformation.ts'
import { endingOf, sentenceOf, traceOf } from '../../../lib/ending.ts'
import { TimeoutError } from '../../../lib/errors.ts'
import { limitConcurrency } from '../../../lib/limit-concurrency.ts'
import { endBy } from '../../../lib/wait.ts'
import { type StackContext, stackNameOf } from '../context.ts'
import { missingStack, type Outputs } from '../plan/parameter.ts'
import type { StackStep } from '../plan/plan.ts'
import { previewOutputs } from '../plan/unknown.ts'
import { isSuccess, type StackOutcome, type StackResult } from './outcome.ts'
import type { Upstream } from './stack.ts'

// What a stack waits for is asked at its time-out.
const diagnosisMs = 8_000

/** What the schedule asks of a step. */
export type Step = Pick<StackStep, 'key' | 'stackName' | 'after'>

/** Works on the stack of one step. */
export type Work<S> = (step: S, context: StackContext, upstream: Upstream) => Promise<StackOutcome>

/**
 * Runs all steps: each starts when its dependencies are done, independent ones in parallel. An error ends its own
 * stack only. Each result is added to `finished` as soon as it is there.
 */
export async function runSteps<S extends Step>(
  steps: readonly S[],
  context: StackContext,
  work: Work<S>,
  finished: StackResult[] = [],
): Promise<StackResult[]> {
  const results = new Map<string, Promise<StackResult>>()
  const limit = limitConcurrency(context.inputs.concurrency)
  for (const step of steps) {
    const result = runStep(step, context, work, results, limit).then((result) => {
      finished.push(result)
      return result
    })
    results.set(step.key, result)
  }
  return await Promise.all(results.values())
}

async function runStep<S extends Step>(
  step: S,
  context: StackContext,
  work: Work<S>,
  results: ReadonlyMap<string, Promise<StackResult>>,
  limit: ReturnType<typeof limitConcurrency>,
): Promise<StackResult> {
  const before = await Promise.all(step.after.map((key) => results.get(key)))
  let start = context.clock.now()
  const finish = (outcome: StackOutcome): StackResult => {
    if ('cause' in outcome) context.log.info(`${step.stackName}: ${outcome.kind}: ${outcome.cause}`)
    else context.log.info(`${step.stackName}: ${outcome.kind}`)
    return {
      key: step.key,
      stackName: step.stackName,
      outcome,
      links: context.links.get(step.stackName),
      startedAt: start,
      seconds: (context.clock.now() - start) / 1000,
    }
  }
  const blocker = before.find(
    (result) => result && !isSuccess(result.outcome) && result.outcome.kind !== 'previewed',
  )
  if (blocker)
    return finish({ kind: 'not-started', cause: `${blocker.key} ended with ${blocker.outcome.kind}` })
  try {
    const outcome = await limit(async () => {
      context.signal.throwIfAborted()
      start = context.clock.now()
      const outputsOf = (key: string) => readOutputs(key, context, results)
      const run = () => work(step, context, { outputsOf, changes: before.some(mayChange) })
      return await endBy(run, { ...context, what: `stack ${step.stackName}`, graceMs: diagnosisMs })
    })
    return finish(outcome)
  } catch (error) {
    for (const line of traceOf(error, context.signal)) context.log.info(line)
    const ending = endingOf(error, context.signal)
    const kind = ending === 'failed' && error instanceof TimeoutError ? 'timeout' : ending
    return finish({ kind, cause: sentenceOf(error, context.signal) })
  }
}

const mayChange = (result: StackResult | undefined) =>
  result?.outcome.kind === 'previewed' && (result.outcome.kept === true || result.outcome.changes.length > 0)

async function readOutputs(
  key: string,
  context: StackContext,
  results: ReadonlyMap<string, Promise<StackResult>>,
): Promise<Outputs> {
  const result = await results.get(key)
  if (result && isSuccess(result.outcome)) return result.outcome.outputs
  const stack = await context.cloudFormation.describe(stackNameOf(key, context))
  const { mode } = context.inputs
  // A review leaves a new stack without outputs.
  const outputs = isMade(stack) ? stack.outputs : undefined
  if (mode === 'preview' || mode === 'review') return previewOutputs(key, outputs)
  if (outputs) return outputs
  throw missingStack(key)
}
