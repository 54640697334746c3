import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../actions/notify/run.ts'
import { makeGithubRepository } from '../../lib/github/repository.ts'
import { postToWebhook } from '../../lib/webhook.ts'
import { type Github, startGithub } from '../fakes/github.ts'
import { makeContext } from '../fixtures/context.ts'

let github: Github
beforeEach(async () => {
  github = await startGithub()
})
afterEach(() => github.close())

const env = {
  GITHUB_WORKFLOW: 'Deploy',
  GITHUB_SERVER_URL: 'https://github.test',
  GITHUB_REPOSITORY: 'acme/service',
  GITHUB_RUN_ID: '42',
  GITHUB_REF_NAME: 'main',
  GITHUB_EVENT_PATH: 'event.json',
}

async function notify(inputs: Record<string, string>, files: Record<string, unknown> = {}) {
  const context = makeContext()
  const masked: string[] = []
  const { signal } = context
  const outcome = await run({
    ...context,
    inputs: { title: 'It failed', token: 'of-the-job', ...inputs },
    env,
    log: { ...context.log, mask: (secret) => masked.push(secret) },
    readFile: (path) => JSON.stringify(files[path] ?? expect.fail(path)),
    connect: (token) => makeGithubRepository({ token, name: 'acme/service', apiUrl: github.apiUrl, signal }),
    post: (url, text) => postToWebhook(url, text, signal),
  })
  return { ...outcome.outputs, masked, outcome }
}

const person = (body: string) => ({ id: 1, number: 1, body, user: { login: 'eve', type: 'User' as const } })
const writes = () => github.asked.filter((call) => !call.startsWith('GET'))

describe('a comment', () => {
  const event = { 'event.json': { number: 7, pull_request: { number: 7 } } }

  it('is left once, and updated in place, at the pull request of the event', async () => {
    expect(await notify({ to: 'comment' }, event)).toMatchObject({
      result: 'created',
      masked: ['of-the-job'],
    })
    const second = await notify({ to: 'comment', title: 'It works' }, event)
    expect(second).toMatchObject({ result: 'updated', url: 'https://github.test/100' })
    expect(github.comments).toHaveLength(1)
    expect(github.comments[0]?.body).toContain('## It works')
    expect(github.comments[0]?.body).toContain('[Deploy](https://github.test/acme/service/actions/runs/42)')
    expect(writes()).toEqual(['POST /issues/7/comments', 'PATCH /issues/comments/100'])
  })

  it('of another key is another one', async () => {
    for (const key of ['one', 'two--three', 'one']) await notify({ to: 'comment', key }, event)
    expect(github.comments).toHaveLength(2)
  })

  it('of a person stays, also where it looks like ours, and ours is found on a later page', async () => {
    await notify({ to: 'comment' }, event)
    const [own] = github.comments
    const copies = Array.from({ length: 120 }, () => person(own?.body ?? ''))
    github.comments.unshift(...copies)
    expect((await notify({ to: 'comment', title: 'It works' }, event)).result).toBe('updated')
    expect(github.comments.filter(({ body }) => body.includes('It works'))).toEqual([own])
  })

  it('shows the summary of an action as it is, below the title and the run, and cut at its end', async () => {
    const summary = '## Stacks: previewed\n\n| replaced |\n| ---: |\n| 1 |\n\n<details>'
    const report = { result: 'previewed', summary: `${summary}\n${'| `a` → `b` |\n'.repeat(6000)}` }
    await notify({ to: 'comment', report: 'report.json', text: 'of us' }, { ...event, 'report.json': report })
    const [{ body } = { body: '' }] = github.comments
    expect(body).toContain(`runs/42) on \`main\`\n\nof us\n\n${summary}`)
    expect(body).toMatch(/_Cut to fit/)
    expect(body.length).toBeLessThan(65_536)
  })

  it('needs a pull request, a token and a report of an action', async () => {
    await expect(notify({ to: 'comment' }, { 'event.json': {} })).rejects.toThrow(
      'number: expected the number',
    )
    await expect(notify({ to: 'comment', token: '' }, event)).rejects.toThrow(
      'token: expected a value for to: comment',
    )
    const report = { ...event, 'r.json': { result: 'pushed' } }
    await expect(notify({ to: 'comment', report: 'r.json' }, report)).rejects.toThrow(
      'expected a report with a summary, got another',
    )
  })
})

describe('an issue', () => {
  it('is opened once; while it is open, the next failure is a comment', async () => {
    const signed = '<!-- gpu-service-actions Deploy -->\n'
    const bot = { login: 'github-actions[bot]', type: 'Bot' as const }
    github.issues.push(person(signed), { ...person(signed), user: bot, pull_request: {} })
    expect(await notify({ to: 'issue' })).toMatchObject({ result: 'created' })
    expect(github.issues.at(-1)).toMatchObject({ title: 'It failed' })
    expect(await notify({ to: 'issue' })).toMatchObject({ result: 'updated' })
    expect(writes()).toEqual(['POST /issues', 'POST /issues/102/comments'])
  })

  it('has a title of one line that GitHub takes, and the whole one in its text', async () => {
    const title = `It failed:\n  ${'x'.repeat(300)}`
    expect(await notify({ to: 'issue', title })).toMatchObject({ result: 'created' })
    const [issue] = github.issues
    expect(issue?.title).toMatch(/^It failed: x+…$/)
    expect(issue?.title).toHaveLength(256)
    expect(issue?.body).toContain(`## It failed: ${'x'.repeat(300)}\n`)
  })

  it('that may not be opened is a failure', async () => {
    await expect(notify({ to: 'issue', token: 'of-another' })).rejects.toThrow('Bad credentials')
  })
})

describe('a chat', () => {
  const received: string[] = []
  const start = async (status: number) => {
    const server = createServer(async (request, response) => {
      for await (const piece of request) received.push(`${piece}`)
      response.writeHead(status).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { server, url: `http://127.0.0.1:${Object(server.address()).port}/services/SECRET` }
  }

  it('gets one line with a link, in the shape of Slack', async () => {
    const { server, url } = await start(200)
    const { result, masked } = await notify({
      to: 'webhook',
      'webhook-url': url,
      title: 'a < b & c\n@channel',
    })
    server.close()
    expect(result).toBe('sent')
    expect(masked).toContain(url)
    const link = 'https://github.test/acme/service/actions/runs/42'
    expect(JSON.parse(received.join(''))).toEqual({
      text: `a &lt; b &amp; c @\u200bchannel (Deploy on main) ${link}`,
    })
  })

  it('that refuses is a failure which does not show its URL', async () => {
    const { server, url } = await start(404)
    const sent = notify({ to: 'webhook', 'webhook-url': url })
    await expect(sent).rejects.toThrow(/^webhook-url: 127\.0\.0\.1:\d+: expected success, got 404$/)
    server.close()
    const again = notify({ to: 'webhook', 'webhook-url': url })
    await expect(again).rejects.toThrow(/^webhook-url: 127\.0\.0\.1:\d+: no answer \(((?!SECRET).)*\)$/)
  })

  it('needs the URL of a webhook', async () => {
    await expect(notify({ to: 'webhook' })).rejects.toThrow('webhook-url: expected a value for to: webhook')
    const wrong = notify({ to: 'webhook', 'webhook-url': 'http://chat.example.com/SECRET' })
    await expect(wrong).rejects.toThrow('webhook-url: expected an https URL, got a value that is not shown')
  })
})

it('a dry run sends nothing', async () => {
  const { outcome } = await notify({ to: 'issue', 'dry-run': 'true' })
  expect(outcome.summary.markdown).toContain('## It failed')
  expect(github.asked).toEqual([])
})
