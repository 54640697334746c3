import { describe, expect, it } from 'vitest'
import {
  AwsError,
  AwsUserError,
  awsErrorDetail,
  awsErrorName,
  awsErrorStatus,
  explainAwsError,
} from '../../../lib/aws/errors.ts'
import { describeCall } from '../../../lib/aws/operation.ts'
import { listPages, readPages } from '../../../lib/aws/pages.ts'
import { parseLocation } from '../../../lib/aws/s3-objects.ts'
import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { UserError } from '../../../lib/errors.ts'

const call = { action: 'ecs:UpdateService', resource: 'main/app' }
const failure = (name: string, message = 'why', status?: number) =>
  Object.assign(new Error(message), { name }, status && { $metadata: { httpStatusCode: status } })
const explain = (error: unknown, about = call) => explainAwsError(error, about, 'eu-west-1')

describe('an error of AWS', () => {
  it('names operation and resource', () => {
    const error = explain(failure('ClientException', 'why', 400))
    expect(error).toBeInstanceOf(AwsError)
    expect(error).toMatchObject({
      ...{ name: 'ClientException', message: 'ecs:UpdateService main/app: ClientException: why' },
      ...{ detail: 'why', status: 400 },
    })
    expect([awsErrorName(error), awsErrorDetail(error), awsErrorStatus(error)]).toEqual([
      ...['ClientException', 'why', 400],
    ])
    expect(explain(new Error('broken'), { ...call, resource: '' }).message).toBe('ecs:UpdateService: broken')
    expect(explain('text').message).toBe('ecs:UpdateService main/app: text')
  })

  it.each([
    ['CredentialsProviderError', 'ecs:UpdateService: no AWS credentials found; run aws-actions/configure'],
    ...['ExpiredToken', 'ExpiredTokenException', 'UnrecognizedClientException', 'InvalidClientTokenId'].map(
      (name) => [
        name,
        `ecs:UpdateService: the AWS credentials are not valid any more (${name}); get new ones`,
      ],
    ),
    ...['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'AuthorizationError'].map(
      (name) => [
        name,
        'ecs:UpdateService: denied on main/app; give the role the permission ecs:UpdateService, see docs/permissions.md (why)',
      ],
    ),
  ])('is the mistake of the user where it is called %s', (name = '', message) => {
    const error = explain(failure(name, 'why', 403))
    expect(error).toBeInstanceOf(UserError)
    expect(error.message).toContain(message)
    expect([awsErrorName(error), awsErrorStatus(error), awsErrorDetail(error)]).toEqual([
      name,
      403,
      error.message,
    ])
    expect(isTransientAwsError(error)).toBe(false)
  })

  it.each(['XExpiredToken', 'ExpiredTokenX', 'NotAccessDenied'])('is none where it is called %s', (name) => {
    expect(explain(failure(name))).not.toBeInstanceOf(UserError)
  })

  it('tells a denial without a resource, and a region without an endpoint', () => {
    expect(explain(failure('AccessDenied'), { ...call, resource: '' }).message).toContain(
      'ecs:UpdateService: denied; ',
    )
    for (const code of ['ENOTFOUND', 'EAI_AGAIN'])
      expect(explain(failure('Error', `getaddrinfo ${code} x`)).message).toBe(
        'ecs:UpdateService: no endpoint answers for region "eu-west-1"; check AWS_REGION and AWS_ENDPOINT_URL',
      )
  })

  it.each([
    ['Unknown', 403, 'AccessDenied'],
    ['UnknownError', 404, 'NotFound'],
    ['NotFound', 404, 'NotFound'],
    ['Forbidden', 403, 'AccessDenied'],
    ['403', 403, 'AccessDenied'],
    ['404', 404, 'NotFound'],
    ['Unknown', 500, 'Unknown'],
    ['UnknownX', 403, 'UnknownX'],
    ['XUnknown', 404, 'XUnknown'],
  ])('without a body is called %s, and by its status %i: %s', (name, status, expected) => {
    expect(awsErrorName(explain(failure(name, 'why', status)))).toBe(expected)
  })

  it('has neither name nor status where it is none', () => {
    expect([awsErrorName('text'), awsErrorStatus('text'), awsErrorDetail('text')]).toEqual([
      '',
      undefined,
      'text',
    ])
    expect(awsErrorStatus(failure('A', 'b', 404))).toBe(404)
    expect(awsErrorStatus({ $metadata: { httpStatusCode: '404' } })).toBeUndefined()
  })
})

describe('an error is transient', () => {
  const named = (name: string) => isTransientAwsError(failure(name))

  it.each([
    ...['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded', 'SlowDown'],
    ...[
      'BandwidthLimitExceeded',
      'PriorRequestNotComplete',
      'TransactionInProgressException',
      'TimeoutError',
    ],
    ...['ScalingActivityInProgress', 'ScalingActivityInProgressFault', 'ResourceContention'],
    ...['ResourceContentionFault', 'ConcurrentUpdateException', 'UpdateInProgressException'],
    ...['OperationAborted', 'ConcurrentModificationException', 'InternalFailure', 'InternalError'],
    ...['InternalServerError', 'InternalServiceError', 'ServiceUnavailable', 'ServiceUnavailableException'],
  ])('where it is called %s', (name) => {
    expect(named(name)).toBe(true)
  })

  it.each([
    'Error',
    'XOperationAborted',
    'OperationAbortedX',
    'NotInternalError',
    'XTimeoutError',
    'ClientError',
  ])('but not where it is called %s', (name) => {
    expect(named(name)).toBe(false)
  })

  it('where the server answered with its own fault', () => {
    const status = (code: number) => isTransientAwsError(explain(failure('X', 'why', code)))
    expect([status(500), status(503), status(499), status(400)]).toEqual([true, true, false, false])
  })

  it.each([
    ...['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
    'ERR_STREAM_PREMATURE_CLOSE',
  ])('where the connection broke by %s, also behind another error', (code) => {
    const broken = Object.assign(new Error('x'), { code })
    expect(isTransientAwsError(broken)).toBe(true)
    expect(isTransientAwsError(new Error('y', { cause: broken }))).toBe(true)
  })

  it.each(['aborted', 'socket hang up', 'Premature close', "Unclosed tag 'a'"])(
    'where it says "%s"',
    (message) => {
      expect(isTransientAwsError(new Error(message))).toBe(true)
      expect(isTransientAwsError(new Error(`x ${message}`))).toBe(false)
    },
  )

  it('where the answer was cut, and never where it is no error', () => {
    expect(isTransientAwsError(new SyntaxError('x'))).toBe(true)
    expect(isTransientAwsError(new Error('Deserialization error: x'))).toBe(true)
    expect(isTransientAwsError(new Error('aborted by us'))).toBe(false)
    expect(isTransientAwsError(Object.assign(new Error('x'), { code: 'XEPIPE' }))).toBe(false)
    expect(isTransientAwsError(Object.assign(new Error('x'), { code: 'EPIPEX' }))).toBe(false)
    expect(isTransientAwsError('ThrottlingException')).toBe(false)
    const mistake = new AwsUserError('denied', failure('Throttling'), 'Throttling')
    expect(isTransientAwsError(mistake)).toBe(false)
  })
})

describe('a call', () => {
  const of = (clientName: string, commandName: string, input: object = {}) =>
    describeCall({ clientName, commandName }, input)

  it.each([
    ['ECSClient', 'UpdateServiceCommand', 'ecs:UpdateService'],
    [
      'ApplicationAutoScalingClient',
      'DescribeScalableTargetsCommand',
      'application-autoscaling:DescribeScalableTargets',
    ],
    ['CloudWatchLogsClient', 'DeleteLogGroupCommand', 'logs:DeleteLogGroup'],
    [
      'ElasticLoadBalancingV2Client',
      'DescribeTargetHealthCommand',
      'elasticloadbalancing:DescribeTargetHealth',
    ],
    ['S3Client', 'HeadBucketCommand', 's3:ListBucket'],
    ['S3Client', 'HeadObjectCommand', 's3:GetObject'],
    ['S3Client', 'ListObjectsV2Command', 's3:ListBucket'],
    ['S3Client', 'ListObjectVersionsCommand', 's3:ListBucketVersions'],
    ['S3Client', 'DeleteObjectsCommand', 's3:DeleteObject'],
    ['S3Client', 'PutPublicAccessBlockCommand', 's3:PutBucketPublicAccessBlock'],
    ['S3Client', 'PutBucketEncryptionCommand', 's3:PutEncryptionConfiguration'],
    ['S3Client', 'PutObjectCommand', 's3:PutObject'],
  ])('of %s by %s needs %s', (client, command, action) => {
    expect(of(client, command).action).toBe(action)
  })

  it('of a version of an object has an action of its own', () => {
    expect(of('S3Client', 'GetObjectCommand', { VersionId: 'v' }).action).toBe('s3:GetObjectVersion')
    expect(of('S3Client', 'PutObjectCommand', { VersionId: 'v' }).action).toBe('s3:PutObject')
    expect(describeCall({}, {})).toEqual({ action: ':', resource: '' })
  })

  it.each([
    [{ StackName: 's', ChangeSetName: 'c' }, 's/c'],
    [{ ChangeSetName: 'c' }, 'c'],
    [{ StackName: 's' }, 's'],
    [{ cluster: 'c', service: 's' }, 'c/s'],
    [{ cluster: 'c', services: ['a', 'b'] }, 'c/a, b'],
    [{ cluster: 'c' }, 'c'],
    [{ clusters: ['a'] }, 'a'],
    [{ capacityProviders: ['a', 'b', 'c'] }, 'a, b, c'],
    [{ logGroupNamePrefix: '/ecs/a' }, '/ecs/a'],
    [{ resourceArn: 'arn:a' }, 'arn:a'],
    [{ FunctionName: 'f' }, 'f'],
    [{ Names: ['a'] }, 'a'],
    [{ Name: 'd' }, 'd'],
    [{ capacityProviders: ['a', 'b', 'c', 'd'] }, 'a, b, c, … (4 in all)'],
    [{ AutoScalingGroupName: 'g' }, 'g'],
    [{ AutoScalingGroupNames: ['g'] }, 'g'],
    [{ ResourceId: 'r' }, 'r'],
    [{ ResourceIds: ['r'] }, 'r'],
    [{ TargetGroupArn: 't' }, 't'],
    [{ Bucket: 'b', Key: 'k' }, 'b/k'],
    [{ Bucket: 'b', Key: '' }, 'b'],
    [{ repositoryName: 'r' }, 'r'],
    [{ repositoryNames: ['r'] }, 'r'],
    [{ RoleName: 'r' }, 'r'],
    [{ AWSServiceName: 's' }, 's'],
    [{ logGroupName: 'l' }, 'l'],
    [{ WorkGroup: 'w' }, 'w'],
    [{ QueryExecutionId: 'q' }, 'q'],
    [{ DatabaseName: 'd', Name: 'n' }, 'd/n'],
    [{ DatabaseName: 'd' }, 'd'],
    [{ clusters: [], StackName: 7 }, ''],
  ])('with %j is about "%s"', (input, resource) => {
    expect(of('XClient', 'YCommand', input).resource).toBe(resource)
  })
})

describe('a list', () => {
  it('ends after ten thousand pages, and where a token comes again', async () => {
    let pages = 0
    const endless = async () => ({ items: [], next: String(++pages) })
    await expect(listPages(endless)).rejects.toThrow('a list: expected at most 10000 pages, got more')
    expect(pages).toBe(10_000)
    const stuck = async (token: string | undefined) => ({ items: [token], next: 'a' })
    const read: unknown[] = []
    const readAll = async () => {
      for await (const items of readPages(stuck)) read.push(...items)
    }
    await expect(readAll()).rejects.toThrow('page 2 of a list: expected another token, got the same')
    expect(read).toEqual([undefined, 'a'])
  })
})

describe('a location in S3', () => {
  it.each([
    ['s3://b/k/l', 'b', 'k/l'],
    ['s3://b/', 'b', ''],
    ['s3://b', 'b', ''],
  ])('%s is a bucket and a key', (location, bucket, key) => {
    expect(parseLocation(location)).toEqual({ bucket, key })
  })

  it.each(['s3:///k', 'xs3://b/k', 'b/k', ''])('"%s" is none', (location) => {
    expect(() => parseLocation(location)).toThrow(
      `expected a location such as s3://bucket/key, got "${location}"`,
    )
  })
})
