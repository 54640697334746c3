import { afterAll, describe, expect, it } from 'vitest'
import { type Ecr, makeEcr } from '../../lib/aws/ecr.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { dockerTypes } from '../../lib/oci/media-type.ts'
import { makeTransport } from '../../lib/registry/http/transport.ts'
import { openRepository } from '../../lib/registry/repository.ts'
import { systemClock } from '../../lib/wait.ts'
import { fakeEcr } from '../fakes/ecr.ts'
import { startOciRegistry } from '../fakes/oci-registry.ts'
import { localAws } from '../local-aws.ts'

const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

const services: Record<string, () => Promise<Ecr>> = {
  'the fake ECR': async () => {
    const registry = await startOciRegistry({ access: { kind: 'ecr' } })
    closing.push(registry.close)
    return fakeEcr({ repositories: new Map(), scan: [] }, registry)
  },
  'the local AWS': async () => makeEcr(localAws().config),
}

const mutable = { immutable: false, scanOnPush: false, lifecyclePolicy: undefined }

describe.each(Object.entries(services))('%s', (_name, open) => {
  it('describes a repository as it was made, and none that was not', async () => {
    const ecr = await open()
    expect(await ecr.describe('team/app')).toBeUndefined()
    const made = await ecr.create('team/app', mutable)
    expect(made.name).toBe('team/app')
    expect(made.uri).toBe(`${new URL((await ecr.authorize()).origin).host}/team/app`)
    expect(made.isImmutable('v1')).toBe(false)
    await ecr.create('fixed', { ...mutable, immutable: true, scanOnPush: true })
    expect((await ecr.describe('fixed'))?.isImmutable('v1')).toBe(true)
  })

  it('takes a repository that another run made meanwhile', async () => {
    const ecr = await open()
    await ecr.create('team/app', { ...mutable, immutable: true })
    const again = await ecr.create('team/app', mutable)
    expect([again.name, again.isImmutable('v1')]).toEqual(['team/app', true])
  })

  it('gives a token that opens the registry, and lists at most so many images as are asked for', async () => {
    const ecr = await open()
    await ecr.create('team/app', mutable)
    const { origin, authorization } = await ecr.authorize()
    const { signal } = new AbortController()
    const credentials = { authorization: async () => authorization }
    const transport = makeTransport({ origin, credentials, clock: systemClock, signal })
    const repository = openRepository(transport, 'team/app')
    const config = Buffer.from('{"rootfs":{"type":"layers","diff_ids":[]}}')
    await repository.putBlob(config)
    const digests: string[] = []
    for (const tag of ['v1', 'v2']) {
      const { manifest, digest } = makeManifest(config, tag)
      await repository.putManifest(tag, dockerTypes.manifest, manifest)
      digests.push(digest)
    }
    expect((await ecr.listNewest('team/app', 5)).sort()).toEqual(digests.sort())
    expect(await ecr.listNewest('team/app', 1)).toHaveLength(1)
    expect(await repository.listTags()).toEqual(['v1', 'v2'])
  })
})

function makeManifest(config: Buffer, tag: string) {
  const mediaType = dockerTypes.manifest
  const part = { mediaType: dockerTypes.config, digest: digestOf(config), size: config.length }
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType, config: part, layers: [], annotations: { tag } }),
  )
  return { manifest, digest: digestOf(manifest) }
}
