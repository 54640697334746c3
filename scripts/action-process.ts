import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parse } from 'yaml'
import { findEntryPoint } from './entry-point.ts'

/** What a run of an action gave. */
export type ActionRun = {
  exitCode: number
  outputs: Record<string, string>
  /** Markdown of the job summary. */
  summary: string
  /** All lines that the action printed, in order. */
  lines: string[]
}

/** Runs one action as a runner would: `INPUT_*` with the defaults of action.yml, and files for its answers. */
export async function runActionProcess({
  action,
  inputs,
  env,
  cwd = process.cwd(),
  onLine = () => {},
  signal,
  kill,
}: {
  action: string
  inputs: Record<string, string>
  env: Record<string, string | undefined>
  cwd?: string
  onLine?: (line: string) => void
  /** Interrupts it, as a runner does at a cancel. */
  signal?: AbortSignal
  /** Ends it at once. */
  kill?: AbortSignal
}): Promise<ActionRun> {
  const entry = findEntryPoint(action)
  const folder = mkdtempSync(join(tmpdir(), 'action-'))
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  try {
    if (entry.stale) onLine(`(running actions/${action}/main.ts: its bundle is older than the sources)`)
    const all = { ...readDefaults(action), ...inputs }
    const variables = Object.entries(all).map(
      ([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const,
    )
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry.path], {
      cwd,
      env: { ...env, ...files, ...Object.fromEntries(variables) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    signal?.addEventListener('abort', () => child.kill('SIGINT'))
    kill?.addEventListener('abort', () => child.kill('SIGKILL'))
    const lines: string[] = []
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        onLine(line)
      })
    }
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(code ?? 1))
    })
    const outputs = parseOutputs(readFileSync(files.GITHUB_OUTPUT, 'utf8'))
    return { exitCode, outputs, summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'), lines }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readDefaults(action: string): Record<string, string> {
  const path = join(import.meta.dirname, '..', 'actions', action, 'action.yml')
  const { inputs } = parse(readFileSync(path, 'utf8')) as { inputs: Record<string, { default?: unknown }> }
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { default: value }]) => [name, String(value ?? '')]),
  )
}

/** Parses the runner's output file: `name<<DELIMITER`, lines, `DELIMITER`; or `name=value`. */
export function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {}
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const long = /^(.+?)<<(.+)$/.exec(line)
    const short = /^([^=]+)=(.*)$/.exec(line)
    if (long?.[1] && long[2]) {
      const end = lines.indexOf(long[2], at + 1)
      outputs[long[1]] = lines.slice(at + 1, end).join('\n')
      at = end
    } else if (short?.[1]) outputs[short[1]] = short[2] ?? ''
  }
  return outputs
}
