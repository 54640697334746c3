import { readFileSync } from 'node:fs'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { beforeAll, describe, expect, it } from 'vitest'
import { digestOf } from '../../lib/oci/digest.ts'
import { parseManifest } from '../../lib/oci/manifest.ts'
import { runActionProcess } from '../../scripts/action-process.ts'
import { makeImageArchive, writeTemporary } from '../fixtures/archive.ts'
import { openEcrRepository } from '../fixtures/ecr-repository.ts'
import { localAws } from '../local-aws.ts'

const { config, env } = localAws()
const ecr = new ECRClient(config)

async function push(archive: Uint8Array, inputs: Record<string, string> = {}) {
  return await runActionProcess({
    action: 'push-image',
    inputs: { archive: writeTemporary(archive), repository: 'team/app', tags: 'v1', ...inputs },
    env: { ...env, RUNNER_TEMP: env.HOME },
  })
}

const openTeamApp = () => openEcrRepository(config, 'team/app')

beforeAll(async () => {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: 'team/app' }))
})

describe('push-image', () => {
  it('pushes an image whose layers unpack to the archived ones', async () => {
    const { exitCode, outputs, summary } = await push(makeImageArchive(['one', 'two'], { layout: 'oci' }))
    expect(exitCode).toBe(0)
    expect(outputs).toMatchObject({ result: 'pushed', 'pushed-tags': 'v1', 'reused-bytes': '0' })
    expect(outputs['image-uri']).toBe(`${new URL(config.endpoint).host}/team/app@${outputs.digest}`)
    expect(summary).toContain('Image pushed')
    expect(JSON.parse(readFileSync(outputs.report ?? '', 'utf8'))).toMatchObject({ digest: outputs.digest })
    const repository = await openTeamApp()
    const manifest = parseManifest((await repository.pullManifest('v1'))?.bytes ?? Buffer.alloc(0))
    const config_ = JSON.parse((await repository.getBlob(manifest?.config.digest ?? '')).toString())
    const blobs = await Promise.all((manifest?.layers ?? []).map(({ digest }) => repository.getBlob(digest)))
    expect(blobs.map((blob) => digestOf(gunzipSync(blob)))).toEqual(config_.rootfs.diff_ids)
  })

  it.each([
    ['zstd', 'application/vnd.oci.image.layer.v1.tar+zstd', zstdDecompressSync],
    ['none', 'application/vnd.docker.image.rootfs.diff.tar', (blob: Buffer) => blob],
  ] as const)('packs layers as %s', async (compression, mediaType, unpack) => {
    const archive = makeImageArchive(['one', 'two'])
    const { outputs } = await push(archive, { tags: compression, compression })
    expect(outputs.result).toBe('pushed')
    const repository = await openTeamApp()
    const manifest = parseManifest((await repository.pullManifest(compression))?.bytes ?? Buffer.alloc(0))
    expect(manifest?.layers.map((layer) => layer.mediaType)).toEqual([mediaType, mediaType])
    const config_ = JSON.parse((await repository.getBlob(manifest?.config.digest ?? '')).toString())
    const blobs = await Promise.all((manifest?.layers ?? []).map(({ digest }) => repository.getBlob(digest)))
    expect(blobs.map((blob) => digestOf(unpack(blob)))).toEqual(config_.rootfs.diff_ids)
    const again = await push(archive, { tags: compression, compression })
    expect(again.outputs).toMatchObject({ result: 'unchanged', 'uploaded-bytes': '0' })
  })

  it('sends nothing for an image that is there, whatever the layout of its archive', async () => {
    const { outputs } = await push(makeImageArchive(['one', 'two'], { layout: 'legacy' }))
    expect(outputs).toMatchObject({ result: 'unchanged', 'uploaded-bytes': '0' })
  })

  it('sends only the layer that changed, also under another tag', async () => {
    const { outputs, lines } = await push(makeImageArchive(['one', 'three']), { tags: 'v2' })
    expect(outputs.result).toBe('pushed')
    expect(lines.filter((line) => line.startsWith('sent sha256:'))).toHaveLength(1)
    expect(Number(outputs['reused-bytes'])).toBeGreaterThan(0)
  })

  it('writes nothing in a dry run', async () => {
    const { outputs, lines } = await push(makeImageArchive(['new']), { tags: 'v9', 'dry-run': 'true' })
    expect(outputs.result).toBe('planned')
    expect(lines).toContain('move tag v9')
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName: 'team/app' }))
    expect(imageDetails?.flatMap(({ imageTags }) => imageTags ?? [])).not.toContain('v9')
  })

  it('moves no tag when a layer is not what the config says', async () => {
    const before = await (await openTeamApp()).pullManifest('v1')
    const damaged = makeImageArchive(['x'], { diffIds: [`sha256:${'0'.repeat(64)}`] })
    const { exitCode, outputs, lines } = await push(damaged)
    expect([exitCode, outputs.result]).toEqual([1, 'refused'])
    expect(lines.join('\n')).toContain(`expected diffID sha256:${'0'.repeat(64)}`)
    expect(await (await openTeamApp()).pullManifest('v1')).toEqual(before)
  })

  it('names the repository that is missing, and makes it where asked', async () => {
    const archive = makeImageArchive(['one'])
    const refused = await push(archive, { repository: 'none' })
    expect(refused.lines.join('\n')).toContain('repository: "none" does not exist')
    const made = await push(archive, { repository: 'none', 'create-repository': 'true' })
    expect(made.outputs.result).toBe('pushed')
  })

  it('says nothing of its token', async () => {
    const { lines } = await push(makeImageArchive(['secret']), { tags: 'v3' })
    expect(lines.filter((line) => !line.startsWith('::add-mask::')).join('\n')).not.toMatch(/Basic|AWS:/)
  })

  it('refuses an input that it does not have', async () => {
    const { exitCode, lines } = await push(makeImageArchive(['one']), { archve: 'x' })
    expect(exitCode).toBe(1)
    expect(lines.join('\n')).toContain('archve: unknown input; did you mean "archive"')
  })
})
