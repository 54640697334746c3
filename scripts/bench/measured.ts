import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { childEnv, localAwsEnv } from '../child-env.ts'
import { findEntryPoint } from '../entry-point.ts'
import { python, root, startLocalAws } from '../local-aws-process.ts'
import { startCountingProxy } from './counting-proxy.ts'

/** A command, with variables of its own and the folder that it runs in. */
export type Command = { argv: readonly string[]; env?: Readonly<Record<string, string>>; cwd?: string }

/** What a command cost, and the calls to AWS that it made. */
export type Cost = { seconds: number; cpuSeconds: number; peakRssBytes: number; calls: number }

type Measured = Omit<Cost, 'calls'> & { exitCode: number; error: string }

/** A local AWS behind a proxy that counts. */
export type BenchPlace = {
  /** Below the temporary folder; it goes at the end. */
  folder: string
  /** The local AWS itself. */
  endpoint: string
  /** Runs a command as an account of 12 digits. Throws where it fails, with the end of what it printed. */
  run(account: string, command: Command): Promise<Cost>
  /** Does the same without the proxy: a millisecond a call, which counts where a run takes parts of a second. */
  time(account: string, command: Command): Promise<Omit<Cost, 'calls'>>
}

export const region = 'ap-northeast-2'

/** Opens a place, does the work in it, and closes it. */
export async function inBenchPlace<T>(work: (place: BenchPlace) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const aws = await startLocalAws({ region })
  const proxy = await startCountingProxy(aws.endpoint)
  const measure = async (endpoint: string, account: string, { argv, env = {}, cwd = folder }: Command) => {
    const program = join(root, 'scripts', 'bench', 'measure.py')
    const options = {
      cwd,
      env: { ...childEnv(folder, localAwsEnv({ endpoint, account, region })), ...env },
    }
    const { stdout } = await promisify(execFile)(python, [program, folder, ...argv], options)
    const { seconds, cpuSeconds, peakRssBytes, exitCode, error }: Measured = JSON.parse(stdout)
    if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ended with ${exitCode}: ${error}`)
    return { seconds, cpuSeconds, peakRssBytes }
  }
  const run = async (account: string, command: Command) => {
    const before = proxy.count()
    const cost = await measure(proxy.endpoint, account, command)
    return { ...cost, calls: proxy.count() - before }
  }
  const time = (account: string, command: Command) => measure(aws.endpoint, account, command)
  try {
    return await work({ folder, endpoint: aws.endpoint, run, time })
  } finally {
    proxy.close()
    await aws.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Makes the command of an action's bundle, whose answers lie in a folder. Throws where that is older than its sources, which take longer to start. */
export function actionCommand(
  action: string,
  inputs: Readonly<Record<string, string>>,
  folder: string,
): Command {
  const { path, stale } = findEntryPoint(action)
  if (stale) throw new Error(`${action}: its bundle is old; run npm run build`)
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])
  return { argv: [process.execPath, path], env: { ...files, ...Object.fromEntries(given) }, cwd: root }
}

/** A number that must not be greater than another. */
export type Bound = { what: string; value: number; most: number; reached: boolean }

/** Compares a number, to three digits behind the point. */
export const bound = (what: string, value: number, most: number): Bound => ({
  ...{ what, value: Math.round(value * 1000) / 1000, most, reached: value <= most },
})
