import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { findRoles } from '../../scripts/adopt/roles.ts'
import { root } from '../../scripts/local-aws-process.ts'
import { localAws } from '../local-aws.ts'

const exec = promisify(execFile)
const section = /## Ten minutes to a paused service\n([\s\S]*?)\n## /.exec(
  readFileSync(join(root, 'README.md'), 'utf8'),
)
const commands = [...(section?.[1] ?? '').matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
const account = localAws()

/** Puts a program that notes its arguments in the place of `gh`, in front of the others of the PATH. */
function standInForGh(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const script = `#!/bin/sh\necho "$*" >> ${folder}/gh.log\ncase "$*" in *customization/sub*) echo repo:acme@1/my-service@2 ;; esac\n`
  writeFileSync(join(bin, 'gh'), script)
  chmodSync(join(bin, 'gh'), 0o755)
  return bin
}

const hasAws = (() => {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

// What follows a push runs in service.test.ts, under act, in a repository made by the same command.
it.runIf(hasAws)('the commands of the README set a repository up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'))
  mkdirSync(join(folder, 'my-service'))
  const env = { ...account.env, PATH: `${standInForGh(folder)}${delimiter}${account.env.PATH}` }
  const [write = '', setUp = ''] = commands
  const script = [write, setUp]
    .join('\n')
    .replaceAll('../my-service', join(folder, 'my-service'))
    .replaceAll('npm run adopt --silent --', `${process.execPath} scripts/adopt.ts`)
  await exec('bash', ['-ec', script], { cwd: root, env })
  const log = readFileSync(join(folder, 'gh.log'), 'utf8').split('\n')
  const role = (name: string) => `arn:aws:iam::${account.account}:role/github-ddn-${name}`
  for (const name of ['deploy', 'preview', 'pause', 'report']) {
    const variable = `AWS_${name.toUpperCase()}_ROLE`
    expect(log).toContain(`variable set ${variable} --repo acme/my-service --body ${role(name)}`)
  }
  expect(log).toContain('variable set IMAGE_ARCHIVE --repo acme/my-service --body s3://my-bucket/app.tar')
  expect(log.filter((line) => line.includes('API_URL'))).toEqual([])
  const roles = new Map([
    ['AWS_DEPLOY_ROLE', role('deploy')],
    ['AWS_PAUSE_ROLE', role('none')],
  ])
  const kindsFor = async (repository: string) =>
    (await findRoles(roles, repository, process.env)).map(({ kind }) => kind)
  for (const [name, value] of Object.entries(account.env)) vi.stubEnv(name, value)
  expect(await kindsFor('repo:acme@1/my-service@2')).toEqual(['ok', 'missing'])
  expect(await kindsFor('repo:acme@1/my')).toEqual(['wrong', 'missing'])
})

it('the README starts workflows that are there and can be started by hand', () => {
  const named = [...commands.join('\n').matchAll(/gh workflow run (\S+)/g)].map(([, name]) => name ?? '')
  expect(named).toEqual(['pause.yml'])
  for (const name of named) {
    expect(parse(readFileSync(join(root, '.github/workflows', name), 'utf8')).on).toHaveProperty(
      'workflow_dispatch',
    )
  }
})
