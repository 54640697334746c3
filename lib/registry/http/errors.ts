/** Writes a URL for a message: without its query, which may hold a signature. */
export const withoutQuery = ({ origin, pathname }: URL) => `${origin}${pathname.slice(0, longestPath)}`

// A name of a repository and a digest; more is made to fill a log.
const longestPath = 512

/** A registry that answered with an error; the message names method and URL without its query. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  readonly method: string
  readonly url: URL
  readonly status: number
  /** What the registry calls the errors, such as `TOOMANYREQUESTS`. */
  readonly codes: readonly string[]
  /** How long the registry asks clients to wait. */
  readonly retryAfterMs: number | undefined
  /** The credentials were renewed after this answer, so that the same request can go through now. */
  readonly renewed: boolean

  constructor(
    method: string,
    url: URL,
    answer: {
      status: number
      codes?: readonly string[]
      detail?: string
      retryAfterMs?: number | undefined
      renewed?: boolean
    },
  ) {
    const { status, codes = [], detail, retryAfterMs, renewed = false } = answer
    super(`${method} ${withoutQuery(url)}: ${status}${detail ? ` ${detail}` : ''}`)
    this.method = method
    this.url = url
    this.status = status
    this.codes = codes
    this.retryAfterMs = retryAfterMs
    this.renewed = renewed
  }
}

/** An answer that is too large to be one. */
export class OversizedError extends Error {}

/** A connection that could not be made, broke, or went silent before a whole answer was there. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  readonly url: URL
  /** Node's code, such as `ECONNRESET`; '' where there is none. */
  readonly code: string
  readonly transient: boolean
  /** The connection was one of an earlier request, and closed before a byte of the answer came. */
  readonly stale: boolean

  constructor(method: string, url: URL, cause: Error, stale = false) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
    const text = cause.message || code
    super(`${method} ${withoutQuery(url)}: ${text}${advise(code)}`, { cause })
    this.url = url
    this.code = code
    this.stale = stale
    const isLasting = isUntrusted(code) || code === 'ENOTFOUND' || isRefusedByProxy(code, text)
    this.transient = !isLasting && !(cause instanceof OversizedError)
  }
}

const isUntrusted = (code: string) =>
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/.test(code)

// The proxy's own trouble (5xx) can pass, its refusal does not.
const isRefusedByProxy = (code: string, text: string) => code === 'ERR_PROXY_TUNNEL' && / 4\d\d\b/.test(text)

function advise(code: string): string {
  if (isUntrusted(code))
    return '; where its CA is a private one, name its file in NODE_EXTRA_CA_CERTS or AWS_CA_BUNDLE'
  if (code === 'ENOTFOUND') return '; check the name, or HTTPS_PROXY where only a proxy reaches it'
  if (code === 'ERR_PROXY_TUNNEL') return '; check HTTPS_PROXY and its user'
  return ''
}

// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes, and S3's behind a redirect.
const passingCodes = ['TOOMANYREQUESTS', 'UNAVAILABLE', 'SlowDown', 'RequestTimeout', 'ServiceUnavailable']

const lastingCodes = [
  ...['DENIED', 'UNAUTHORIZED', 'UNSUPPORTED', 'DIGEST_INVALID', 'SIZE_INVALID', 'TAG_INVALID'],
  ...['NAME_INVALID', 'NAME_UNKNOWN', 'MANIFEST_INVALID', 'MANIFEST_UNKNOWN', 'MANIFEST_UNVERIFIED'],
  ...['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN', 'AccessDenied'],
]

// Of a manifest, right after what it names was sent: some registries show a blob a moment after its commit.
// https://github.com/moby/moby/issues/36823
const isNotShownYet = ({ method, url, codes }: RegistryError) =>
  method === 'PUT' &&
  /\/manifests\/[^/]+$/.test(url.pathname) &&
  codes.some((code) => /^(MANIFEST|MANIFEST_BLOB|BLOB|BLOB_UPLOAD)_UNKNOWN$/.test(code))

/**
 * Returns whether trying again can help: throttling, a server's fault, a broken connection, a token that had ended.
 * What the registry calls its error counts for more than the status that it comes with.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.transient
  if (!(error instanceof RegistryError)) return false
  const { renewed, codes, status } = error
  if (renewed || codes.some((code) => passingCodes.includes(code)) || isNotShownYet(error)) return true
  if (codes.some((code) => lastingCodes.includes(code))) return false
  return status === 408 || status === 429 || (status >= 500 && status !== 501)
}

/**
 * Returns whether an upload can go through in a new session: as any request, or where the registry lost the session.
 * https://github.com/GoogleContainerTools/jib/issues/4301
 */
export const isTransientUpload = (error: unknown): boolean =>
  isTransient(error) ||
  (error instanceof RegistryError &&
    ['PATCH', 'PUT'].includes(error.method) &&
    ([404, 416].includes(error.status) || error.codes.includes('BLOB_UPLOAD_UNKNOWN')))

/**
 * Returns whether a registry holds a manifest back from all who read it, as Harbor does by policy until it is scanned or
 * signed: https://github.com/goharbor/harbor/issues/15885
 */
export const isHeldBack = (error: unknown): boolean => error instanceof RegistryError && error.status === 412
