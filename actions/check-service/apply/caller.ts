import { messageOf } from '../../../lib/errors.ts'
import { quote } from '../../../lib/quote.ts'
import { withoutSecrets } from '../../../lib/url.ts'
import { waitUntil } from '../../../lib/wait.ts'
import type { ApiAnswer, ApiRequest, CheckContext } from '../context.ts'

/** One request of a check, and how it was answered. */
export type Call = {
  step: string
  /** Method and path; those of a presigned URL without its query. */
  route: string
  /** 0 where there was no answer. */
  status: number
  milliseconds: number
}

/** Something that does not hold of the service; the message is a sentence. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure'
}

class NoAnswerYet extends Error {}

/** Sends requests and keeps what became of each. */
export type Caller = {
  /** Sends a request, again while the service starts; throws CheckFailure where the status is not accepted. */
  call(step: string, request: ApiRequest, accept: (status: number) => boolean): Promise<ApiAnswer>
  /** Looks again and again until something is there. */
  poll<T>(what: string, look: () => Promise<T | undefined>): Promise<T>
}

/** Accepts each status of success. */
export const success = (status: number) => status >= 200 && status < 300

// A service that starts, a load balancer without a target, a limit of requests.
const isStarting = (status: number) => [429, 502, 503, 504].includes(status)

/** Accepts each status but those of a service that starts. */
export const settled = (status: number) => !isStarting(status)

/** Creates a caller; calls are repeated until the deadline (milliseconds since the epoch). */
export function makeCaller(context: CheckContext, calls: Call[], deadline: number): Caller {
  const { clock, signal } = context
  const poll: Caller['poll'] = (what, look) =>
    waitUntil(look, {
      what,
      timeoutSeconds: Math.max(deadline - clock.now(), 0) / 1000,
      isTransient: (error) => error instanceof NoAnswerYet,
      ...{ clock, signal },
    })
  return {
    poll,
    call: (step, request, accept) =>
      poll(step, async () => {
        const answer = await sendOnce(step, request, context, calls)
        if (accept(answer.status)) return answer
        const sentence = describe(step, answer)
        throw isStarting(answer.status) ? new NoAnswerYet(sentence) : new CheckFailure(sentence)
      }),
  }
}

async function sendOnce(
  step: string,
  request: ApiRequest,
  { send, clock }: CheckContext,
  calls: Call[],
): Promise<ApiAnswer> {
  const start = clock.now()
  const keep = (status: number) => {
    const route = `${request.method} ${withoutSecrets(request.url)}`
    calls.push({ step, route, status, milliseconds: clock.now() - start })
  }
  try {
    const answer = await send(request)
    keep(answer.status)
    return answer
  } catch (error) {
    keep(0)
    throw new NoAnswerYet(`${step}: ${messageOf(error)}`)
  }
}

function describe(step: string, { status, body }: ApiAnswer): string {
  const text = body.toString().trim()
  return `${step}: expected success, got ${status}${text === '' ? '' : `: ${quote(text)}`}`
}

/** Parses an answer; throws CheckFailure where it is no JSON. */
export function parseJson(step: string, { body }: ApiAnswer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new CheckFailure(`${step}: expected an answer in JSON, got another`)
  }
}
