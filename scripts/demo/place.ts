import { spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type ActionRun, runActionProcess } from '../action-process.ts'
import { childEnv, localAwsEnv } from '../child-env.ts'
import { root, startLocalAws } from '../local-aws-process.ts'
import { renderLine } from '../workflow-command.ts'
import { isResourceEvent } from './screen.ts'

/** Where the demo runs: a local AWS of its own, an environment from an allow-list, a folder for reports. */
export type Place = {
  endpoint: string
  account: string
  region: string
  env: Record<string, string>
  /** Shows a line of what is going on. */
  say(line: string): void
  /** Runs an action; its log, summary and report stay in `out/NAME/`. Throws the action's own message where it fails. */
  action(name: string, action: string, inputs: Record<string, string>): Promise<ActionRun>
  /** Runs a script of this repository and gives what it printed to its standard output. */
  script(script: string, args: readonly string[]): Promise<string>
  /** Sets what AWS has no API for, as `POST /_local/control/NAME` does. */
  control(name: string, values: object): Promise<void>
  close(): Promise<void>
}

/** Starts the local AWS and makes the place around it. */
export async function openPlace(
  out: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Place> {
  const region = 'ap-northeast-2'
  const account = '111122223333'
  const home = mkdtempSync(join(tmpdir(), 'demo-'))
  const aws = await startLocalAws({ region, logFile: join(out, 'local-aws.log') })
  const env = childEnv(home, localAwsEnv({ endpoint: aws.endpoint, account, region }))
  return {
    endpoint: aws.endpoint,
    account,
    region,
    env,
    say,
    action: (name, action, inputs) => runStep({ name, action, inputs, env, out, say, signal }),
    script: (script, args) => runScript(script, args, env, say, signal),
    control: async (name, values) => {
      const body = JSON.stringify({ account, region, ...values })
      const url = `${aws.endpoint}/_local/control/${name}`
      const answer = await fetch(url, { method: 'POST', body, signal })
      if (!answer.ok) throw new Error(await answer.text())
    },
    close: async () => {
      await aws.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

type Step = {
  name: string
  action: string
  inputs: Record<string, string>
  env: Record<string, string>
  out: string
  say: (line: string) => void
  signal: AbortSignal
}

async function runStep({ name, action, inputs, env, out, say, signal }: Step): Promise<ActionRun> {
  const folder = join(out, name)
  mkdirSync(folder, { recursive: true })
  const log = join(folder, 'log.txt')
  writeFileSync(log, '')
  const errors: string[] = []
  const onLine = (line: string) => {
    const text = renderLine(line)
    if (!text) return
    appendFileSync(log, `${text}\n`)
    if (text.startsWith('error: ')) errors.push(text.slice('error: '.length))
    if (!isResourceEvent(text)) say(text)
  }
  const run = await runActionProcess({
    action,
    inputs,
    env: { ...env, RUNNER_TEMP: folder },
    cwd: root,
    onLine,
    signal,
  })
  if (run.summary) writeFileSync(join(folder, 'summary.md'), run.summary)
  if (run.exitCode !== 0) throw new Error(`${action} ended with ${run.exitCode}: ${errors.join('\n')}`)
  return run
}

function runScript(
  script: string,
  args: readonly string[],
  env: Record<string, string>,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      env,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const complaints: string[] = []
    child.stdout.on('data', (text) => {
      output += text
    })
    createInterface({ input: child.stderr }).on('line', (line) => {
      complaints.push(line)
      say(line)
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${script} ended with ${code}: ${complaints.slice(-5).join('\n')}`))
    })
  })
}
