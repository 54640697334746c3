import { quote } from '../../quote.ts'
import { withoutQuery } from './errors.ts'

const longestLocation = 8192

/**
 * Parses a Location header, which may be relative to the URL that answered. Throws where it is missing or no URL of
 * http, and where it holds a user name: Node would send that in the place of our own credentials.
 */
export function parseLocation(header: string | undefined, answered: URL): URL {
  const url = header && header.length <= longestLocation ? URL.parse(header, answered.href) : null
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url
  // The query is not shown: it may hold a signature.
  const got = header === undefined ? 'none' : quote(header.replace(/\?.*$/s, ''))
  throw new Error(`${withoutQuery(answered)}: expected a Location that is a URL without a user, got ${got}`)
}
