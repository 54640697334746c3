import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { root } from '../../scripts/local-aws-process.ts'

// The set-up itself, with an npm and a Python that only make the files which the real ones make;
// test/full installs for real.
let clone = ''
let bin = ''

function writeTool(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, name), 0o755)
}

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'clone-'))
  bin = join(clone, 'bin')
  mkdirSync(bin)
  cpSync(join(root, 'scripts', 'setup.mjs'), join(clone, 'scripts', 'setup.mjs'), { recursive: true })
  writeFileSync(join(clone, 'package-lock.json'), '{}')
  writeFileSync(join(clone, 'requirements.txt'), '')
  writeFileSync(join(clone, 'requirements-checkov.txt'), '')
  writeTool('node', `exec ${process.execPath} "$@"`)
  writeTool(
    'npm',
    `echo npm "$@" >> calls; mkdir -p node_modules/.bin; cp "$(dirname "$0")/node" node_modules/.bin/`,
  )
  writeTool(
    'python3.14',
    `case "$*" in
--version) echo Python 3.14.2 ;;
*"-m venv"*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
*) echo python "$@" >> calls ;;
esac`,
  )
})

type Ended = { code: number | null; output: string }

const underNpm: Record<string, string> = { npm_config_user_agent: 'npm/11.0.0 node/v24' }

function setUp(
  onOutput: (child: ReturnType<typeof spawn>) => unknown = () => {},
  npm = underNpm,
  args: readonly string[] = [],
): Promise<Ended> {
  const env = { PATH: `${bin}:/usr/bin:/bin`, ...npm }
  const child = spawn(process.execPath, ['scripts/setup.mjs', ...args], { cwd: clone, env })
  let [output, stdout] = ['', '']
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    output += text
    onOutput(child)
  })
  // That of the command which follows the set-up may be piped.
  return new Promise((resolve, reject) =>
    child.once('close', (code) =>
      stdout === '' ? resolve({ code, output }) : reject(new Error(`stdout: ${stdout}`)),
    ),
  )
}

const calls = () => (existsSync(join(clone, 'calls')) ? readFileSync(join(clone, 'calls'), 'utf8') : '')
const installs = () =>
  calls()
    .split('\n')
    .filter((line) => line.startsWith('npm ci')).length

it('installs once, and is silent the second time', async () => {
  expect((await setUp()).output).toContain('set-up: done')
  expect(await setUp()).toEqual({ code: 0, output: '' })
  expect(installs()).toBe(1)
  expect(calls()).toContain('--require-hashes --only-binary :all:')
})

it.each(['package-lock.json', 'requirements.txt'])('installs again after a change of %s', async (file) => {
  await setUp()
  writeFileSync(join(clone, file), '{"changed": true}')
  expect((await setUp()).code).toBe(0)
  expect(installs()).toBe(2)
})

const starts: Readonly<Record<string, Record<string, string>>> = {
  directly: {},
  'by npm 11': underNpm,
  'by npm 12': { npm_config_user_agent: 'npm/12.1.0 node/v24' },
}
const orders = Object.keys(starts).flatMap((first) => Object.keys(starts).map((second) => [first, second]))

it.each(orders)('installs nothing when it is run %s and then %s', async (first = '', second = '') => {
  expect((await setUp(undefined, starts[first])).output).toContain('set-up: done')
  expect(await setUp(undefined, starts[second])).toEqual({ code: 0, output: '' })
  expect(installs()).toBe(1)
})

it.each(Object.keys(starts))(
  'installs again after a change of the lockfile when it is run %s',
  async (start) => {
    await setUp()
    writeFileSync(join(clone, 'package-lock.json'), '{"changed": true}')
    expect((await setUp(undefined, starts[start])).output).toContain('set-up: done')
    expect(installs()).toBe(2)
  },
)

it('repairs the Python tools when it is run without npm', async () => {
  await setUp()
  rmSync(join(clone, '.venv'), { recursive: true })
  expect((await setUp(undefined, {})).output).toContain('set-up: done')
  expect(await setUp()).toEqual({ code: 0, output: '' })
})

it.each(['node_modules', '.venv'])('repairs what was installed when %s is gone', async (folder) => {
  await setUp()
  rmSync(join(clone, folder), { recursive: true })
  expect((await setUp()).output).toContain('set-up: done')
  expect(await setUp()).toEqual({ code: 0, output: '' })
})

it('installs again in a clone that was moved', async () => {
  await setUp()
  const before = clone
  clone = `${before}-moved`
  renameSync(before, clone)
  bin = join(clone, 'bin')
  expect((await setUp()).output).toContain('set-up: done')
})

it.each(['SIGKILL', 'SIGTERM'] as const)(
  'is repaired by the next one after a %s in the middle',
  async (signal) => {
    const npm = readFileSync(join(bin, 'npm'), 'utf8')
    writeTool('npm', 'sleep 0.5')
    expect((await setUp((child) => child.kill(signal))).output).not.toContain('done')
    writeFileSync(join(bin, 'npm'), npm)
    expect((await setUp()).output).toContain('set-up: done')
  },
)

it('waits for an npm that a killed set-up has left behind', async () => {
  const npm = readFileSync(join(bin, 'npm'), 'utf8').split('\n')[1]
  writeTool('npm', `echo begin >> calls; sleep 0.3; ${npm}; echo end >> calls`)
  await setUp(async (child) => {
    await expect.poll(calls).toContain('begin')
    child.kill('SIGKILL')
  })
  expect((await setUp()).output).toContain('set-up: done')
  expect(
    calls()
      .split('\n')
      .filter((line) => /^(begin|end)$/.test(line)),
  ).toEqual([...['begin', 'end'], ...['begin', 'end']])
})

it('waits for another one in the same clone, and installs nothing itself', async () => {
  writeTool('npm', `sleep 0.5; ${readFileSync(join(bin, 'npm'), 'utf8').split('\n')[1]}`)
  const [first, second] = await Promise.all([setUp(), setUp()])
  expect([first.code, second.code]).toEqual([0, 0])
  expect(`${first.output}${second.output}`).toContain('set-up: waiting for another set-up')
  expect(installs()).toBe(1)
})

it('gives the lock back after each thing that it installs', async () => {
  writeTool('go', '[ "$1" = version ] && echo go1.25 || { mkdir -p "$GOBIN"; echo x > "$GOBIN/actionlint"; }')
  expect((await setUp(undefined, underNpm, ['--tests'])).output).toContain('installing actionlint')
  expect(existsSync(join(clone, '.tools', 'actionlint'))).toBe(true)
  expect(existsSync(join(clone, '.setup', 'lock'))).toBe(false)
})

it('installs checkov for the tests only, and again after a change of what it needs', async () => {
  const installsOfCheckov = () => calls().split('requirements-checkov.txt').length - 1
  await setUp()
  expect(installsOfCheckov()).toBe(0)
  expect((await setUp(undefined, underNpm, ['--tests'])).output).toContain('checkov installed')
  expect(calls()).toContain('--require-hashes --only-binary :all: -r requirements-checkov.txt')
  await setUp(undefined, underNpm, ['--tests'])
  expect(installsOfCheckov()).toBe(1)
  writeFileSync(join(clone, 'requirements-checkov.txt'), 'checkov==4')
  await setUp(undefined, underNpm, ['--tests'])
  expect(installsOfCheckov()).toBe(2)
})

it.each(['', ' 0', `${2 ** 22 + 1} ${2 ** 22 + 2}`])(
  'takes a lock that no living process holds: "%s"',
  async (holders) => {
    mkdirSync(join(clone, '.setup'))
    writeFileSync(join(clone, '.setup', 'lock'), holders)
    expect((await setUp()).output).toContain('set-up: done')
  },
)

it('says in one sentence that Python is missing, and how to install it', async () => {
  rmSync(join(bin, 'python3.14'))
  writeTool('python3', 'echo Python 3.10.1')
  for (const name of ['python3.13', 'python3.12', 'python3.11']) writeTool(name, 'exit 1')
  const { code, output } = await setUp()
  expect(code).toBe(1)
  expect(installs()).toBe(0)
  expect(output.split('\n').at(-2)).toBe(
    'set-up: expected Python 3.11 to 3.14, found none; install it, e.g. sudo apt-get install python3 python3-venv',
  )
})

it('says which package is missing where Python cannot make a virtual environment', async () => {
  writeTool(
    'python3.14',
    '[ "$1" = --version ] && echo Python 3.14.2 || { echo "ensurepip is not available"; exit 1; }',
  )
  const { code, output } = await setUp()
  expect(code).toBe(1)
  expect(output).toContain(
    'set-up: python3.14 cannot make a virtual environment; install its venv module, e.g. sudo apt-get install python3.14-venv\n',
  )
  expect(output).toContain('ensurepip is not available')
  expect(existsSync(join(clone, '.setup', 'stamp'))).toBe(false)
})

it("shows the first lines of npm's error, and is not done", async () => {
  writeTool('npm', 'echo "npm error code EINTEGRITY"; exit 1')
  const { code, output } = await setUp()
  expect(code).toBe(1)
  expect(output).toContain('npm error code EINTEGRITY')
  expect(existsSync(join(clone, '.setup', 'stamp'))).toBe(false)
})
