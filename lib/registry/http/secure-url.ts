import { UserError } from '../../errors.ts'

/** Returns whether a URL's host name is this machine. */
export const isLoopback = (hostname: string) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)

/** Refuses a URL without TLS, but on this machine or where the user said so. `what` begins the sentence. */
export function requireTls(url: URL, what: string, insecure = false): void {
  if (url.protocol === 'https:') return
  if (url.protocol === 'http:' && (insecure || isLoopback(url.hostname))) return
  throw new UserError(`${what}: expected https, got ${url.origin}; insecure: true allows http`)
}
