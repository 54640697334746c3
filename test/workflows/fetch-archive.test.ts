import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { childEnv } from '../../scripts/child-env.ts'
import { root } from '../../scripts/local-aws-process.ts'
import { type Github, startGithub } from '../fakes/github.ts'

const script = join(root, '.github', 'actions', 'fetch-archive', 'fetch.mjs')
const github: Github = await startGithub()
afterAll(() => github.close())

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fetch-'))
  github.answers.clear()
})

const answer = (path: string, body: object | Buffer) => github.answers.set(path, { status: 200, body })

/** A run of a workflow, as GitHub's API tells of it. */
const run = (id: number, repository = 'acme/service', event = 'push') => ({
  id,
  event,
  head_repository: { full_name: repository },
})

/** Fetches as the step of the workflow does; returns the output, or the error that is shown. */
async function fetchArchive(archive: string, program = script): Promise<string> {
  const output = join(folder, 'output')
  const env = childEnv(folder, {
    ...{ ARCHIVE: archive, GH_TOKEN: 'of-the-job', GITHUB_API_URL: github.apiUrl, GITHUB_OUTPUT: output },
    ...{ GITHUB_REF_NAME: 'main', GITHUB_REPOSITORY: 'acme/service', RUNNER_TEMP: folder },
    ...{ GITHUB_SERVER_URL: 'https://github.test', GITHUB_SHA: 'b2' },
  })
  try {
    await promisify(execFile)(process.execPath, [program], { cwd: folder, env })
  } catch (error) {
    return String(Object(error).stdout).trim()
  }
  return /archive=(.*)\n$/.exec(readFileSync(output, 'utf8'))?.[1] ?? ''
}

it('passes on what push-image reads itself', async () => {
  writeFileSync(join(folder, 'app.tar'), 'tar')
  expect(await fetchArchive('app.tar')).toBe('app.tar')
  expect(await fetchArchive('s3://b/k?versionId=1')).toBe('s3://b/k?versionId=1')
})

it('downloads a file of a release', async () => {
  answer('/releases/tags/v1', {
    assets: [
      { name: 'other', id: 1 },
      { name: 'app.tar', id: 2 },
    ],
  })
  answer('/releases/assets/2', Buffer.from('the archive'))
  const path = await fetchArchive('release:v1/app.tar')
  expect(readFileSync(path, 'utf8')).toBe('the archive')
})

it('takes a file out of an artifact of the newest successful run', async () => {
  const zip = join(folder, 'made.zip')
  const write =
    'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").writestr("dist/app.tar", "the archive")'
  await promisify(execFile)(join(root, '.venv', 'bin', 'python'), ['-c', write, zip])
  answer('/actions/workflows/build.yml/runs', { workflow_runs: [run(5)] })
  answer('/actions/runs/5/artifacts', { artifacts: [{ id: 6, expired: false }] })
  answer('/actions/artifacts/6/zip', readFileSync(zip))
  const path = await fetchArchive('artifact:build.yml/image/dist/app.tar')
  expect(readFileSync(path, 'utf8')).toBe('the archive')
  expect(github.asked).toContain(
    'GET /actions/workflows/build.yml/runs?branch=main&status=success&per_page=100',
  )
  answer('/actions/runs/5/artifacts', { artifacts: [{ id: 6, expired: true }] })
  expect(await fetchArchive('artifact:build.yml/image/dist/app.tar')).toContain('run 5 has expired')
})

it.each([
  ['in a fork', run(7, 'mallory/service')],
  ['in a fork that is gone', { ...run(7), head_repository: null }],
  ['for a pull request', run(7, 'acme/service', 'pull_request')],
  ['for a pull request, with the secrets', run(7, 'acme/service', 'pull_request_target')],
])('passes over the artifact of a run %s', async (_, foreign) => {
  answer('/actions/workflows/build.yml/runs', { workflow_runs: [foreign, run(5)] })
  answer('/actions/runs/7/artifacts', { artifacts: [{ id: 8, expired: false }] })
  answer('/actions/runs/5/artifacts', { artifacts: [] })
  expect(await fetchArchive('artifact:build.yml/image/app.tar')).toContain('run 5 of build.yml')
  answer('/actions/workflows/build.yml/runs', { workflow_runs: [foreign] })
  expect(await fetchArchive('artifact:build.yml/image/app.tar')).toContain('has no successful run on main')
})

it.each([
  ['release:v2/app.tar', 'GitHub answered 404 for /releases/tags/v2'],
  ['release:v1/none.tar', 'release v1 has no file none.tar; it has app.tar'],
  ['artifact:none.yml/a/b', 'none.yml has no successful run on main'],
  ['artifact:build.yml/a/../../b', 'IMAGE_ARCHIVE: expected s3://bucket/key, release:TAG/FILE'],
  ['missing.tar', 'or a path in the repository, got "missing.tar"'],
  ['', 'got ""'],
])('says what is wrong with %j', async (archive, message) => {
  answer('/releases/tags/v1', { assets: [{ name: 'app.tar', id: 2 }] })
  answer('/actions/workflows/none.yml/runs', { workflow_runs: [] })
  const error = await fetchArchive(archive)
  expect(error).toMatch(/^::error::/)
  expect(error).toContain(message)
})

it('links to the page that helps, of the repository that the action is from', async () => {
  const page = 'docs/workflows.md#the-image-archive'
  expect(await fetchArchive('none')).toContain(`; see https://github.test/acme/service/blob/b2/${page}`)
  const brought = join(folder, '_actions/acme/toolkit/a1/.github/actions/fetch-archive/fetch.mjs')
  cpSync(script, brought)
  const error = await fetchArchive('none', brought)
  expect(error).toContain(`; see https://github.test/acme/toolkit/blob/a1/${page}`)
})
