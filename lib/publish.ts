import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setOutput } from '@actions/core'
import { messageOf } from './errors.ts'
import type { RunLog } from './log.ts'
import {
  blocks,
  fitBytes,
  insertSecond,
  type Markdown,
  markdownForms,
  md,
  summaryBudgetBytes,
} from './markdown.ts'
import type { Outcome } from './outcome.ts'
import { findPage, helpWith } from './page.ts'

/** What a run is published with; `line` is put below the summary's heading. */
export type Publishing = { env: Readonly<Record<string, string | undefined>>; log: RunLog; line: Markdown }

/**
 * Publishes an outcome: outputs first, then summary and report, the failure last. A summary or report that cannot
 * be written is a warning; outputs that cannot be written are a failure, and stand in the log.
 */
export function publish(name: string, outcome: Outcome, { env, log, line }: Publishing): void {
  const lost = attempt(() => writeOutputs(outcome.outputs))
  for (const [key, value] of lost ? Object.entries(outcome.outputs) : []) log.info(`output ${key}: ${value}`)
  const failure = [outcome.failure, lost && `outputs: cannot be written (${lost}); they stand in the log`]
    .filter(Boolean)
    .join('; ')
  const help = failure ? findPage(helpWith(failure), env) : undefined
  const link = help ? md`[What to do about it](${{ markdown: help }})` : md``
  const { markdown } = blocks(insertSecond(outcome.summary, line), link)
  const redacted = markdownForms.reduce((rest, form) => log.redact(rest, form), markdown)
  const text = fitBytes(redacted, summaryBudgetBytes)
  const summary = attempt(() => writeSummary(text, env))
  if (summary) log.warning(`summary: cannot be written (${summary})`)
  const report = attempt(() => {
    const content = { ...outcome.report, failure: outcome.failure, summary: text }
    const path = writeReport(name, content, { env, log })
    if (!lost) setOutput('report', path)
  })
  if (report) log.warning(`report: cannot be written (${report})`)
  if (failure) log.fail(help ? `${failure}; see ${help}` : failure, outcome.failureAt)
  for (const line of outcome.trace ?? []) log.info(line)
}

function attempt(write: () => void): string | undefined {
  try {
    write()
    return undefined
  } catch (error) {
    return messageOf(error) || 'unknown reason'
  }
}

function writeOutputs(outputs: Outcome['outputs']): void {
  for (const [key, value] of Object.entries(outputs)) setOutput(key, value)
}

// core.summary.write() throws where the runner gives no file, as on a laptop.
function writeSummary(text: string, env: Publishing['env']): void {
  const path = env.GITHUB_STEP_SUMMARY
  if (path) appendFileSync(path, `${text}\n`)
}

function writeReport(
  name: string,
  content: Outcome['report'],
  { env, log }: Omit<Publishing, 'line'>,
): string {
  const folder = env.RUNNER_TEMP || 'out'
  const path = join(folder, `${name}-report.json`)
  const text = JSON.stringify(content, undefined, 2)
  mkdirSync(folder, { recursive: true })
  try {
    writeFileSync(path, `${log.redact(text, (secret) => JSON.stringify(secret).slice(1, -1))}\n`)
  } catch (error) {
    // Half a report is no JSON.
    rmSync(path, { force: true })
    throw error
  }
  return path
}
