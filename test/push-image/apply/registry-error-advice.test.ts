import { expect, it } from 'vitest'
import { adviseOnRegistryError } from '../../../actions/push-image/apply/registry-error-advice.ts'
import { ConnectionError, RegistryError } from '../../../lib/registry/http/errors.ts'

const ecr = { kind: 'ecr', name: 'app', registryId: undefined } as const
const other = { kind: 'registry', reference: 'registry.test/app' } as const

const denied = (method: string, path: string, status = 403) =>
  new RegistryError(method, new URL(`https://registry.test${path}?_state=secret`), { status })

it.each([
  ['POST', '/v2/team/app/blobs/uploads/', 'ecr:InitiateLayerUpload'],
  ['PATCH', '/v2/team/app/blobs/uploads/id', 'ecr:UploadLayerPart'],
  ['PUT', '/v2/team/app/blobs/uploads/id', 'ecr:CompleteLayerUpload'],
  ['PUT', '/v2/team/app/manifests/v1', 'ecr:PutImage'],
  ['GET', '/v2/team/app/manifests/v1', 'ecr:BatchGetImage'],
  ['HEAD', '/v2/team/app/manifests/v1', 'ecr:BatchGetImage'],
  ['HEAD', '/v2/team/app/blobs/sha256:a', 'ecr:BatchCheckLayerAvailability'],
  ['GET', '/v2/team/app/blobs/sha256:a', 'ecr:GetDownloadUrlForLayer'],
])('names the permission behind %s %s', (method, path, action) => {
  for (const status of [401, 403]) {
    expect(adviseOnRegistryError(denied(method, path, status), ecr)).toMatchObject({
      name: 'UserError',
      message: `${method} https://registry.test${path}: ${status}; give the role the permission ${action}, see docs/permissions.md`,
    })
  }
})

it('points to the role where no permission is known, and to the password of another registry', () => {
  expect(adviseOnRegistryError(denied('GET', '/v2/'), ecr)).toMatchObject({
    message: 'GET https://registry.test/v2/: 403; check the permissions of the role',
  })
  expect(adviseOnRegistryError(denied('GET', '/v2/'), other)).toMatchObject({
    message: 'GET https://registry.test/v2/: 403; check username and password, and what they may do',
  })
  const publicEcr = { kind: 'registry', reference: 'public.ecr.aws/a/app' } as const
  expect(adviseOnRegistryError(denied('GET', '/v2/'), publicEcr)).toMatchObject({
    message: expect.stringContaining('set username to AWS, and password to what "aws ecr-public'),
  })
})

it('says what a dropped connection means to ECR at the start of an upload, and nowhere else', () => {
  const drop = (method: string, path: string, code = 'ECONNRESET') =>
    new ConnectionError(
      method,
      new URL(`https://registry.test${path}`),
      Object.assign(new Error('socket hang up'), { code }),
    )
  const uploads = '/v2/app/blobs/uploads/'
  expect(adviseOnRegistryError(drop('POST', uploads), ecr)).toMatchObject({
    message: `POST https://registry.test${uploads}: socket hang up; ECR drops the connection where the repository is gone, or the role lacks ecr:InitiateLayerUpload`,
  })
  for (const [error, destination] of [
    [drop('POST', uploads), other],
    [drop('PATCH', `${uploads}id`), ecr],
    [drop('POST', uploads, 'ENOTFOUND'), ecr],
  ] as const)
    expect(adviseOnRegistryError(error, destination)).toBe(error)
})

it.each([
  [
    { status: 413 },
    'takes no body of this size: raise its limit (nginx: client_max_body_size), or split the layer',
  ],
  [
    { status: 429 },
    'the registry limits requests: lower concurrency, or raise retries; run the action again later',
  ],
  [{ status: 403, codes: ['TOOMANYREQUESTS'] }, 'the registry limits requests: lower concurrency'],
  [
    { status: 429, retryAfterMs: 90_100 },
    'it asks to wait 91 s: run the action again then, which sends only what',
  ],
  [
    { status: 429, retryAfterMs: 1_795_781_000_000 },
    'lower concurrency, or raise retries; run the action again later, which sends only what is missing',
  ],
  [{ status: 503, retryAfterMs: Infinity }, ': 503; run the action again later'],
  [{ status: 503, retryAfterMs: 5000 }, 'it asks to wait 5 s: run the action again then'],
  [{ status: 307 }, 'the registry sends the body of an upload elsewhere, which is sent once only'],
])('says what to do about a registry that takes no more now: %j', (answer, advice) => {
  const error = new RegistryError('PATCH', new URL('https://registry.test/v2/app/blobs/uploads/id'), answer)
  for (const destination of [ecr, other]) {
    const advised = adviseOnRegistryError(error, destination)
    expect(advised).toMatchObject({ message: expect.stringContaining(advice), cause: error })
  }
})

const session = '/v2/app/blobs/uploads/id'
const elsewhere = 'the registry sends the body of an upload elsewhere'
const noRegistry =
  'a registry does not answer so: check the host in repository, and the proxy or login page before it'
const lostUpload = 'the registry lost the upload: run the action again, which sends only what is missing'
const lostBlob = 'the registry lost a blob of the image, or does not show it yet: run the action again'

it.each([
  ['POST', '/v2/app/blobs/uploads/', 200, [], noRegistry],
  ['PUT', session, 202, [], noRegistry],
  ['HEAD', '/v2/app/manifests/v1', 304, [], noRegistry],
  ['GET', '/token', 302, [], noRegistry],
  ['POST', '/v2/app/blobs/uploads/', 301, [], elsewhere],
  ['PUT', '/v2/app/manifests/v1', 303, [], elsewhere],
  [
    'POST',
    '/v2/app/blobs/uploads/',
    404,
    ['NAME_UNKNOWN'],
    'the registry has no such repository: check its name',
  ],
  ['PATCH', session, 404, ['BLOB_UPLOAD_UNKNOWN'], lostUpload],
  ['PUT', session, 404, [], lostUpload],
  ['PATCH', session, 416, [], lostUpload],
  ['PUT', '/v2/app/manifests/v1', 404, ['MANIFEST_BLOB_UNKNOWN'], lostBlob],
  ['PUT', '/v2/app/manifests/v1', 400, ['BLOB_UNKNOWN'], lostBlob],
  ['PUT', '/v2/app/manifests/v1', 404, ['BLOB_UPLOAD_UNKNOWN'], lostBlob],
])('says what to do about an answer that is none, or what is not there: %s %s %i %j', (...given) => {
  const [method, path, status, codes, advice] = given
  const error = new RegistryError(method, new URL(`https://registry.test${path}`), { status, codes })
  expect(adviseOnRegistryError(error, other)).toMatchObject({
    message: expect.stringContaining(`: ${status}; ${advice}`),
    cause: error,
  })
})

it('leaves other errors as they are', () => {
  const errors = [denied('GET', '/v2/', 404), new Error('disk gone')]
  expect(errors.map((error) => adviseOnRegistryError(error, ecr))).toEqual(errors)
})

it.each(['/v2/team/app/manifests/sha512:aa', '/v2/team/app/blobs/uploads/id?digest=sha512%3Aaa'])(
  'says so where a registry knows no SHA-512: %s',
  (path) => {
    const refused = new RegistryError('PUT', new URL(`https://registry.test${path}`), { status: 400 })
    expect(adviseOnRegistryError(refused, other)).toMatchObject({
      message: expect.stringMatching(
        /: 400; the registry knows no digests by SHA-512: write the archive with/,
      ),
    })
  },
)
