/** How a registry wants requests to be authorized: a scheme in lower case, and its parameters. */
export type Challenge = { scheme: string; parameters: Readonly<Record<string, string>> }

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
// A parameter, or else the scheme of the next challenge: commas part both.
const part = new RegExp(`(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))|(${token})`, 'g')

// Node accepts headers of up to 16 KiB.
const longestHeader = 8192

/**
 * Parses a WWW-Authenticate header, which may hold several challenges.
 * https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function parseChallenges(header: string | undefined): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = []
  for (const [, name, quoted, plain, scheme] of (header ?? '').slice(0, longestHeader).matchAll(part)) {
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} })
    const current = challenges.at(-1)
    if (name !== undefined && current) {
      current.parameters[name.toLowerCase()] = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? ''
    }
  }
  return challenges
}
