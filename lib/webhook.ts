import { messageOf } from './errors.ts'

const mostMs = 30_000

/**
 * Posts a text to a webhook, in the shape that Slack, Mattermost and Rocket.Chat take. The URL is a secret: errors
 * name its host only. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export async function postToWebhook(url: string, text: string, signal: AbortSignal): Promise<void> {
  const { host } = new URL(url)
  const status = await post(url, text, signal).catch((error: unknown) => {
    signal.throwIfAborted()
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw new Error(`webhook-url: ${host}: no answer (${messageOf(cause)})`)
  })
  if (status < 200 || status > 299) throw new Error(`webhook-url: ${host}: expected success, got ${status}`)
}

async function post(url: string, text: string, signal: AbortSignal): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(mostMs)]),
  })
  await answer.body?.cancel()
  return answer.status
}
