import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as core from '@actions/core'
import { CancelledError, messageOf, UserError } from './errors.ts'
import type { RawInputs } from './inputs.ts'
import { fitBytes, summaryBudgetBytes } from './markdown.ts'

/** Where an action's words go; one line a call. */
export type Log = {
  info(line: string): void
  warning(line: string): void
  /** Hides the text in every later line. */
  mask(secret: string): void
}

/** What an action gets from the place where it runs. */
export type ActionContext = {
  inputs: RawInputs
  env: Readonly<Record<string, string | undefined>>
  log: Log
  /** Aborts at SIGINT or SIGTERM: stop at the next safe point. */
  signal: AbortSignal
}

/** What an action leaves behind, in every ending that is not a thrown error. */
export type Outcome = {
  /** Output name to value; `result` is always among them. */
  outputs: { result: string } & Record<string, string>
  /** Markdown of the job summary. */
  summary: string
  /** The JSON report; undefined where there is nothing to report. */
  report: unknown
  /** One sentence where the ending is a failure. */
  failure?: string | undefined
}

/**
 * Runs an action: reads inputs, sets outputs, writes summary and report, and is the only
 * caller of setFailed. Outputs are set before a failure ends the step.
 */
export async function runAction(
  name: string,
  run: (context: ActionContext) => Promise<Outcome>,
): Promise<void> {
  const abort = new AbortController()
  const cancel = () => abort.abort(new CancelledError('cancelled'))
  process.once('SIGINT', cancel)
  process.once('SIGTERM', cancel)
  try {
    publish(name, await run({ inputs: readInputs(process.env), env: process.env, log, signal: abort.signal }))
  } catch (error) {
    fail(error, abort.signal)
  } finally {
    process.removeListener('SIGINT', cancel)
    process.removeListener('SIGTERM', cancel)
  }
}

/** Reads the runner's `INPUT_*` variables back into inputs with their own names. */
function readInputs(env: Readonly<Record<string, string | undefined>>): RawInputs {
  const inputs = Object.entries(env).filter(([key]) => key.startsWith('INPUT_'))
  return Object.fromEntries(
    inputs.map(([key, value]) => [key.slice('INPUT_'.length).toLowerCase().replaceAll('_', '-'), value]),
  )
}

const log: Log = {
  info: (line) => core.info(line),
  warning: (line) => core.warning(line),
  mask: (secret) => core.setSecret(secret),
}

function publish(name: string, outcome: Outcome): void {
  const report = outcome.report === undefined ? undefined : writeReport(name, outcome.report)
  for (const [key, value] of Object.entries(outcome.outputs)) core.setOutput(key, value)
  if (report !== undefined) core.setOutput('report', report)
  writeSummary(outcome.summary)
  if (outcome.failure !== undefined) core.setFailed(outcome.failure)
}

function writeReport(name: string, report: unknown): string {
  const folder = process.env.RUNNER_TEMP || 'out'
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}-report.json`)
  writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`)
  return path
}

// core.summary.write() throws where the runner gives no file, as on a laptop.
function writeSummary(markdown: string): void {
  const path = process.env.GITHUB_STEP_SUMMARY
  if (path) writeFileSync(path, `${fitBytes(markdown, summaryBudgetBytes)}\n`, { flag: 'a' })
}

function fail(error: unknown, signal: AbortSignal): void {
  const cancelled = signal.aborted
  const refused = error instanceof UserError
  core.setOutput('result', cancelled ? 'cancelled' : refused ? 'refused' : 'failed')
  core.setFailed(cancelled ? `cancelled: ${messageOf(error)}` : messageOf(error))
  if (!cancelled && !refused && error instanceof Error) core.info(error.stack ?? '')
}
