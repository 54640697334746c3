import type { ServerResponse } from 'node:http'
import type { Answer } from './error-answer.ts'

/** How an answer comes: whole, broken off in the middle, or at a byte a second. */
export type Delivery = 'whole' | 'cut' | 'drip'

/** Sends an answer; its length is announced as it would be without the fault. */
export function deliver(
  response: ServerResponse,
  { status, headers, body }: Answer,
  delivery: Delivery,
): void {
  // The answer to HEAD announces a body that never comes.
  const isHead = response.req.method === 'HEAD'
  const hasBody = !isHead && status !== 204 && status !== 304
  response.writeHead(status, hasBody ? { ...headers, 'content-length': body.length } : headers)
  if (!hasBody || body.length < 2 || delivery === 'whole') response.end(hasBody ? body : undefined)
  else if (delivery === 'cut') cut(response, body)
  else drip(response, body)
}

function cut(response: ServerResponse, body: Buffer): void {
  response.write(body.subarray(0, body.length >> 1), () => response.socket?.destroy())
}

function drip(response: ServerResponse, body: Buffer): void {
  let at = 0
  const timer = setInterval(() => {
    response.write(body.subarray(at, ++at))
    if (at === body.length) response.end()
  }, 1000)
  response.once('close', () => clearInterval(timer))
  response.once('finish', () => clearInterval(timer))
}
