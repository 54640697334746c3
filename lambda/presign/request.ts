import { isUserName } from '../user-name.ts'

/** What the function reads of an HTTP API's event, payload format 2.0. */
export type ApiEvent = {
  rawPath: string
  queryStringParameters?: Readonly<Record<string, string | undefined>>
  requestContext?: { authorizer?: { lambda?: { user?: unknown } | null } | null } | undefined
}

/** What the stack decides. */
export type Settings = {
  /** Without an authorizer (`AuthMode: none`) all callers share one folder; otherwise nobody without a name is served. */
  openToAll: boolean
  /** The largest upload that is signed. */
  maxUploadBytes: number
}

/** Stable names of refusals, for programs; the message is for people. */
type RefusalCode =
  | 'no-route'
  | 'no-user'
  | 'bad-file'
  | 'bad-mode'
  | 'bad-type'
  | 'no-length'
  | 'bad-length'
  | 'too-large'

type Refusal = { kind: 'refused'; status: 400 | 403 | 404 | 413; code: RefusalCode; message: string }

/** What a caller asks for. */
export type Request =
  | { kind: 'ping' }
  | { kind: 'upload'; key: string; type: string | undefined; lengthBytes: number }
  | { kind: 'download'; key: string }
  | Refusal

/** Folder of all callers where nobody is named. */
const anyone = 'public'

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const longestKeyBytes = 1024

/** Reads what the stack decides from the function's environment. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  return { openToAll: env.AUTH_MODE === 'none', maxUploadBytes: Number(env.MAX_UPLOAD_MIB ?? '50') * 2 ** 20 }
}

/** Parses a request; keys lie below the name of the user whom the authorizer found. Without a user nothing is signed. */
export function parseRequest(event: ApiEvent, settings: Settings): Request {
  if (event.rawPath.endsWith('/ping')) return { kind: 'ping' }
  if (!event.rawPath.endsWith('/presign')) return refuse(404, 'no-route', 'no such route')
  const { file, mode, type, length } = event.queryStringParameters ?? {}
  const key = findKey(event, file, settings)
  if (typeof key !== 'string') return key
  if (mode === 'download') return { kind: 'download', key }
  if (mode !== 'upload')
    return refuse(400, 'bad-mode', 'mode: expected upload or download, got something else')
  return parseUpload(key, type, length, settings)
}

const refuse = (status: Refusal['status'], code: RefusalCode, message: string): Refusal => ({
  kind: 'refused',
  status,
  code,
  message,
})

function findKey(event: ApiEvent, file: string | undefined, { openToAll }: Settings): string | Refusal {
  const named = event.requestContext?.authorizer?.lambda?.user
  const user = openToAll ? anyone : named
  if (!isUserName(user)) return refuse(403, 'no-user', 'user: expected one from the authorizer, got none')
  if (!file) return refuse(400, 'bad-file', 'file: expected the name of a file, got none')
  const key = `${user}/${file}`
  if (isPlainName(file) && Buffer.byteLength(key) <= longestKeyBytes) return key
  const expected = `a name without "..", "//", control characters or a "/" at an end, at most ${longestKeyBytes} bytes with "${user}/"`
  return refuse(400, 'bad-file', `file: expected ${expected}, got another`)
}

function isPlainName(file: string): boolean {
  const parts = file.split('/')
  return (
    file.isWellFormed() &&
    !/\p{Cc}/u.test(file) &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..')
  )
}

// A presigned PUT signs an exact length and no range: without a length, the URL would take 5 GB.
function parseUpload(
  key: string,
  type: string | undefined,
  length: string | undefined,
  { maxUploadBytes }: Settings,
): Request {
  if (type !== undefined && !/^[a-z]+\/[a-z0-9][a-z0-9.+-]{0,100}$/.test(type))
    return refuse(400, 'bad-type', 'type: expected a media type such as image/png, got another text')
  if (length === undefined)
    return refuse(400, 'no-length', 'length: expected the number of bytes of the upload, got none')
  if (!/^\d{1,12}$/.test(length))
    return refuse(400, 'bad-length', 'length: expected a number of bytes, got another text')
  const lengthBytes = Number(length)
  if (lengthBytes <= maxUploadBytes) return { kind: 'upload', key, type, lengthBytes }
  return refuse(413, 'too-large', `length: expected at most ${maxUploadBytes} bytes, got ${lengthBytes}`)
}
