import { missingStack } from '../plan/parameter.ts'
import { nameStack, type StackStep } from '../plan/plan.ts'
import { type Ending, isSuccess, type StackResult } from '../report/outcome.ts'
import { type Run, runStack } from './stack.ts'

/** Runs all steps: each starts when those before it are done, independent ones side by side. */
export async function runSteps(steps: readonly StackStep[], run: Run): Promise<StackResult[]> {
  const results = new Map<string, Promise<StackResult>>()
  for (const step of steps) results.set(step.key, runStep(step, run, results))
  const settled = await Promise.allSettled(results.values())
  // Every stack comes to its end before an error is told: none is left on its way unseen.
  const failed = settled.find((each) => each.status === 'rejected')
  if (failed) throw failed.reason
  return await Promise.all(results.values())
}

async function runStep(
  step: StackStep,
  run: Run,
  results: ReadonlyMap<string, Promise<StackResult>>,
): Promise<StackResult> {
  const before = await Promise.all(step.after.map((key) => results.get(key)))
  const start = run.clock.now()
  const finish = (ending: Ending): StackResult => {
    if ('cause' in ending) run.log.info(`${step.stackName}: ${ending.kind}: ${ending.cause}`)
    else run.log.info(`${step.stackName}: ${ending.kind}`)
    return { key: step.key, stackName: step.stackName, ending, seconds: (run.clock.now() - start) / 1000 }
  }
  const blocker = before.find(
    (result) => result && !isSuccess(result.ending) && result.ending.kind !== 'previewed',
  )
  if (blocker)
    return finish({ kind: 'not-started', cause: `${blocker.key} ended with ${blocker.ending.kind}` })
  run.signal.throwIfAborted()
  return finish(await runStack(step, run, (key) => readOutputs(key, run, results)))
}

async function readOutputs(
  key: string,
  run: Run,
  results: ReadonlyMap<string, Promise<StackResult>>,
): Promise<ReadonlyMap<string, string>> {
  const result = await results.get(key)
  if (result && isSuccess(result.ending)) return result.ending.outputs
  const stack = await run.cloudFormation.describe(nameStack(run.inputs.prefix, key))
  if (stack) return stack.outputs
  if (run.inputs.mode === 'preview') return new UnknownOutputs()
  throw missingStack(key)
}

/** Outputs of a stack that a preview only plans: each stands for itself. */
class UnknownOutputs extends Map<string, string> {
  override get(output: string): string {
    return `(${output} after the deployment)`
  }
}
