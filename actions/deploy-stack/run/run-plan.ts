import type { Outcome } from '../../../lib/outcome.ts'
import type { StackResult } from '../apply/outcome.ts'
import { runSteps, type Step, type Work } from '../apply/schedule.ts'
import type { DeployContext, StackContext } from '../context.ts'
import { type Deployment, describeDeployment, reportStacks } from '../report/report.ts'

/** The steps of a plan, and how they are carried out. */
type Plan<S> = Partial<Pick<Deployment, 'deployed' | 'findPrice'>> & {
  steps: readonly S[]
  work: Work<S>
  /** Comes before the first stack. */
  begin?: () => Promise<void>
}

/** Works on all stacks of a plan, and reports them; a run that ends meanwhile reports how far it came. */
export async function runPlan<S extends Step>(
  { steps, work, begin, deployed = new Map(), ...more }: Plan<S>,
  run: StackContext,
  { remember }: Pick<DeployContext, 'remember'>,
): Promise<{ outcome: Outcome; results: readonly StackResult[] }> {
  const finished: StackResult[] = []
  const deployment = { ...more, steps, deployed, results: finished, operations: run.operations }
  remember(() => describeDeployment(deployment))
  await begin?.()
  // In the order of the plan, not as they came to their end.
  const results = await runSteps(steps, run, work, finished)
  return { outcome: reportStacks({ ...deployment, results }), results }
}
