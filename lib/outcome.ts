import type { Markdown } from './markdown.ts'

/** What an action leaves behind. */
export type Outcome = {
  /** Output name to value; `result` is always among them. */
  outputs: { result: string } & Record<string, string>
  summary: Markdown
  /** The JSON report. */
  report: Readonly<Record<string, unknown>>
  /** One sentence where the ending is a failure. */
  failure?: string | undefined
  /** Where the cause of the failure stands: path relative to the workspace, line from 1. */
  failureAt?: { file: string; line: number } | undefined
  /** Lines that help to find the cause of a failure. */
  trace?: readonly string[]
}
