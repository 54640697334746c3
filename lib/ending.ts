import { messageOf, TimeoutError, UserError } from './errors.ts'
import { blocks, foldList, type Markdown, md } from './markdown.ts'
import type { Outcome } from './outcome.ts'
import { listFirst } from './quote.ts'

/** What is known of a run that has not come to its result. */
export type Known = {
  /** What was worked on, as the summary's title. */
  title: string
  /** Outputs that hold already. */
  outputs?: Readonly<Record<string, string>>
  done?: readonly string[]
  notDone?: readonly string[]
  /** What AWS continues after the run has ended. */
  goesOn?: readonly string[]
  /** What still costs. */
  costs?: readonly string[]
  /** More for the summary, such as a table. */
  details?: Markdown
  /** More fields of the JSON report. */
  report?: Readonly<Record<string, unknown>>
}

/** How a run ended that gave no result of its own. */
export type Unfinished = 'refused' | 'failed' | 'cancelled'

/** Returns the ending that an error stands for: after a cancel, every error is its consequence. */
export function endingOf(error: unknown, signal: AbortSignal): Unfinished {
  if (signal.aborted) return 'cancelled'
  return error instanceof UserError ? 'refused' : 'failed'
}

/** Explains an error to the user; after a cancel, its own text is included only when it is of another kind. */
export function sentenceOf(error: unknown, signal: AbortSignal): string {
  if (!signal.aborted) return messageOf(error)
  const isOwn = error === signal.reason || (error instanceof Error && error.name === 'AbortError')
  return isOwn ? 'cancelled' : `cancelled: ${messageOf(error)}`
}

/** Returns the stack trace of a failure as lines; a user's mistake, a time-out or a cancel has none. */
export function traceOf(error: unknown, signal: AbortSignal): string[] {
  if (endingOf(error, signal) !== 'failed' || error instanceof TimeoutError) return []
  if (!(error instanceof Error)) return []
  return (error.stack ?? '').split('\n')
}

/** Reports a run that an error ended, from what is known of it. */
export function reportError(error: unknown, signal: AbortSignal, known: Known): Outcome {
  const outcome = reportUnfinished(endingOf(error, signal), sentenceOf(error, signal), known)
  return { ...outcome, trace: traceOf(error, signal) }
}

/** Reports a run that did not reach what it was asked for: what was done, and what was not. */
export function reportUnfinished(result: string, sentence: string, known: Known): Outcome {
  const { title, outputs, done = [], notDone = [], goesOn = [], costs = [], details, report } = known
  const lists: readonly (readonly [heading: string, items: readonly string[]])[] = [
    ['Done', done],
    ['Not done', notDone],
    ['Goes on in AWS', goesOn],
    ['Still costs', costs],
  ]
  const shown = lists.filter(([, items]) => items.length > 0)
  return {
    outputs: { ...outputs, result },
    summary: blocks(
      md`## ${title}: ${result}`,
      md`${sentence}`,
      ...shown.map(([heading, items]) => foldList(heading, items)),
      details ?? md``,
    ),
    report: { result, ...report, done, notDone, goesOn, costs },
    failure: [
      sentence,
      ...(goesOn.length > 0 ? [`goes on in AWS: ${listFirst(goesOn)}`] : []),
      ...(costs.length > 0 ? [`still costs: ${listFirst(costs)}`] : []),
    ].join('; '),
  }
}
