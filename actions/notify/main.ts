import { runAction } from '../../lib/action.ts'
import { makeGithubRepository } from '../../lib/github/repository.ts'
import { postToWebhook } from '../../lib/webhook.ts'
import { run } from './run.ts'

void runAction('notify', async (context) => {
  const { env, signal } = context
  const [name, apiUrl] = [env.GITHUB_REPOSITORY ?? '', env.GITHUB_API_URL]
  return await run({
    ...context,
    connect: (token) => makeGithubRepository({ token, name, apiUrl, signal }),
    post: (url, text) => postToWebhook(url, text, signal),
  })
})
