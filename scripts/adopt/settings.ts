import { execFileSync } from 'node:child_process'
import { messageOf, UserError } from '../../lib/errors.ts'
import type { RepositorySettings } from './check.ts'
import { environment } from './setup.ts'

type Env = Readonly<Record<string, string | undefined>>
const callMs = 15_000
const pageSize = 30
const mostPages = 10

/** Reads the settings of a repository (OWNER/REPO) from GitHub's API. */
export async function readSettings(repository: string, env: Env): Promise<RepositorySettings> {
  const token = readToken(env)
  const ask = async (path: string) => {
    const url = `${env.GITHUB_API_URL ?? 'https://api.github.com'}/repos/${repository}${path}`
    const headers = { accept: 'application/vnd.github+json', authorization: `Bearer ${token}` }
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(callMs) }).catch((error) => {
      throw new UserError(
        `${new URL(url).origin}: expected an answer, got none (${messageOf(error.cause ?? error)})`,
      )
    })
    return { status: answer.status, body: Object(await answer.json().catch(() => ({}))) }
  }
  const read = async (path: string, accepted: readonly number[] = []) => {
    const { status, body } = await ask(path)
    if (status === 200) return body
    if (accepted.includes(status)) return undefined
    const hint =
      status === 404 || status === 403 ? '; is the name right, and may the token read its settings?' : ''
    throw new UserError(`${repository}: GitHub answered ${status} for ${path || 'the repository'}${hint}`)
  }
  await read('')
  const [found, secrets, place, subject] = await Promise.all([
    readAll('variables', (path) => read(path)),
    readAll('secrets', (path) => read(path, [403, 404])),
    read(`/environments/${environment}`, [404]),
    read('/actions/oidc/customization/sub', [403, 404]),
  ])
  return {
    variables: new Map(found?.map(({ name, value }) => [String(name), String(value)])),
    subjectPrefix: String(subject?.sub_claim_prefix ?? `repo:${repository}`),
    secrets: secrets?.map(({ name }) => String(name)),
    environment: place && {
      restrictsBranches:
        place.deployment_branch_policy !== null && place.deployment_branch_policy !== undefined,
      hasReviewers: [place.protection_rules ?? []]
        .flat()
        .some((rule) => Object(rule).type === 'required_reviewers'),
    },
  }
}

type Named = { name: unknown; value?: unknown }

async function readAll(
  kind: 'variables' | 'secrets',
  read: (path: string) => Promise<Record<string, unknown> | undefined>,
): Promise<Named[] | undefined> {
  const all: Named[] = []
  for (let page = 1; page <= mostPages; page++) {
    const body = await read(`/actions/${kind}?per_page=${pageSize}&page=${page}`)
    if (!body) return undefined
    const items = [body[kind] ?? []].flat().map((item): Named => Object(item))
    all.push(...items)
    if (items.length < pageSize) break
  }
  return all
}

// The token of gh is only asked for where the environment has none.
function readToken(env: Env): string {
  const given = env.GH_TOKEN || env.GITHUB_TOKEN
  if (given) return given
  try {
    return execFileSync('gh', ['auth', 'token'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    throw new UserError(
      'GH_TOKEN: expected a token for GitHub, got none; set it, or sign in with gh auth login',
    )
  }
}
