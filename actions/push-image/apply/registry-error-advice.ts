import { UserError } from '../../../lib/errors.ts'
import { ConnectionError, RegistryError } from '../../../lib/registry/http/errors.ts'
import type { Destination } from '../destination.ts'

// The permission that ECR requires for each request of the protocol:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
const actions: readonly (readonly [method: RegExp, path: RegExp, action: string])[] = [
  [/^POST$/, /\/blobs\/uploads\/$/, 'ecr:InitiateLayerUpload'],
  [/^PATCH$/, /\/blobs\/uploads\//, 'ecr:UploadLayerPart'],
  [/^PUT$/, /\/blobs\/uploads\//, 'ecr:CompleteLayerUpload'],
  [/^PUT$/, /\/manifests\//, 'ecr:PutImage'],
  [/^(GET|HEAD)$/, /\/manifests\//, 'ecr:BatchGetImage'],
  [/^HEAD$/, /\/blobs\//, 'ecr:BatchCheckLayerAvailability'],
  [/^GET$/, /\/blobs\//, 'ecr:GetDownloadUrlForLayer'],
]

/** Does work with a registry, and adds to its error what to do about it. */
export async function withAdvice<T>(
  { destination }: { destination: Destination },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw adviseOnRegistryError(error, destination)
  }
}

/** Names the IAM action behind a request that ECR denied or dropped; other errors come back as they are. */
export function adviseOnRegistryError(error: unknown, destination: Destination): unknown {
  const { kind } = destination
  if (error instanceof ConnectionError && kind === 'ecr' && isDropped(error)) {
    const advice = 'ECR drops the connection where the repository is gone, or the role lacks'
    return new Error(`${error.message}; ${advice} ecr:InitiateLayerUpload`, { cause: error })
  }
  if (!(error instanceof RegistryError)) return error
  const advice = adviseOnLimits(error) ?? adviseOnAnswer(error)
  if (advice !== undefined) return new Error(`${error.message}; ${advice}`, { cause: error })
  if (![401, 403].includes(error.status)) return error
  if (kind === 'registry') {
    const isPublicEcr = destination.reference.startsWith('public.ecr.aws/')
    const login = isPublicEcr
      ? 'set username to AWS, and password to what "aws ecr-public get-login-password --region us-east-1" prints'
      : 'check username and password, and what they may do'
    return new UserError(`${error.message}; ${login}`)
  }
  const { method, url } = error
  const action = actions.find(([verb, path]) => verb.test(method) && path.test(url.pathname))?.[2]
  const permission = action
    ? `give the role the permission ${action}, see docs/permissions.md`
    : 'check the permissions of the role'
  return new UserError(`${error.message}; ${permission}`)
}

// A registry that asks for more means a point in time, or nothing.
const longestWaitMs = 24 * 60 * 60 * 1000

/** Returns what to do about a registry, or a proxy before it, that does not take this, or no more of it now. */
function adviseOnLimits({ status, retryAfterMs, codes, method, url }: RegistryError): string | undefined {
  const isStream = method === 'PATCH'
  if (status === 413) {
    const layer = isStream ? ', or split the layer' : ''
    return `the registry, or a proxy before it, takes no body of this size: raise its limit (nginx: client_max_body_size)${layer}`
  }
  if (status === 400 && /\bsha512(:|%3a)/i.test(url.href))
    return 'the registry knows no digests by SHA-512: write the archive with SHA-256'
  const isThrottled = status === 429 || codes.includes('TOOMANYREQUESTS')
  const isNamed = retryAfterMs !== undefined && retryAfterMs > 0 && retryAfterMs <= longestWaitMs
  const later = isNamed
    ? `it asks to wait ${Math.ceil(retryAfterMs / 1000)} s: run the action again then, which sends only what is missing`
    : 'run the action again later, which sends only what is missing'
  if (isThrottled) return `the registry limits requests: lower concurrency, or raise retries; ${later}`
  return retryAfterMs ? later : undefined
}

const again = 'run the action again, which sends only what is missing'

/** Returns what to do about an answer that has no place in the protocol, or says that something is not there. */
function adviseOnAnswer({ status, codes, method, url }: RegistryError): string | undefined {
  const [isWrite, isUpload] = [/^P/.test(method), url.pathname.includes('/blobs/uploads/')]
  if (isWrite && status >= 300 && status < 400)
    return 'the registry sends the body of an upload elsewhere, which is sent once only: name the host that it redirects to in repository'
  if (status < 400)
    return 'a registry does not answer so: check the host in repository, and the proxy or login page before it'
  if (status === 404 && method === 'POST' && isUpload)
    return 'the registry has no such repository: check its name, or make it first'
  if (isWrite && isUpload && (status === 404 || status === 416))
    return `the registry lost the upload: ${again}`
  const isMissing = codes.some((code) => /^(MANIFEST_BLOB|BLOB|BLOB_UPLOAD)_UNKNOWN$/.test(code))
  return isWrite && isMissing
    ? `the registry lost a blob of the image, or does not show it yet: ${again}`
    : undefined
}

// https://github.com/aws/containers-roadmap/issues/1970
const isDropped = ({ url, code }: ConnectionError) =>
  url.pathname.endsWith('/blobs/uploads/') && code === 'ECONNRESET'
