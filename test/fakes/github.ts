import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Author = { login: string; type: 'Bot' | 'User' }
type Entry = { id: number; number: number; title?: string; body: string; user: Author; pull_request?: object }

/**
 * The part of GitHub's API that our messages, `adopt` and the fetching of archives use, in memory, for one repository
 * of any name. Contract: lists come in pages of `per_page`; what is created is by the bot of the workflow; a call
 * without the token gets 401, an issue with a title of more than 256 characters 422, and anything else that is not
 * there 404.
 */
export type Github = {
  apiUrl: string
  /** What makes it the API of programs that act runs: act names GitHub's own to each step. */
  env: { NODE_OPTIONS: string }
  /** Comments of pull request or issue 7, and issues. */
  comments: Entry[]
  issues: Entry[]
  /** Answers to GET, by path below the repository. */
  answers: Map<string, { status: number; body: object | Buffer | null }>
  /** `METHOD path?query`, in order. */
  asked: string[]
  close(): void
}

const bot: Author = { login: 'github-actions[bot]', type: 'Bot' }
const pathOf = (url: URL) => url.pathname.replace(/^\/repos\/[\w-]+\/[\w-]+/, '')

/** Starts it on a free port of loopback. */
export async function startGithub(): Promise<Github> {
  const [comments, issues]: [Entry[], Entry[]] = [[], []]
  const answers: Github['answers'] = new Map()
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', origin)
    asked.push(`${request.method} ${pathOf(url)}${url.search}`)
    const body = await readJson(request)
    const isKnown = /^(token|Bearer) of-the-job$/.test(request.headers.authorization ?? '')
    const { status, body: content } = isKnown ? answer(request.method ?? '', url, body) : unauthorized
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(Buffer.isBuffer(content) ? content : JSON.stringify(content))
  })
  const add = (list: Entry[], entry: Pick<Entry, 'body' | 'title'>) => {
    const id = 100 + list.length
    list.push({ id, number: id, user: bot, ...entry })
    return { status: 201, body: { ...list.at(-1), html_url: `https://github.test/${id}` } }
  }
  const answer = (method: string, url: URL, body: { body: string; title?: string }) => {
    const path = pathOf(url)
    const page = <T>(list: readonly T[]) => {
      const size = Number(url.searchParams.get('per_page') ?? 30)
      const start = (Number(url.searchParams.get('page') ?? 1) - 1) * size
      return { status: 200, body: list.slice(start, start + size) }
    }
    if (method === 'GET' && path === '/issues') return page(issues)
    if (method === 'GET' && /^\/issues\/\d+\/comments$/.test(path)) return page(comments)
    if (method === 'POST' && path === '/issues')
      return (body.title ?? '').length > 256 ? tooLong : add(issues, body)
    if (method === 'POST' && /^\/issues\/\d+\/comments$/.test(path)) return add(comments, body)
    const [, id] = /^\/issues\/comments\/(\d+)$/.exec(path) ?? []
    const found = method === 'PATCH' ? comments.find((each) => each.id === Number(id)) : undefined
    if (found) {
      found.body = body.body
      return { status: 200, body: { ...found, html_url: `https://github.test/${found.id}` } }
    }
    return (
      (method === 'GET' ? answers.get(path) : undefined) ?? { status: 404, body: { message: 'Not Found' } }
    )
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const preload = join(mkdtempSync(join(tmpdir(), 'github-')), 'preload.mjs')
  writeFileSync(preload, `process.env.GITHUB_API_URL = '${origin}'\n`)
  const env = { NODE_OPTIONS: `--import=${preload}` }
  return { apiUrl: origin, env, comments, issues, answers, asked, close: () => server.close() }
}

const tooLong = { status: 422, body: { message: 'Validation Failed: title is too long' } }
const unauthorized = { status: 401, body: { message: 'Bad credentials' } }

async function readJson(request: IncomingMessage): Promise<{ body: string; title?: string }> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece)
  const text = Buffer.concat(pieces).toString()
  return text === '' ? { body: '' } : JSON.parse(text)
}
