import { describe, expect, it } from 'vitest'
import { makeDataDeletion } from '../../../lib/aws/data-deletion.ts'
import { sendJson, sendXml, startAws } from '../../fixtures/aws-server.ts'

const account = '111122223333'

/**
 * Starts S3 with a bucket of objects in pages of two. The refused ones stay, as where a policy denies it; ghosts stay
 * although their deletion is confirmed.
 */
async function startBucket(keys: string[], refused: readonly string[] = [], ghosts: readonly string[] = []) {
  let objects = keys
  const { calls, config } = await startAws(({ method, body }, response) => {
    if (method === 'GET') {
      const page = objects.slice(0, 2)
      const versions = page.map((key) => `<Version><Key>${key}</Key><VersionId>1</VersionId></Version>`)
      return sendXml(response, 200, `<ListVersionsResult>${versions.join('')}</ListVersionsResult>`)
    }
    if (method === 'DELETE') return response.writeHead(204).end()
    const asked = [...body.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = '']) => key)
    objects = objects.filter((key) => !asked.includes(key) || [...refused, ...ghosts].includes(key))
    const errors = asked
      .filter((key) => refused.includes(key))
      .map((key) => `<Error><Key>${key}</Key><Code>AccessDenied</Code><Message>policy</Message></Error>`)
    sendXml(response, 200, `<DeleteResult>${errors.join('')}</DeleteResult>`)
  })
  const deletion = makeDataDeletion(config, account)
  return { calls, deletion, methods: () => calls.map(({ method }) => method) }
}

describe('deleteBucket', () => {
  it('deletes all objects, then the bucket, of this account only', async () => {
    const { calls, deletion, methods } = await startBucket(['a', 'b', 'c'])
    await deletion.deleteBucket('bucket')
    expect(methods()).toEqual(['GET', 'POST', 'GET', 'POST', 'GET', 'DELETE'])
    const owners = calls.map(({ headers }) => headers['x-amz-expected-bucket-owner'])
    expect(new Set(owners)).toEqual(new Set([account]))
  })

  it('ends where an object stays, says which one and why, and leaves the bucket', async () => {
    const { deletion, methods } = await startBucket(['a', 'kept', 'b'], ['kept'])
    await expect(deletion.deleteBucket('bucket')).rejects.toThrow(
      'bucket: not all was deleted: kept: AccessDenied: policy',
    )
    expect(methods()).toEqual(['GET', 'POST'])
  })

  it('ends where an object is listed again and again, although S3 says that it was deleted', async () => {
    const { deletion, methods } = await startBucket(['a', 'ghost', 'b'], [], ['ghost'])
    await expect(deletion.deleteBucket('bucket')).rejects.toThrow(
      'bucket: ghost (version 1) is still listed after it was deleted 6 times; run again later',
    )
    // Rounds with a and ghost, ghost and b, and six with ghost alone.
    expect(methods()).toEqual(Array(8).fill(['GET', 'POST']).flat())
  })

  it('goes on as long as others come and go beside an object that is listed again', async () => {
    const comeAndGo = Array.from({ length: 9 }, (_, at) => `z${at}`)
    const { deletion, methods } = await startBucket(['a', ...comeAndGo], [], ['a'])
    await expect(deletion.deleteBucket('bucket')).rejects.toThrow('a (version 1) is still listed')
    expect(methods()).toHaveLength(2 * (comeAndGo.length + 6))
  })

  it('takes a bucket that is gone for deleted', async () => {
    const { config } = await startAws((_, response) =>
      sendXml(response, 404, '<Error><Code>NoSuchBucket</Code><Message>gone</Message></Error>'),
    )
    await makeDataDeletion(config, account).deleteBucket('bucket')
  })
})

/** Starts ECR with an index and its two members, which it refuses to delete while the index is there. */
async function startRepository(stays: boolean) {
  let digests = ['member1', 'index', 'member2']
  const { calls, config } = await startAws(({ operation, body }, response) => {
    const imageIds = digests.map((imageDigest) => ({ imageDigest }))
    if (operation === 'ListImages') return sendJson(response, 200, { imageIds })
    if (operation === 'DeleteRepository') return sendJson(response, 200, {})
    const asked: { imageDigest: string }[] = JSON.parse(body).imageIds
    const isKept = ({ imageDigest }: { imageDigest: string }) =>
      stays || (imageDigest !== 'index' && digests.includes('index'))
    const kept = asked.filter(isKept)
    digests = kept.map(({ imageDigest }) => imageDigest)
    const failures = kept.map((imageId) => ({
      imageId,
      failureCode: 'ImageReferencedByManifestList',
      failureReason: 'in use',
    }))
    sendJson(response, 200, { failures })
  })
  const deletion = makeDataDeletion(config, account)
  return { deletion, operations: () => calls.map(({ operation }) => operation) }
}

it('deletes a log group, one that is gone is no error, another failure is', async () => {
  const answers = [{}, { __type: 'ResourceNotFoundException' }, { __type: 'OperationAbortedException' }]
  const { calls, config } = await startAws((_, response, count) =>
    sendJson(response, count === 1 ? 200 : 400, answers[count - 1] ?? {}),
  )
  const { deleteLogGroup } = makeDataDeletion(config, account)
  await deleteLogGroup('/ddn/one')
  await deleteLogGroup('/ddn/one')
  await expect(deleteLogGroup('/ddn/one')).rejects.toThrow('OperationAborted')
  expect(calls.map(({ body }) => JSON.parse(body))).toEqual(Array(3).fill({ logGroupName: '/ddn/one' }))
})

describe('deleteRepository', () => {
  const round = ['ListImages', 'BatchDeleteImage']

  it('deletes the members of an index after it, then the repository', async () => {
    const { deletion, operations } = await startRepository(false)
    await deletion.deleteRepository('app')
    expect(operations()).toEqual([...round, ...round, 'ListImages', 'DeleteRepository'])
  })

  it('ends where all images stay, says which one and why, and leaves the repository', async () => {
    const { deletion, operations } = await startRepository(true)
    await expect(deletion.deleteRepository('app')).rejects.toThrow(
      'app: not all was deleted: member1: ImageReferencedByManifestList: in use',
    )
    expect(operations()).toEqual(round)
  })

  it('goes on where another run deletes the same images', async () => {
    let left = ['a', 'b']
    const { config } = await startAws(({ operation }, response) => {
      const imageIds = left.map((imageDigest) => ({ imageDigest, imageTag: 'v1' }))
      if (operation === 'ListImages') return sendJson(response, 200, { imageIds })
      left = []
      const failures = imageIds.map((imageId) => ({ imageId, failureCode: 'ImageNotFound' }))
      sendJson(response, 200, { failures })
    })
    const progress: number[] = []
    await makeDataDeletion(config, account).deleteRepository('app', (deleted) => progress.push(deleted))
    expect(progress).toEqual([2])
  })

  it('ends where an image is listed again and again, and names it', async () => {
    const { config } = await startAws(({ operation }, response) =>
      sendJson(
        response,
        200,
        operation === 'ListImages' ? { imageIds: [{ imageDigest: 'ghost', imageTag: 'v1' }] } : {},
      ),
    )
    await expect(makeDataDeletion(config, account).deleteRepository('app')).rejects.toThrow(
      'app: ghost v1 is still listed after it was deleted 6 times; run again later',
    )
  })

  it('takes a repository that is gone for deleted', async () => {
    const { config } = await startAws((_, response) =>
      sendJson(response, 400, { __type: 'RepositoryNotFoundException' }),
    )
    await makeDataDeletion(config, account).deleteRepository('app')
  })
})
