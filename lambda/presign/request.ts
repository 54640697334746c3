/** What the function reads of an HTTP API's event, payload format 2.0. */
export type ApiEvent = {
  rawPath: string
  queryStringParameters?: Readonly<Record<string, string | undefined>>
  requestContext: { authorizer?: { lambda?: { user?: unknown } | null } }
}

/** What a caller asks for. */
export type Request =
  | { kind: 'ping' }
  | { kind: 'upload'; key: string; type: string | undefined; lengthBytes: number | undefined }
  | { kind: 'download'; key: string }
  | { kind: 'refused'; status: 400 | 404; message: string }

const refused = (message: string): Request => ({ kind: 'refused', status: 400, message })

// Without an authorizer (`AuthMode: none`) all callers share one folder.
const anyone = 'public'

/** Parses a request; keys lie below the name of the user whom the authorizer found. */
export function parseRequest(event: ApiEvent): Request {
  if (event.rawPath.endsWith('/ping')) return { kind: 'ping' }
  if (!event.rawPath.endsWith('/presign')) return { kind: 'refused', status: 404, message: 'no such route' }
  const { file, mode, type, length } = event.queryStringParameters ?? {}
  if (!file) return refused('file: expected the name of a file, got none')
  if (!isPlainName(file)) {
    return refused('file: expected a name of up to 512 characters without "..", "//" or a "/" at an end')
  }
  const user = event.requestContext.authorizer?.lambda?.user
  const key = `${typeof user === 'string' ? user : anyone}/${file}`
  if (mode === 'download') return { kind: 'download', key }
  if (mode !== 'upload') return refused(`mode: expected upload or download, got "${mode ?? ''}"`)
  if (length !== undefined && !/^\d{1,12}$/.test(length)) {
    return refused(`length: expected a number of bytes, got "${length}"`)
  }
  return { kind: 'upload', key, type, lengthBytes: length === undefined ? undefined : Number(length) }
}

function isPlainName(file: string): boolean {
  const parts = file.split('/')
  return file.length <= 512 && parts.every((part) => part !== '' && part !== '.' && part !== '..')
}
