import { RegistryError } from './errors.ts'
import type { HttpResponse } from './send-request.ts'

/** Makes the error of an answer that is none of those expected; `now` is for a Retry-After that is a date. */
export function readRegistryError(
  method: string,
  { url, status, headers, body }: HttpResponse,
  { now, renewed }: { now: number; renewed: boolean },
): RegistryError {
  const detail = describeErrors(body.toString('utf8'), headers['content-type'] ?? '')
  return new RegistryError(method, url, {
    status,
    detail,
    renewed,
    retryAfterMs: parseRetryAfter(headers['retry-after'], now),
  })
}

// JSON is what the specification says; XML comes from S3, where only these two elements are free of signatures:
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
function describeErrors(body: string, mediaType: string): string {
  const code = /<Code>([^<]*)</.exec(body)?.[1]
  if (code) return `${code}: ${/<Message>([^<]*)</.exec(body)?.[1] ?? ''}`
  try {
    const errors: unknown = Object(JSON.parse(body)).errors
    if (!Array.isArray(errors)) return ''
    return errors.map((error) => `${Object(error).code}: ${Object(error).message}`).join('; ')
  } catch {
    return mediaType.startsWith('text/plain') ? body.slice(0, 200).replaceAll(/\s+/g, ' ').trim() : ''
  }
}

/** Reads a Retry-After header, seconds or a date, as milliseconds from now. */
function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0)
}
