import { RegistryError } from './errors.ts'
import type { HttpResponse } from './send-request.ts'

/** Returns the error for an unexpected answer; `now` is for a Retry-After that is a date. */
export function readRegistryError(
  method: string,
  { url, status, headers, body }: HttpResponse,
  { now, renewed }: { now: number; renewed: boolean },
): RegistryError {
  const errors = parseErrors(body.toString('utf8'), headers['content-type'] ?? '')
  return new RegistryError(method, url, {
    status,
    codes: errors.flatMap(({ code }) => code ?? []),
    detail: describeErrors(errors),
    renewed,
    retryAfterMs: parseRetryAfter(headers['retry-after'], now),
  })
}

type AnsweredError = { code?: string; message: string }

const mostErrors = 5
const longestMessage = 300

// JSON is what the specification requires; XML comes from S3, where only these two elements are free of signatures:
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
function parseErrors(body: string, mediaType: string): AnsweredError[] {
  const code = /<Code>([^<]*)</.exec(body)?.[1]
  if (code) return [{ code, message: /<Message>([^<]*)</.exec(body)?.[1] ?? '' }]
  try {
    const errors: unknown = Object(JSON.parse(body)).errors
    if (!Array.isArray(errors)) return []
    return errors.slice(0, mostErrors).map(parseError)
  } catch {
    return mediaType.startsWith('text/plain') ? [{ message: body }] : []
  }
}

// Both are texts by the specification, and some registries leave one out.
function parseError(error: unknown): AnsweredError {
  const { code, message } = Object(error)
  return { ...(isScalar(code) && { code: `${code}` }), message: isScalar(message) ? `${message}` : '' }
}

const isScalar = (value: unknown) => typeof value === 'string' || typeof value === 'number'

const describeErrors = (errors: readonly AnsweredError[]) =>
  errors
    .map(({ code, message }) => toLine([code, message].filter(Boolean).join(': ')))
    .filter(Boolean)
    .join('; ')

const toLine = (text: string) => text.slice(0, longestMessage).replaceAll(/\s+/g, ' ').trim()

/** Reads a Retry-After header, seconds or a date, as milliseconds from now. */
function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0)
}
