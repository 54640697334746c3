// Writes the workflows, stacks, rates and calendar into another repository, says what a repository on GitHub lacks,
// and prints the commands that set it up.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { UserError } from '../lib/errors.ts'
import { prefixInput } from '../lib/service/prefix.ts'
import { findMissing, listRoles, renderFindings } from './adopt/check.ts'
import { listFiles, type Origin } from './adopt/files.ts'
import { type FileStep, planFiles, recordOf, type Written } from './adopt/plan.ts'
import { findRoles } from './adopt/roles.ts'
import { readSettings } from './adopt/settings.ts'
import { renderSetup, type SetupChoice } from './adopt/setup.ts'
import { root } from './local-aws-process.ts'
import { runMain } from './run-main.ts'

const usage =
  'expected --into DIR [--from OWNER/REPO] [--sha SHA] [--version vX.Y.Z], --check OWNER/REPO [--roles], or --print-setup OWNER/REPO --archive ARCHIVE [--prefix PREFIX]'
const recordPath = '.github/gpu-service-actions.json'

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}

/** Reads where the actions come from: from the options, else from this clone. */
function readOrigin(given: {
  from?: string | undefined
  sha?: string | undefined
  version?: string | undefined
}): Origin {
  const [, remote] =
    /github\.com[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(git('remote', 'get-url', 'origin') ?? '') ?? []
  const repository = given.from ?? remote ?? ''
  const sha = given.sha ?? git('rev-parse', 'HEAD') ?? ''
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const name = given.version ?? git('describe', '--tags', '--exact-match') ?? `v${version}`
  if (!/^[0-9a-f]{40}$/.test(sha)) throw new UserError(`--sha: expected a commit of 40 digits, got "${sha}"`)
  if (!/^[\w./+-]+$/.test(name)) throw new UserError(`--version: expected one such as v1.2.3, got "${name}"`)
  return { repository: readRepository('--from', repository), sha, version: name }
}

// It becomes a part of URLs, of workflows and of a shell script.
function readRepository(option: string, text: string): string {
  if (/^[A-Za-z0-9][\w-]*\/(?!\.{1,2}$)[\w.-]+$/.test(text)) return text
  throw new UserError(`${option}: expected OWNER/REPO as on GitHub, got "${text}"`)
}

function adopt(folder: string, origin: Origin): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UserError(`--into: expected a folder, got "${folder}"; clone the repository first`)
  }
  const read = (path: string) => readIfThere(folder, path)
  const written = readRecord(read(recordPath))
  const steps = planFiles(listFiles(origin), read, written)
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  for (const { path, content, kind } of steps) if (kind === 'write' || kind === 'update') write(path, content)
  const record = {
    from: origin.repository,
    sha: origin.sha,
    version: origin.version,
    files: recordOf(steps, written),
  }
  write(recordPath, `${JSON.stringify(record, undefined, 2)}\n`)
  console.log(renderSteps(steps, origin))
}

/** Reads a file that may be missing; a folder in its place, or a file in the place of its folder, ends the run. */
function readIfThere(folder: string, path: string): string | undefined {
  try {
    return readFileSync(join(folder, path), 'utf8')
  } catch (error) {
    const { code } = Object(error)
    if (code === 'ENOENT') return undefined
    const inTheWay: Readonly<Record<string, string>> = {
      EISDIR: `expected a file or nothing at ${path}, got a folder`,
      ENOTDIR: `expected folders or nothing on the way to ${path}, got a file`,
    }
    if (!inTheWay[code]) throw error
    throw new UserError(`--into: ${inTheWay[code]}; nothing was written, move it away`)
  }
}

function readRecord(text: string | undefined): Written {
  if (text === undefined) return {}
  try {
    return { ...Object(JSON.parse(text)).files }
  } catch {
    throw new UserError(
      `${recordPath}: expected the JSON of an earlier run, got another text; delete it to start anew`,
    )
  }
}

function renderSteps(steps: readonly FileStep[], { repository, sha, version }: Origin): string {
  const of = (kind: FileStep['kind']) => steps.filter((step) => step.kind === kind).map(({ path }) => path)
  const [wrote, updated, current, kept] = [of('write'), of('update'), of('current'), of('kept')]
  return [
    ...wrote.map((path) => `wrote    ${path}`),
    ...updated.map((path) => `updated  ${path}`),
    ...kept.map((path) => `kept     ${path} (changed here, or deleted)`),
    `${wrote.length} written, ${updated.length} updated, ${current.length} current, ${kept.length} kept, from ${repository} ${version} (${sha.slice(0, 12)})`,
    '',
    'Left to do:',
    '  1. Write your prices into rates.yml: the example would be billed as it is.',
    '  2. Make roles, variables and the environment: npm run adopt -- --print-setup OWNER/REPO --archive ARCHIVE',
    '  3. Commit and push these files: with the variables, the push deploys.',
    '  4. See what is missing: npm run adopt -- --check OWNER/REPO',
    '  5. To pause by calendar.yml, set the variable SERVICE_CALENDAR to calendar.yml, and uncomment the hourly schedule in pause.yml.',
  ].join('\n')
}

// All of it becomes part of a shell script.
function readChoice(
  repository: string,
  given: { archive?: string | undefined; prefix: string },
): SetupChoice {
  const { archive = '', prefix } = given
  const name = readRepository('--print-setup', repository)
  if (!/^[\w.:/?=@+-]+$/.test(archive)) {
    throw new UserError(
      `--archive: expected where the image archive lies, such as s3://bucket/app.tar, got "${archive}"`,
    )
  }
  return { repository: name, archive, prefix: prefixInput('').parse('--prefix', prefix) }
}

async function main(): Promise<number> {
  const option = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      ...{ into: option, from: option, sha: option, version: option, check: option },
      roles: { type: 'boolean', default: false },
      ...{ 'print-setup': option, archive: option, prefix: { ...option, default: 'ddn' } },
    },
  })
  if (values.into !== undefined) adopt(values.into, readOrigin(values))
  else if (values['print-setup'] !== undefined)
    console.log(renderSetup(readChoice(values['print-setup'], values)))
  else if (values.check !== undefined) {
    const settings = await readSettings(readRepository('--check', values.check), process.env)
    const roles = values.roles
      ? await findRoles(listRoles(settings.variables), settings.subjectPrefix, process.env)
      : []
    const findings = [...findMissing(settings), ...roles]
    console.log(renderFindings(findings))
    return findings.some(({ kind }) => kind === 'missing' || kind === 'wrong') ? 1 : 0
  } else throw new UserError(`adopt: ${usage}`)
  return 0
}

await runMain(main)
