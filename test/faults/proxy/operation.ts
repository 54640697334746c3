import type { IncomingHttpHeaders } from 'node:http'

/** How a service tells its operation in a request, and an error in its answer. */
export type Protocol = 'json' | 'query' | 's3' | 'rest-json' | 'registry' | 'http'

/** What a request asks for. */
export type Operation = {
  /** `service:Operation` as in IAM, such as `ecs:UpdateService`; for a registry `registry:PATCH upload`. */
  name: string
  protocol: Protocol
  /** Whether it changes something. */
  writes: boolean
}

/** The parts of a request that tell its operation. */
export type Request = { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer }

const readVerb = /^(Describe|List|Get|Head|BatchGet|BatchCheck|Validate|Lookup|Search)/

/** Recognizes the operation of a request by the rules of its protocol. */
export function recognize(request: Request): Operation {
  const { method, url, headers, body } = request
  const { pathname, searchParams } = new URL(url, 'http://local')
  if (pathname.startsWith('/v2/')) return registryOperation(method, pathname)
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1]
  if (service === undefined) return { name: `http:${method}`, protocol: 'http', writes: isWriting(method) }
  const target = headers['x-amz-target']
  if (typeof target === 'string') return named(service, target.split('.').at(-1) ?? target, 'json')
  if (service === 's3') return s3Operation(method, pathname, searchParams, headers)
  const action = new URLSearchParams(body.toString('latin1')).get('Action')
  if (action !== null) return named(service, action, 'query')
  const name = `${service}:${method} ${pathname.replaceAll(/\/[^/]*\d[^/]*/g, '/*')}`
  return { name, protocol: 'rest-json', writes: isWriting(method) }
}

/** The service in permissions, where signatures name it otherwise. */
const permitted: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' }

const isWriting = (method: string) => method !== 'GET' && method !== 'HEAD'

const named = (service: string, operation: string, protocol: Protocol): Operation => ({
  name: `${permitted[service] ?? service}:${operation}`,
  protocol,
  writes: !readVerb.test(operation),
})

function registryOperation(method: string, path: string): Operation {
  const kinds = {
    uploads: /\/blobs\/uploads\//,
    blob: /\/blobs\//,
    manifest: /\/manifests\//,
    tags: /\/tags\//,
  }
  const kind = Object.entries(kinds).find(([, pattern]) => pattern.test(path))?.[0] ?? 'base'
  const name = kind === 'uploads' ? 'upload' : kind
  return { name: `registry:${method} ${name}`, protocol: 'registry', writes: isWriting(method) }
}

/** Subresources of a bucket or an object, and the end of the operation's name that each stands for. */
const subresources: Readonly<Record<string, string>> = {
  versioning: 'BucketVersioning',
  encryption: 'BucketEncryption',
  policy: 'BucketPolicy',
  publicAccessBlock: 'PublicAccessBlock',
  lifecycle: 'BucketLifecycleConfiguration',
  ownershipControls: 'BucketOwnershipControls',
  location: 'BucketLocation',
  tagging: 'Tagging',
  'object-lock': 'ObjectLockConfiguration',
}

const verbs: Readonly<Record<string, string>> = { GET: 'Get', HEAD: 'Head', PUT: 'Put', DELETE: 'Delete' }

function s3Operation(method: string, path: string, query: URLSearchParams, headers: IncomingHttpHeaders) {
  const isObject = path.split('/').filter(Boolean).length > 1
  const subresource = Object.keys(subresources).find((key) => query.has(key))
  const verb = verbs[method] ?? method
  if (query.has('delete')) return named('s3', 'DeleteObjects', 's3')
  if (query.has('versions')) return named('s3', 'ListObjectVersions', 's3')
  if (query.has('list-type')) return named('s3', 'ListObjectsV2', 's3')
  if (query.has('uploadId') || query.has('uploads')) return multipart(method, query, isObject)
  if (subresource === 'tagging') return named('s3', `${verb}${isObject ? 'Object' : 'Bucket'}Tagging`, 's3')
  if (subresource) return named('s3', `${verb}${subresources[subresource]}`, 's3')
  if (path === '/') return named('s3', 'ListBuckets', 's3')
  if (!isObject && method === 'PUT') return named('s3', 'CreateBucket', 's3')
  if (isObject && headers['x-amz-copy-source']) return named('s3', 'CopyObject', 's3')
  return named('s3', `${verb}${isObject ? 'Object' : 'Bucket'}`, 's3')
}

function multipart(method: string, query: URLSearchParams, isObject: boolean): Operation {
  if (!isObject) return named('s3', 'ListMultipartUploads', 's3')
  if (query.has('uploads')) return named('s3', 'CreateMultipartUpload', 's3')
  if (method === 'PUT') return named('s3', 'UploadPart', 's3')
  return named('s3', method === 'DELETE' ? 'AbortMultipartUpload' : 'CompleteMultipartUpload', 's3')
}
