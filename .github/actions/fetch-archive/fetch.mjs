// Brings an image archive from GitHub onto the runner; what push-image reads itself is passed on.
// Plain JavaScript without a dependency, for the runner's own Node.
import { execFileSync } from 'node:child_process'
import { appendFileSync, createWriteStream, existsSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const {
  ARCHIVE = '',
  GH_TOKEN,
  GITHUB_API_URL,
  GITHUB_OUTPUT,
  GITHUB_REF_NAME,
  GITHUB_REPOSITORY,
  GITHUB_SERVER_URL,
  GITHUB_SHA,
} = process.env
const folder = join(process.env.RUNNER_TEMP ?? 'out', 'archive')
const answerMs = 30_000
const downloadMs = 1_800_000

/** @param {string} path @param {string} accept @param {number} limitMs */
async function ask(path, accept = 'application/vnd.github+json', limitMs = answerMs) {
  const url = `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}${path}`
  // GitHub redirects to its storage, and fetch leaves the token behind.
  const headers = { accept, authorization: `Bearer ${GH_TOKEN}`, 'x-github-api-version': '2022-11-28' }
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(limitMs) })
  if (!answer.ok) throw new Error(`${ARCHIVE}: GitHub answered ${answer.status} for ${path}`)
  return answer
}

/** @param {string} path @param {string} accept @param {string} file */
async function download(path, accept, file) {
  const answer = await ask(path, accept, downloadMs)
  if (!answer.body) throw new Error(`${ARCHIVE}: GitHub answered without content`)
  mkdirSync(folder, { recursive: true })
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(file))
}

/** @param {string} tag @param {string} name */
async function fetchAsset(tag, name) {
  const release = await (await ask(`/releases/tags/${encodeURIComponent(tag)}`)).json()
  const asset = release.assets.find((each) => each.name === name)
  const names = release.assets.map((each) => each.name)
  if (!asset)
    throw new Error(`${ARCHIVE}: release ${tag} has no file ${name}; it has ${names.join(', ') || 'none'}`)
  const file = join(folder, basename(name))
  await download(`/releases/assets/${asset.id}`, 'application/octet-stream', file)
  return file
}

// The filter by branch finds also pull requests from a branch of that name in a fork, whose code is anybody's.
/** @param {{ event?: string, head_repository?: { full_name?: string } | null }} run */
const isOwn = ({ event, head_repository: head }) =>
  !event?.startsWith('pull_request') && head?.full_name === GITHUB_REPOSITORY

/** @param {string} workflow @param {string} name @param {string} path */
async function fetchArtifact(workflow, name, path) {
  const query = new URLSearchParams({ branch: GITHUB_REF_NAME ?? '', status: 'success', per_page: '100' })
  const runs = await (await ask(`/actions/workflows/${encodeURIComponent(workflow)}/runs?${query}`)).json()
  const run = runs.workflow_runs.find(isOwn)
  if (!run)
    throw new Error(
      `${ARCHIVE}: ${workflow} has no successful run on ${GITHUB_REF_NAME} but those of pull requests`,
    )
  const query2 = new URLSearchParams({ name, per_page: '1' })
  const found = await (await ask(`/actions/runs/${run.id}/artifacts?${query2}`)).json()
  const [artifact] = found.artifacts
  if (!artifact) throw new Error(`${ARCHIVE}: run ${run.id} of ${workflow} has no artifact ${name}`)
  if (artifact.expired)
    throw new Error(`${ARCHIVE}: the artifact of run ${run.id} has expired; run ${workflow} again`)
  const zip = join(folder, 'artifact.zip')
  await download(`/actions/artifacts/${artifact.id}/zip`, 'application/vnd.github+json', zip)
  execFileSync('unzip', ['-q', '-o', zip, path, '-d', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
  return join(folder, path)
}

async function locate() {
  const [, tag, asset] = /^release:(.+)\/([^/]+)$/.exec(ARCHIVE) ?? []
  if (tag && asset) return await fetchAsset(tag, asset)
  const [, workflow, name, path] = /^artifact:([^/]+\.ya?ml)\/([^/]+)\/((?!.*\.\.).+)$/.exec(ARCHIVE) ?? []
  if (workflow && name && path) return await fetchArtifact(workflow, name, path)
  if (ARCHIVE.startsWith('s3://')) return ARCHIVE
  if (existsSync(ARCHIVE)) return ARCHIVE
  const forms =
    's3://bucket/key, release:TAG/FILE, artifact:WORKFLOW.yml/NAME/FILE or a path in the repository'
  throw new Error(`IMAGE_ARCHIVE: expected ${forms}, got "${ARCHIVE}"`)
}

// A runner keeps an action of another repository below that repository's name and the version.
function findPage() {
  const [, repository = GITHUB_REPOSITORY, version = GITHUB_SHA] =
    /\/_actions\/([^/]+\/[^/]+)\/([^/]+)\//.exec(import.meta.url) ?? []
  return `${GITHUB_SERVER_URL}/${repository}/blob/${version}/docs/workflows.md#the-image-archive`
}

try {
  const found = await locate()
  if (/[\r\n]/.test(found)) throw new Error('IMAGE_ARCHIVE: expected one line, got more')
  appendFileSync(GITHUB_OUTPUT ?? '/dev/stdout', `archive=${found}\n`)
} catch (error) {
  const message = String(error instanceof Error ? error.message : error).replaceAll(/[\r\n]+/g, ' ')
  console.log(`::error::${message}; see ${findPage()}`)
  process.exitCode = 1
}
