import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { UserError } from '../lib/errors.ts'
import { childEnv } from './child-env.ts'

/** A local AWS that runs as a child process. */
export type LocalAws = {
  endpoint: string
  /** Its process. */
  pid: number
  /** Ends it, and the tasks it runs; resolves when the process is gone. */
  stop(): Promise<void>
}

/** The folder of the repository. */
export const root = join(import.meta.dirname, '..')

/** The Python of the virtual environment that the set-up makes. */
export const python = join(root, '.venv', 'bin', 'python')

/**
 * Starts the local AWS on a free port (or the given one) and waits until it says that it is ready.
 * It holds our end of a pipe: when this process ends in whatever way, it ends too.
 */
export async function startLocalAws({
  port = 0,
  state,
  logFile,
  region = 'ap-northeast-2',
  iam = false,
}: {
  port?: number
  state?: string
  logFile?: string
  region?: string
  /** Whether roles may do only what their policies allow. */
  iam?: boolean
} = {}): Promise<LocalAws> {
  const home = mkdtempSync(join(tmpdir(), 'local-aws-home-'))
  const args = [
    '-m',
    'local_aws',
    '--port',
    String(port),
    '--watch-stdin',
    ...(state ? ['--state', state] : []),
    ...(iam ? ['--iam'] : []),
  ]
  const child = spawn(python, args, {
    cwd: root,
    env: childEnv(home, {
      ...readPace(),
      PYTHONPATH: join(root, 'local-aws'),
      PYTHONDONTWRITEBYTECODE: '1',
      AWS_REGION: region,
    }),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  if (logFile) child.stderr.pipe(createWriteStream(logFile))
  let lastLine = ''
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLine = line
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    child.stdin?.end()
    const force = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await gone
    clearTimeout(force)
    rmSync(home, { recursive: true, force: true })
  }
  try {
    return { endpoint: await readEndpoint(child, () => lastLine), pid: child.pid ?? 0, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** How fast the local AWS starts and ends instances, and delivers logs: its README tells of these variables. */
function readPace(): Record<string, string> {
  const names = ['LOCAL_AWS_BUFFER_SECONDS', 'LOCAL_AWS_INSTANCE_START_SECONDS', 'LOCAL_AWS_SCALE_IN_SECONDS']
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

function readEndpoint(child: ChildProcess, readComplaint: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      reject(new UserError(readComplaint() || `local AWS: ended with ${code} before it was ready`)),
    )
    if (!child.stdout) return
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready: unknown = line.startsWith('{') ? JSON.parse(line) : undefined
      if (ready && typeof ready === 'object' && 'endpoint' in ready) resolve(String(ready.endpoint))
    })
  })
}
