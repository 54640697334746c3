import { getOctokit } from '@actions/github'
import { UserError } from '../errors.ts'

/** A comment of an issue or a pull request, or an issue itself, as far as we look at it. */
type Entry = { id: number; url: string; body: string; isByBot: boolean }

/** The part of GitHub's API that messages need. A pull request is an issue too. */
export type GithubRepository = {
  listComments(issue: number): Promise<Entry[]>
  createComment(issue: number, body: string): Promise<string>
  updateComment(id: number, body: string): Promise<string>
  /** Lists open issues, without pull requests; their id is their number. */
  listOpenIssues(): Promise<Entry[]>
  createIssue(title: string, body: string): Promise<string>
}

/** What a repository is reached with; `name` is OWNER/REPO. */
export type GithubAccess = { token: string; name: string; apiUrl: string | undefined; signal: AbortSignal }

const pageSize = 100
const mostPages = 20
const callMs = 30_000

type Raw = { id: number; html_url: string; body?: string | null; user?: { type?: string } | null }

const toEntry = ({ id, html_url, body, user }: Raw): Entry => ({
  id,
  url: html_url,
  body: body ?? '',
  isByBot: user?.type === 'Bot',
})

/** Reaches a repository on GitHub; every call ends within 30 s. */
export function makeGithubRepository({ token, name, apiUrl, signal }: GithubAccess): GithubRepository {
  const [owner = '', repo = '', ...more] = name.split('/')
  if (owner === '' || repo === '' || more.length > 0) {
    throw new UserError(`GITHUB_REPOSITORY: expected OWNER/REPO, got "${name}"`)
  }
  const { issues } = getOctokit(token, apiUrl ? { baseUrl: apiUrl } : {}).rest
  const here = () => ({
    ...{ owner, repo },
    request: { signal: AbortSignal.any([signal, AbortSignal.timeout(callMs)]) },
  })
  const list = (read: (page: { per_page: number; page: number }) => Promise<{ data: Raw[] }>) =>
    readPages(read)
  return {
    listComments: async (issue) =>
      (await list((page) => issues.listComments({ ...here(), issue_number: issue, ...page }))).map(toEntry),
    createComment: async (issue, body) =>
      (await issues.createComment({ ...here(), issue_number: issue, body })).data.html_url,
    updateComment: async (id, body) =>
      (await issues.updateComment({ ...here(), comment_id: id, body })).data.html_url,
    listOpenIssues: async () => {
      const found = await list((page) => issues.listForRepo({ ...here(), state: 'open', ...page }))
      return found
        .filter((issue) => !('pull_request' in issue))
        .map((issue) => ({ ...toEntry(issue), id: Number(Reflect.get(issue, 'number')) }))
    },
    createIssue: async (title, body) => (await issues.create({ ...here(), title, body })).data.html_url,
  }
}

// The newest come last or first, so that a page that is not full is the last.
async function readPages(
  read: (page: { per_page: number; page: number }) => Promise<{ data: Raw[] }>,
): Promise<Raw[]> {
  const found: Raw[] = []
  for (let page = 1; page <= mostPages; page++) {
    const { data } = await read({ per_page: pageSize, page })
    found.push(...data)
    if (data.length < pageSize) break
  }
  return found
}
