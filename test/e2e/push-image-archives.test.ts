import { gzipSync } from 'node:zlib'
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it } from 'vitest'
import { runActionProcess } from '../../scripts/action-process.ts'
import { makeImageArchive, writeTemporary } from '../fixtures/archive.ts'
import { openEcrRepository } from '../fixtures/ecr-repository.ts'
import { Layout } from '../fixtures/layout.ts'
import { localAws } from '../local-aws.ts'

const { config, env, account } = localAws()
const bucket = `archives-${account}`

async function push(archive: string, inputs: Record<string, string> = {}) {
  return await runActionProcess({
    action: 'push-image',
    inputs: { archive, repository: 'team/app', tags: 'v1', ...inputs },
    env: { ...env, RUNNER_TEMP: env.HOME },
  })
}

const openTeamApp = () => openEcrRepository(config, 'team/app')

beforeAll(async () => {
  await new ECRClient(config).send(new CreateRepositoryCommand({ repositoryName: 'team/app' }))
  const s3 = new S3Client({ ...config, forcePathStyle: true })
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  const Body = makeImageArchive(['one', 'two'])
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'app.tar', Body }))
})

describe('push-image', () => {
  it('gives an image the same digest from a file, an object in S3 and a packed archive', async () => {
    const archive = makeImageArchive(['one', 'two'])
    const fromFile = await push(writeTemporary(archive))
    const fromObject = await push(`s3://${bucket}/app.tar`)
    const fromPacked = await push(writeTemporary(gzipSync(makeImageArchive(['three', 'four']))))
    const unpacked = await push(writeTemporary(makeImageArchive(['three', 'four'])), { tags: 'v2' })
    expect([fromFile, fromObject].map(({ outputs }) => outputs.result)).toEqual(['pushed', 'unchanged'])
    expect(fromPacked.lines.join('\n')).toContain('a plain tar is faster')
    expect(unpacked.outputs.digest).toBe(fromPacked.outputs.digest)
    expect(fromObject.outputs.digest).toBe(fromFile.outputs.digest)
  })

  it('says in one sentence that an object is missing', async () => {
    const { exitCode, lines } = await push(`s3://${bucket}/none.tar`)
    expect(exitCode).toBe(1)
    expect(lines.join('\n')).toContain(`archive: s3://${bucket}/none.tar: the object does not exist`)
  })

  it.each(['tar+gzip', 'tar+zstd'] as const)(
    'keeps manifest and layers of an OCI layout: %s',
    async (kind) => {
      const layout = new Layout()
      const image = layout.image([`${kind} one`, `${kind} two`], { kind })
      const folder = layout.finish(['v1', image]).toFolder()
      const { outputs } = await push(folder)
      expect(outputs).toMatchObject({ result: 'pushed', digest: image.digest })
      const again = await push(writeTemporary(layout.toTar()))
      expect(again.outputs).toMatchObject({
        result: 'unchanged',
        digest: image.digest,
        'uploaded-bytes': '0',
      })
    },
  )

  it('pushes a multi-platform index whole, and one image of it where a platform is asked for', async () => {
    const layout = new Layout()
    const amd64 = layout.image(['shared', 'for amd64'])
    const arm64 = layout.image(['shared', 'for arm64'], { platform: 'linux/arm64' })
    const index = layout.index([amd64, arm64, layout.attestation(amd64)])
    const archive = writeTemporary(layout.finish(['v7', index]).toTar())
    const { outputs } = await push(archive, { tags: 'many' })
    expect(outputs).toMatchObject({ result: 'pushed', digest: index.digest })
    const repository = await openTeamApp()
    expect((await repository.pullManifest('many'))?.digest).toBe(index.digest)
    for (const name of layout.files.keys()) {
      if (!name.startsWith('blobs/')) continue
      const digest = `sha256:${name.slice('blobs/sha256/'.length)}`
      expect(
        (await repository.hasBlob(digest)) || (await repository.pullManifest(digest)) !== undefined,
      ).toBe(true)
    }
    expect((await push(archive, { tags: 'many' })).outputs.result).toBe('unchanged')
    const one = await push(archive, { tags: 'one', image: 'linux/arm64' })
    expect(one.outputs).toMatchObject({ digest: arm64.digest, 'uploaded-bytes': '0' })
  })

  it('moves no tag where a layer that is passed through does not unpack', async () => {
    const layout = new Layout()
    const image = layout.image(['content that is damaged'])
    const name = [...layout.files.keys()].find((_, at) => at === 2) ?? ''
    layout.files.get(name)?.fill(0xff, 20, 40)
    const { exitCode, lines, outputs } = await push(writeTemporary(layout.finish(['v1', image]).toTar()), {
      tags: 'damaged',
    })
    expect([exitCode, outputs.result]).toEqual([1, 'refused'])
    expect(lines.join('\n')).toContain(`archive: ${name}: expected a whole gzip stream`)
    expect(await (await openTeamApp()).pullManifest('damaged')).toBeUndefined()
  })

  it('pushes what refers to an image, and a layer of other origin not at all', async () => {
    const layout = new Layout()
    const image = layout.image(['signed'])
    const { mediaType, digest, size } = layout.artifact('sbom', image)
    layout.finish(['v5', image], ['', { mediaType, digest, size }])
    const { outputs } = await push(writeTemporary(layout.toTar()), { tags: 'v5' })
    expect(outputs.digest).toBe(image.digest)
    const repository = await openTeamApp()
    expect((await repository.pullManifest(digest))?.digest).toBe(digest)
    // ECR keeps the list of them itself.
    expect(await repository.pullManifest(image.digest.replace(':', '-'))).toBeUndefined()
    const { config, layers } = layout.read(image)
    const foreign = {
      ...layout.blob('application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', Buffer.from('x')),
      urls: ['https://example.com/x'],
    }
    const { rootfs } = JSON.parse(
      layout.files.get(`blobs/${config.digest.replace(':', '/')}`)?.toString() ?? '',
    )
    const diff_ids = [...rootfs.diff_ids, rootfs.diff_ids[0]]
    const windows = layout.blob(config.mediaType, {
      os: 'windows',
      architecture: 'amd64',
      rootfs: { diff_ids },
    })
    const based = layout.manifest(windows, [...layers, foreign])
    const pushed = await push(writeTemporary(layout.finish(['v6', based]).toTar()), { tags: 'v6' })
    expect(pushed.outputs).toMatchObject({ result: 'pushed', digest: based.digest })
    expect(await repository.hasBlob(foreign.digest)).toBe(false)
  })
})
