/** Returns a presigned URL with another signature; undefined where it has none. */
export function tamper(url: string): string | undefined {
  const changed = new URL(url)
  const found = [...changed.searchParams].find(([name]) => /^(x-amz-)?sig(nature)?$/i.test(name))
  if (!found) return undefined
  const [name, signature] = found
  changed.searchParams.set(
    name,
    signature.replace(/^./, (first) => (first === '0' ? '1' : '0')),
  )
  return changed.href
}

const dayMs = 24 * 3600 * 1000

/** Returns a presigned URL as it would be ten days later: long expired. Undefined where nothing says when it expires. */
export function age(url: string): string | undefined {
  const aged = new URL(url)
  const signedAt = readAmzDate(aged.searchParams.get('X-Amz-Date'))
  const expires = Number(aged.searchParams.get('Expires') ?? Number.NaN)
  if (signedAt !== undefined) aged.searchParams.set('X-Amz-Date', writeAmzDate(signedAt - 10 * dayMs))
  else if (Number.isInteger(expires)) aged.searchParams.set('Expires', String(expires - (10 * dayMs) / 1000))
  else return undefined
  return aged.href
}

/** Returns how many seconds a presigned URL is valid after `nowMs`; undefined where nothing says so. */
export function lifetimeSeconds(url: string, nowMs: number): number | undefined {
  const { searchParams } = new URL(url)
  const seconds = searchParams.get('X-Amz-Expires')
  const expires = searchParams.get('Expires')
  if (seconds !== null) return Number(seconds)
  return expires === null ? undefined : Number(expires) - nowMs / 1000
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
function readAmzDate(text: string | null): number | undefined {
  const iso = text?.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z') ?? ''
  const time = Date.parse(iso)
  return Number.isNaN(time) ? undefined : time
}

const writeAmzDate = (time: number) => new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '')
