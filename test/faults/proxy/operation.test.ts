import { describe, expect, it } from 'vitest'
import { recognize } from './operation.ts'

const signed = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=123456789012/20260101/ap-northeast-2/${service}/aws4_request, SignedHeaders=host, Signature=0`

const ask = (service: string, method: string, url: string, headers: Record<string, string> = {}, body = '') =>
  recognize({ method, url, headers: { authorization: signed(service), ...headers }, body: Buffer.from(body) })

describe('recognize', () => {
  it.each([
    ['AmazonEC2ContainerServiceV20141113.UpdateService', 'ecs', 'ecs:UpdateService', true],
    ['AmazonAthena.StartQueryExecution', 'athena', 'athena:StartQueryExecution', true],
    ['AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken', 'ecr', 'ecr:GetAuthorizationToken', false],
    ['AmazonEC2ContainerRegistry_V20150921.BatchDeleteImage', 'ecr', 'ecr:BatchDeleteImage', true],
  ])('reads the target %s', (target, service, name, writes) => {
    const operation = ask(service, 'POST', '/', { 'x-amz-target': target })
    expect(operation).toEqual({ name, protocol: 'json', writes })
  })

  it('reads the action of the Query protocol', () => {
    const body = 'Version=2010-05-15&StackName=a%26Action%3Db&Action=DescribeStacks'
    const operation = ask('cloudformation', 'POST', '/', {}, body)
    expect(operation).toEqual({ name: 'cloudformation:DescribeStacks', protocol: 'query', writes: false })
  })

  it.each([
    ['PUT', '/bucket', 's3:CreateBucket', true],
    ['HEAD', '/bucket', 's3:HeadBucket', false],
    ['GET', '/bucket?list-type=2&prefix=a', 's3:ListObjectsV2', false],
    ['GET', '/bucket?versions', 's3:ListObjectVersions', false],
    ['POST', '/bucket?delete', 's3:DeleteObjects', true],
    ['PUT', '/bucket?policy', 's3:PutBucketPolicy', true],
    ['GET', '/bucket?policy', 's3:GetBucketPolicy', false],
    ['PUT', '/bucket?publicAccessBlock', 's3:PutPublicAccessBlock', true],
    ['GET', '/bucket/a/b?x-id=GetObject', 's3:GetObject', false],
    ['PUT', '/bucket/a/b?x-id=PutObject', 's3:PutObject', true],
    ['POST', '/bucket/a?uploads', 's3:CreateMultipartUpload', true],
    ['PUT', '/bucket/a?uploadId=1&partNumber=1', 's3:UploadPart', true],
    ['POST', '/bucket/a?uploadId=1', 's3:CompleteMultipartUpload', true],
    ['DELETE', '/bucket/a?uploadId=1', 's3:AbortMultipartUpload', true],
  ])('reads %s %s of S3', (method, url, name, writes) => {
    expect(ask('s3', method, url)).toEqual({ name, protocol: 's3', writes })
  })

  it.each([
    ['GET', '/v2/', 'registry:GET base', false],
    ['HEAD', '/v2/team/app/blobs/sha256:0', 'registry:HEAD blob', false],
    ['POST', '/v2/team/app/blobs/uploads/', 'registry:POST upload', true],
    ['PATCH', '/v2/team/app/blobs/uploads/1', 'registry:PATCH upload', true],
    ['PUT', '/v2/team/app/manifests/v1', 'registry:PUT manifest', true],
    ['GET', '/v2/team/app/tags/list', 'registry:GET tags', false],
  ])('reads %s %s of a registry', (method, url, name, writes) => {
    const operation = recognize({ method, url, headers: { authorization: 'Basic x' }, body: Buffer.alloc(0) })
    expect(operation).toEqual({ name, protocol: 'registry', writes })
  })

  it('names a call of REST with JSON by its path, and one without a signature by its method', () => {
    const { name } = ask('lambda', 'GET', '/2015-03-31/functions/presign')
    expect(name).toBe('lambda:GET /*/functions/presign')
    const plain = recognize({ method: 'GET', url: '/_alb/x/ping', headers: {}, body: Buffer.alloc(0) })
    expect(plain).toEqual({ name: 'http:GET', protocol: 'http', writes: false })
  })
})
