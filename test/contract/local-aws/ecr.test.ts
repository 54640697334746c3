import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  ListImagesCommand,
  PutImageCommand,
  PutLifecyclePolicyCommand,
  paginateDescribeImageScanFindings,
  paginateDescribeRepositories,
  StartImageScanCommand,
} from '@aws-sdk/client-ecr'
import { describe, expect, it } from 'vitest'
import { startLocalAws } from '../../../scripts/local-aws-process.ts'
import { type ContractAccount, contractAccount, isLocal } from '../../contract-account.ts'
import {
  baseLayer,
  createRepository,
  digestOf,
  makeSmallImage,
  manifestType,
  pushSmallImage,
  type SmallImage,
  setControl,
} from '../../fixtures/registry.ts'
import { localAws } from '../../local-aws.ts'

const listType = 'application/vnd.docker.distribution.manifest.list.v2+json'

/** Makes a repository of an account that holds images by tags `v1`, `v2`, …. */
async function pushAll(account: ContractAccount, images: readonly SmallImage[], scanOnPush = false) {
  const repositoryName = `app-${randomUUID()}`
  const settings = { imageScanningConfiguration: { scanOnPush } }
  const repository = await createRepository(account, repositoryName, settings)
  for (const [at, image] of images.entries()) await pushSmallImage(repository, image, `v${at + 1}`)
  return { repository, repositoryName, ecr: new ECRClient(account.config) }
}

describe('repositories of the local ECR', () => {
  it('are refused by a wrong name, and twice by the same one', async () => {
    const account = contractAccount()
    const ecr = new ECRClient(account.config)
    const create = async (name: string) =>
      await ecr.send(new CreateRepositoryCommand({ repositoryName: name }))
    await expect(create('Not a name')).rejects.toMatchObject({ name: 'InvalidParameterException' })
    const name = `team/${randomUUID()}`
    await createRepository(account, name)
    await expect(create(name)).rejects.toMatchObject({
      name: 'RepositoryAlreadyExistsException',
      message: `The repository with name '${name}' already exists in the registry with id '${account.account}'`,
    })
    const missing = new DescribeRepositoriesCommand({ repositoryNames: ['nothing'] })
    await expect(ecr.send(missing)).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
      message: `The repository with name 'nothing' does not exist in the registry with id '${account.account}'`,
    })
  })

  it.runIf(isLocal)('come in pages', async () => {
    const ecr = new ECRClient(localAws().config)
    for (const name of ['one', 'three', 'two']) {
      await ecr.send(new CreateRepositoryCommand({ repositoryName: name }))
    }
    const pages = await Array.fromAsync(paginateDescribeRepositories({ client: ecr, pageSize: 2 }, {}))
    const names = pages.map(({ repositories }) => repositories?.map((each) => each.repositoryName))
    expect(names).toEqual([['one', 'three'], ['two']])
    await expect(ecr.send(new DescribeRepositoriesCommand({ maxResults: 0 }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })

  it('of another account are refused', async () => {
    const { config } = contractAccount()
    const describeOther = new DescribeRepositoriesCommand({ registryId: '444455556666' })
    await expect(new ECRClient(config).send(describeOther)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /^User: arn:aws:.* is not authorized to perform: ecr:DescribeRepositories on resource: arn:aws:ecr:.*:444455556666:repository/,
      ),
    })
  })

  it('ask for a parameter that is not given', async () => {
    const { ecr, repositoryName } = await pushAll(contractAccount(), [])
    const command = new BatchGetImageCommand({ repositoryName, imageIds: undefined })
    await expect(ecr.send(command)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining("'imageIds' failed to satisfy constraint"),
    })
  })

  it('keep a lifecycle policy', async () => {
    const { ecr, repositoryName } = await pushAll(contractAccount(), [])
    const text = '{"rules":[{"rulePriority":1}]}'
    await ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: text }))
    const kept = await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))
    expect(kept.lifecyclePolicyText).toBe(text)
  })
})

describe('images of the local ECR', () => {
  it('are described with the sum of their layers, their tags and where they are not', async () => {
    const account = contractAccount()
    const image = makeSmallImage('a layer')
    const { ecr, repository, repositoryName } = await pushAll(account, [image])
    await pushSmallImage(repository, image, 'latest')
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }))
    expect(imageDetails).toMatchObject([
      {
        imageDigest: image.digest,
        imageSizeInBytes: baseLayer.length + image.layer.length,
        imageTags: ['v1', 'latest'],
      },
    ])
    const missing = new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'v9' }] })
    await expect(ecr.send(missing)).rejects.toMatchObject({
      name: 'ImageNotFoundException',
      message: `The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within the repository with name '${repositoryName}' in the registry with id '${account.account}'`,
    })
  })

  it('are given by tag or digest, with a failure for each that is not there', async () => {
    const image = makeSmallImage('given')
    const { ecr, repositoryName } = await pushAll(contractAccount(), [image])
    const imageIds = [{ imageTag: 'v1' }, { imageTag: 'v2' }]
    const { images, failures } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds }))
    expect(images?.map(({ imageManifest }) => imageManifest)).toEqual([image.manifest.toString()])
    expect(failures).toEqual([
      {
        imageId: { imageTag: 'v2' },
        failureCode: 'ImageNotFound',
        failureReason: 'Requested image not found',
      },
    ])
  })

  it('are refused by the API where they are already there, or a layer is not', async () => {
    const image = makeSmallImage('again')
    const { ecr, repositoryName } = await pushAll(contractAccount(), [image])
    const put = async (imageManifest: string, imageTag = 'v1') =>
      await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag }))
    await expect(put(image.manifest.toString())).rejects.toMatchObject({
      name: 'ImageAlreadyExistsException',
    })
    await expect(put(makeSmallImage('unsent').manifest.toString())).rejects.toMatchObject({
      name: 'LayersNotFoundException',
    })
    const { image: tagged } = await put(image.manifest.toString(), 'latest')
    expect(tagged?.imageId).toEqual({ imageDigest: image.digest, imageTag: 'latest' })
  })

  it('are kept while a list of images names them, which is as large as its largest', async () => {
    const images = [makeSmallImage('small'), makeSmallImage('much larger')]
    const { ecr, repository, repositoryName } = await pushAll(contractAccount(), images)
    const manifests = images.map(({ digest, manifest }) => ({
      mediaType: manifestType,
      digest,
      size: manifest.length,
      platform: { architecture: 'amd64', os: 'linux' },
    }))
    const list = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: listType, manifests }))
    await repository.putManifest('all', listType, list)
    const described = await ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'all' }] }),
    )
    expect(described.imageDetails?.[0]?.imageSizeInBytes).toBe(baseLayer.length + 'much larger'.length)
    const remove = async (imageDigest: string | undefined) =>
      await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageDigest }] }))
    const { failures } = await remove(images[0]?.digest)
    expect(failures?.map(({ failureCode }) => failureCode)).toEqual(['ImageReferencedByManifestList'])
    await remove(digestOf(list))
    expect((await remove(images[0]?.digest)).failures).toEqual([])
    const unknown = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: listType, manifests }))
    await expect(repository.putManifest('all', listType, unknown)).rejects.toThrow('Images with digests')
  })

  it('lose a tag by its name, and go with the last one', async () => {
    const image = makeSmallImage('tagged')
    const { ecr, repository, repositoryName } = await pushAll(contractAccount(), [image])
    await pushSmallImage(repository, image, 'v2')
    const remove = async (imageTag: string) =>
      await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag }] }))
    await remove('v1')
    const { imageIds } = await ecr.send(new ListImagesCommand({ repositoryName }))
    expect(imageIds).toEqual([{ imageDigest: image.digest, imageTag: 'v2' }])
    await remove('v2')
    expect((await ecr.send(new ListImagesCommand({ repositoryName }))).imageIds).toEqual([])
  })
})

describe.runIf(isLocal)('blobs of the local ECR', () => {
  it('go with the last image that names them, as files too', async () => {
    const state = mkdtempSync(join(tmpdir(), 'state-'))
    const aws = await startLocalAws({ state })
    try {
      const account = localAws(aws.endpoint)
      const image = makeSmallImage('collected')
      const file = join(state, 'state', 'blobs', digestOf(image.layer).replace(':', '-'))
      const { ecr, repository, repositoryName } = await pushAll(account, [image, makeSmallImage('other')])
      const unnamed = Buffer.from('of a push that has not ended')
      await repository.putBlob(unnamed)
      const elsewhere = await createRepository(account, 'elsewhere')
      await pushSmallImage(elsewhere, image, 'v1')
      const imageIds = [{ imageDigest: image.digest }]
      await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }))
      expect(await repository.hasBlob(digestOf(image.layer))).toBe(false)
      for (const kept of [unnamed, baseLayer]) expect(await repository.hasBlob(digestOf(kept))).toBe(true)
      expect(existsSync(file)).toBe(true)
      const remove = new DeleteRepositoryCommand({ repositoryName: 'elsewhere' })
      await expect(ecr.send(remove)).rejects.toMatchObject({ name: 'RepositoryNotEmptyException' })
      await ecr.send(new DeleteRepositoryCommand({ repositoryName: 'elsewhere', force: true }))
      expect(existsSync(file)).toBe(false)
    } finally {
      await aws.stop()
    }
  })

  it('are there after a restart in a folder for state, with a token that still opens them', async () => {
    const state = mkdtempSync(join(tmpdir(), 'state-'))
    const first = await startLocalAws({ state })
    const { repository } = await pushAll(localAws(first.endpoint), [])
    await repository.putBlob(Buffer.from('a layer'))
    await first.stop()
    const second = await startLocalAws({ state, port: Number(new URL(first.endpoint).port) })
    try {
      expect((await repository.getBlob(digestOf(Buffer.from('a layer')))).toString()).toBe('a layer')
    } finally {
      await second.stop()
    }
  })
})

describe.runIf(isLocal)('scans of the local ECR', () => {
  const imageId = { imageTag: 'v1' }
  const look = async ({ ecr, repositoryName }: Awaited<ReturnType<typeof pushAll>>) => {
    const answer = await ecr.send(new DescribeImageScanFindingsCommand({ repositoryName, imageId }))
    return [answer.imageScanStatus?.status, answer.imageScanFindings?.findingSeverityCounts]
  }

  it('are started once a day, and come to an end without findings', async () => {
    const pushed = await pushAll(localAws(), [makeSmallImage('clean')])
    const { ecr, repositoryName } = pushed
    await expect(look(pushed)).rejects.toMatchObject({ name: 'ScanNotFoundException' })
    const start = new StartImageScanCommand({ repositoryName, imageId })
    expect((await ecr.send(start)).imageScanStatus?.status).toBe('PENDING')
    await expect(ecr.send(start)).rejects.toMatchObject({ name: 'LimitExceededException' })
    expect([await look(pushed), await look(pushed), await look(pushed), await look(pushed)]).toEqual([
      ['PENDING', undefined],
      ['IN_PROGRESS', undefined],
      ['COMPLETE', {}],
      ['COMPLETE', {}],
    ])
  })

  it('start with a push where the repository says so, and find what a test has set', async () => {
    const account = localAws()
    const pushed = await pushAll(account, [makeSmallImage('bad')], true)
    const { ecr, repositoryName } = pushed
    expect(await look(pushed)).toEqual(['PENDING', undefined])
    const findings = ['CRITICAL', 'HIGH', 'HIGH'].map((severity, at) => ({
      name: `CVE-2026-${at}`,
      severity,
    }))
    await setControl(account, 'ecr-scan', { repositoryName, imageId, statuses: ['COMPLETE'], findings })
    expect(await look(pushed)).toEqual(['COMPLETE', { CRITICAL: 1, HIGH: 2 }])
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }))
    expect(imageDetails?.[0]?.imageScanFindingsSummary?.findingSeverityCounts).toEqual({
      CRITICAL: 1,
      HIGH: 2,
    })
  })

  it('give their findings in pages', async () => {
    const account = localAws()
    const { ecr, repositoryName } = await pushAll(account, [makeSmallImage('long')], true)
    const findings = ['a', 'b', 'c'].map((name) => ({ name, severity: 'LOW' }))
    await setControl(account, 'ecr-scan', { repositoryName, imageId, statuses: ['COMPLETE'], findings })
    const pages = await Array.fromAsync(
      paginateDescribeImageScanFindings({ client: ecr, pageSize: 2 }, { repositoryName, imageId }),
    )
    const names = pages.map((page) => page.imageScanFindings?.findings?.map(({ name }) => name))
    expect(names).toEqual([['a', 'b'], ['c']])
  })

  it('fail where a test has set that', async () => {
    const account = localAws()
    const pushed = await pushAll(account, [makeSmallImage('odd')], true)
    const { repositoryName } = pushed
    const statuses = ['IN_PROGRESS', 'FAILED']
    await setControl(account, 'ecr-scan', { repositoryName, imageId, statuses })
    expect([await look(pushed), await look(pushed)]).toEqual([
      ['IN_PROGRESS', undefined],
      ['FAILED', undefined],
    ])
  })
})

it.runIf(isLocal)('says in one sentence what is wrong with a value that a test sets', async () => {
  const account = localAws()
  await expect(setControl(account, 'ecr-scan', {})).rejects.toThrow(
    "ecr-scan: expected 'repositoryName', got none",
  )
  await expect(setControl(account, 'nothing', {})).rejects.toThrow(
    '/_local/control/nothing: no such page; there are GET /_local/',
  )
})
