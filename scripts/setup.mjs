// Installs all that the repository's commands need. It runs on the host's Node (20 or newer) before
// node_modules exists: plain JavaScript, no dependency.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = join(import.meta.dirname, '..')
const folder = join(root, '.setup')
const stampFile = join(folder, 'stamp')
const lockFile = join(folder, 'lock')
const venvPython = join(root, '.venv', 'bin', 'python')
const node24 = join(root, 'node_modules', '.bin', 'node')

/** A reason to stop that the user can act on. */
class SetupError extends Error {}

// To stderr: the output of the command that follows may be piped.
const say = (line) => console.error(`set-up: ${line}`)

function firstLine(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  return status === 0 ? (stdout || stderr).split('\n')[0].trim() : undefined
}

/**
 * What the installed files depend on; any other stamp means set up again. npm's version is not part of it: each npm
 * installs what the lockfile says, and a set-up started by npm must agree with one started directly.
 */
function wantedStamp() {
  // The Python tools name the interpreter by its path: a clone that was moved or copied has broken ones.
  const hash = createHash('sha256').update(root).update('\0')
  for (const file of ['package-lock.json', 'requirements.txt', 'scripts/setup.mjs']) {
    hash.update(readFileSync(join(root, file))).update('\0')
  }
  const python = firstLine(venvPython, ['--version']) ?? 'none'
  return `${hash.digest('hex')} ${python} ${process.platform}-${process.arch}\n`
}

function isReady() {
  if (!existsSync(stampFile)) return false
  return readFileSync(stampFile, 'utf8') === wantedStamp() && /^v24\./.test(firstLine(node24, ['-v']) ?? '')
}

function findPython() {
  for (const name of ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3']) {
    const version = /^Python 3\.(\d+)/.exec(firstLine(name, ['--version']) ?? '')?.[1]
    if (version && Number(version) >= 11 && Number(version) <= 14) return name
  }
  throw new SetupError(
    'expected Python 3.11 to 3.14, found none; install it, e.g. sudo apt-get install python3 python3-venv',
  )
}

const children = new Set()

/** Runs a command to its end, under the lock; its output is shown only if it fails. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    if (child.pid) appendFileSync(lockFile, ` ${child.pid}`)
    children.add(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
    child.once('error', (error) => reject(new SetupError(`${command}: ${error.message}`)))
    child.once('close', (code) => {
      children.delete(child)
      if (code === 0) resolve()
      else reject(new SetupError(`${command} ${args.join(' ')}: ended with ${code}\n${headOf(output)}`))
    })
  })
}

/** Keeps the first lines: npm prints its whole usage after an error. */
const headOf = (output) => output.trim().split('\n').slice(0, 20).join('\n')

async function installNode() {
  const start = Date.now()
  // npm_config_* of the outer npm would be taken for flags of this one; npm is a .js file on some hosts.
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  await (npm?.endsWith('.js') ? run(process.execPath, [npm, ...args]) : run('npm', args))
  const version = firstLine(node24, ['-v'])
  if (!/^v24\./.test(version ?? '')) {
    throw new SetupError(
      `expected Node 24 in node_modules, found ${version ?? 'none'}; supported are Linux x64, Linux arm64 and macOS arm64, and npm must not omit optional dependencies`,
    )
  }
  say(`Node packages and Node ${version} installed (${seconds(start)} s)`)
}

async function installPython(python) {
  const start = Date.now()
  rmSync(join(root, '.venv'), { recursive: true, force: true })
  try {
    await run(python, ['-m', 'venv', '.venv'])
  } catch (error) {
    throw new SetupError(
      `${python} cannot make a virtual environment; install its venv module, e.g. sudo apt-get install ${python}-venv\n${error.message}`,
    )
  }
  const flags = ['--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary', ':all:']
  await run(venvPython, ['-m', 'pip', 'install', ...flags, '-r', 'requirements.txt'])
  say(`Python tools installed with ${firstLine(venvPython, ['--version'])} (${seconds(start)} s)`)
}

const seconds = (start) => Math.round((Date.now() - start) / 1000)

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    // One that has ended stays in the table until its parent asks; in a container, perhaps nobody does.
    const status = `/proc/${pid}/stat`
    return !existsSync(status) || !/^\d+ \(.*\) Z/s.test(readFileSync(status, 'utf8'))
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/**
 * Takes the lock of this clone. A second set-up waits for the first and for what it runs: npm goes on
 * when the set-up that started it is killed. The lock of processes that are all gone is free.
 */
async function lock() {
  mkdirSync(folder, { recursive: true })
  const own = `${lockFile}.${process.pid}`
  writeFileSync(own, String(process.pid))
  for (let told = false; ; told = true) {
    try {
      // A link is made with its content or not at all.
      linkSync(own, lockFile)
      rmSync(own)
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holders = existsSync(lockFile) ? readFileSync(lockFile, 'utf8').match(/\d+/g) : undefined
    const alive = holders?.map(Number).find(isAlive)
    if (holders !== undefined && !alive) rmSync(lockFile, { force: true })
    else if (!told)
      say(
        `waiting for another set-up (process ${alive ?? 'that has just ended'}); if it is none, remove .setup/lock`,
      )
    await sleep(200)
  }
}

async function underLock(work) {
  await lock()
  try {
    await work()
  } finally {
    rmSync(lockFile, { force: true })
  }
}

async function install() {
  if (isReady()) return
  rmSync(stampFile, { force: true })
  say('installing Node packages and Python tools; the first time takes one to two minutes')
  const python = findPython()
  // Both end before the lock is released, even if one fails.
  const ended = await Promise.allSettled([installNode(), installPython(python)])
  for (const { reason } of ended) if (reason) throw reason
  writeFileSync(stampFile, wantedStamp())
  say('done')
}

const needsActionlint = () => !existsSync(join(root, '.tools', 'actionlint')) && firstLine('go', ['version'])

/** Installs actionlint if Go is available; otherwise its test is skipped. */
async function installActionlint() {
  if (!needsActionlint()) return
  const version = 'v1.7.12'
  say(`installing actionlint ${version}`)
  const env = { ...process.env, GOBIN: join(root, '.tools'), GOFLAGS: '' }
  await run('go', ['install', `github.com/rhysd/actionlint/cmd/actionlint@${version}`], { env }).catch(
    (error) => say(`actionlint is not installed, its test will be skipped: ${error.message.split('\n')[0]}`),
  )
}

const checkovFolder = join(root, '.tools', 'checkov')
const checkovStampFile = join(checkovFolder, 'stamp')
const checkovPython = join(checkovFolder, 'bin', 'python')

/** What the environment of checkov depends on, as that of the set-up. */
function wantedCheckovStamp() {
  const hash = createHash('sha256').update(root).update('\0')
  hash.update(readFileSync(join(root, 'requirements-checkov.txt')))
  return `${hash.digest('hex')} ${firstLine(checkovPython, ['--version']) ?? 'none'}\n`
}

const needsCheckov = () =>
  !existsSync(checkovStampFile) || readFileSync(checkovStampFile, 'utf8') !== wantedCheckovStamp()

/** Installs checkov and cloudformation-validate, in an environment of their own: checkov pins much of what it needs. */
async function installCheckov() {
  if (!needsCheckov()) return
  say('installing checkov')
  const start = Date.now()
  rmSync(checkovFolder, { recursive: true, force: true })
  await run(venvPython, ['-m', 'venv', checkovFolder])
  // The file names all that is needed: nothing is left to resolve.
  const flags = ['--quiet', '--disable-pip-version-check', '--no-compile', '--no-deps', '--require-hashes']
  const only = ['--only-binary', ':all:', '-r', 'requirements-checkov.txt']
  await run(checkovPython, ['-m', 'pip', 'install', ...flags, ...only])
  writeFileSync(checkovStampFile, wantedCheckovStamp())
  say(`checkov installed (${seconds(start)} s)`)
}

try {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) throw new SetupError(`expected Node 20 or newer, found ${process.version}`)
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      for (const child of children) child.kill()
      process.exit(130)
    })
  }
  if (!isReady()) await underLock(install)
  if (process.argv.includes('--tests')) {
    if (needsActionlint()) await underLock(installActionlint)
    if (needsCheckov()) await underLock(installCheckov)
  }
} catch (error) {
  console.error(`set-up: ${error instanceof SetupError ? error.message : error.stack}`)
  process.exitCode = 1
}
