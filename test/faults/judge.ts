import type { ActionRun } from '../../scripts/action-process.ts'
import type { Fault } from './proxy/fault.ts'
import { type State, subtract } from './state/state.ts'

/** What a case came to; `meaningOf` tells each in a sentence. */
export const endings = ['survived', 'recovered', 'unclear', 'doubled', 'lost', 'hung', 'not reached'] as const

export type Ending = (typeof endings)[number]

/** The endings that are faults of an action. */
export const badEndings: readonly Ending[] = ['unclear', 'doubled', 'lost', 'hung']

/** What happened in one case. */
export type Trial = {
  fault: Fault
  /** Whether the fault happened. */
  fired: boolean
  first: ActionRun
  /** Whether the action had to be ended from outside. */
  hung: boolean
  /** Whether the action was interrupted (SIGINT) after the fault. */
  interrupted: boolean
  /** The state after the first run. */
  state: State
  /** The run that followed without a fault, and the state after it; undefined where the first one was enough. */
  again?: { run: ActionRun; state: State }
}

/** What a case came to, why, and what was left that should not be. */
export type Verdict = { ending: Ending; why: string; leftovers: readonly string[] }

/** What the undisturbed run leaves, and the words of which a failure has one. */
export type Expected = { state: State; names: readonly string[] }

/** Judges a case by what the undisturbed run leaves. */
export function judge(trial: Trial, expected: Expected): Verdict {
  const { state } = trial.again ?? trial
  const leftovers = subtract(state.leftovers, expected.state.leftovers)
  const verdict = (ending: Ending, why = '') => ({ ending, why, leftovers })
  if (!trial.fired) return verdict('not reached', 'the call was not made')
  if (trial.hung) return verdict('hung', lastLine(trial.first))
  const missing = subtract(expected.state.reached, state.reached)
  const extra = subtract(state.reached, expected.state.reached)
  if (missing.length > 0) return verdict('lost', `${tellRuns(trial)}; not there: ${missing.join('; ')}`)
  if (extra.length > 0) return verdict('doubled', `more than wanted: ${extra.join('; ')}`)
  if (trial.again) return judgeFailure(trial, trial.again.run, expected, verdict)
  const twice = subtract(state.effects, expected.state.effects)
  if (twice.length > 0) return verdict('doubled', `done more often: ${twice.join('; ')}`)
  return verdict('survived')
}

function judgeFailure(
  trial: Trial,
  again: ActionRun,
  { names }: Expected,
  verdict: (ending: Ending, why?: string) => Verdict,
): Verdict {
  if (again.exitCode !== 0) {
    return verdict(
      'lost',
      `${tellRuns(trial)}; the next run failed: ${errorsOf(again)[0] ?? lastLine(again)}`,
    )
  }
  if (trial.fault.startsWith('kill')) return verdict('recovered')
  const faults = findUnclear(trial.first, trial.interrupted ? ['cancelled'] : names)
  return faults.length > 0 ? verdict('unclear', faults.join('; ')) : verdict('recovered')
}

/** Lists what a failed run owes its user: one annotation of one sentence that names what failed, outputs, summary. */
function findUnclear(run: ActionRun, names: readonly string[]): string[] {
  const [error, ...more] = errorsOf(run)
  const found: string[] = []
  if (run.exitCode !== 1) found.push(`exit code ${run.exitCode}`)
  if (error === undefined) found.push(`no annotation, last line "${lastLine(run)}"`)
  else if (error.includes('%0A')) found.push(`an annotation of several lines: ${error}`)
  else if (!names.some((name) => error.includes(name))) found.push(`the annotation names nothing: ${error}`)
  if (more.length > 0) found.push(`${more.length + 1} annotations`)
  if (!run.outputs.result) found.push('no output "result"')
  if (run.summary.trim() === '') found.push('no summary')
  return found
}

/** The texts of the error annotations. */
const errorsOf = ({ lines }: ActionRun): string[] =>
  lines.filter((line) => line.startsWith('::error')).map((line) => line.replace(/^::error[^:]*::/, ''))

const lastLine = ({ lines }: ActionRun) => lines.at(-1) ?? ''

const tellRuns = ({ first, again }: Trial) =>
  [first, again?.run]
    .flatMap((run) => (run ? [`exit ${run.exitCode} ${run.outputs.result ?? ''}`.trim()] : []))
    .join(', then ')
