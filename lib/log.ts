import { error, info, setFailed, setSecret, warning } from '@actions/core'
import { redact } from './redact.ts'
import { visible } from './visible.ts'

/** Where an action's words go; one line a call. */
export type Log = {
  info(line: string): void
  warning(line: string): void
  /** Hides the text, and each line of it, in every later line. */
  mask(secret: string): void
}

/** The log of a whole run. */
export type RunLog = Log & {
  /** Marks the step as failed, with the sentence as its annotation, at a line of a file where one is given. */
  fail(sentence: string, place?: { file: string; line: number }): void
  /** Hides all masked texts; `write` is how the format of the text writes them. */
  redact(text: string, write?: (secret: string) => string): string
}

/** How the runner is spoken to: the functions of `@actions/core` that write to the log. */
export type Commands = typeof runnerCommands

// By name, so that a bundle leaves out the rest: its client for tokens brings a whole HTTP client.
const runnerCommands = { error, info, setFailed, setSecret, warning }

const longestLine = 4000
// What is shorter is no secret, and stands in too many words.
const shortestSecret = 4

/** Creates the sink through which all lines of the log are written. */
export function makeLog(commands: Commands = runnerCommands): RunLog {
  const secrets = new Set<string>()
  const hide = (text: string, write = (secret: string) => secret) => redact(text, [...secrets].map(write))
  const mask = (secret: string) => {
    const lines = secret.split(/[\r\n]+/).map((line) => line.trim())
    const whole = secret.trim().length < shortestSecret ? [] : [secret, visible(secret)]
    for (const part of [...whole, ...lines]) {
      if (part.length < shortestSecret || secrets.has(part)) continue
      secrets.add(part)
      commands.setSecret(part)
    }
  }
  return {
    info: (line) => commands.info(toLine(hide(line))),
    warning: (line) => commands.warning(toLine(hide(line))),
    fail: (sentence, place) => {
      if (!place) return commands.setFailed(toLine(hide(sentence)))
      process.exitCode = 1
      commands.error(toLine(hide(sentence)), { file: place.file, startLine: place.line })
    },
    mask,
    redact: hide,
  }
}

/**
 * Makes one line of the log out of any text: nothing in it ends the line, is invisible, or is a command to the
 * runner, which takes `::` behind white space at the start, and `##[` anywhere:
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function toLine(text: string): string {
  const whole = visible(text.slice(0, longestLine + 1))
  const line = whole.slice(0, longestLine).toWellFormed()
  return (line.length < whole.length ? `${line}… (${text.length} characters in all)` : line)
    .replace(/^[\s\u200c\u200d]*::/, (start) => start.replace('::', '\\::'))
    .replaceAll('##[', '#\\#[')
}
