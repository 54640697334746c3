/** Writes a URL, or what was meant as one, for a message: without user, password, query and fragment. */
export function withoutSecrets(url: string): string {
  const parsed = URL.parse(url)
  if (parsed?.host) return `${parsed.protocol}//${parsed.host}${parsed.pathname}`
  return url.replace(/[?#].*$/s, '').replace(/^([^/]*\/\/)?.*@/s, '$1')
}
