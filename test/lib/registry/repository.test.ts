import { afterEach, describe, expect, it } from 'vitest'
import { UserError } from '../../../lib/errors.ts'
import { digestOf } from '../../../lib/oci/digest.ts'
import { parseRepository } from '../../../lib/oci/reference.ts'
import { openRepository } from '../../../lib/registry/repository.ts'
import { type OciRegistry, type RegistryOptions, startOciRegistry } from '../../fakes/oci-registry.ts'
import { makeTestTransport } from '../../fixtures/transport.ts'

const registries: OciRegistry[] = []
afterEach(() => {
  for (const registry of registries.splice(0)) registry.close()
})

async function start(options: RegistryOptions = {}) {
  const registry = await startOciRegistry(options)
  registries.push(registry)
  const transport = makeTestTransport(registry.origin, { retries: 1 })
  return { registry, repository: openRepository(transport, 'team/app') }
}

const types = {
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
}
const manifest = (text: string) => Buffer.from(JSON.stringify({ schemaVersion: 2, annotations: { text } }))

describe('a manifest', () => {
  it.each(Object.values(types))('of type %s is given with its type and digest', async (mediaType) => {
    const { repository } = await start()
    const bytes = manifest(mediaType)
    const digest = digestOf(bytes)
    await repository.putManifest('v1', mediaType, bytes)
    expect(await repository.pullManifest('v1')).toEqual({ mediaType, digest, bytes })
    expect(await repository.describeManifest('v1')).toEqual({ mediaType, digest })
    expect(await repository.pullManifest(digest)).toEqual({ mediaType, digest, bytes })
  })

  it('that there is not is none', async () => {
    const { repository } = await start()
    expect(await repository.pullManifest('v1')).toBeUndefined()
    expect(await repository.describeManifest('v1')).toBeUndefined()
  })

  it('whose bytes are not those of the digest asked for is an error', async () => {
    const { registry, repository } = await start()
    const digest = digestOf(manifest('one'))
    const fault = registry.fail({ trouble: { kind: 'status', status: 200, body: 'another' } })
    await expect(repository.pullManifest(digest)).rejects.toThrow(
      `expected bytes with the digest ${digest}, got ${digestOf(Buffer.from('another'))}`,
    )
    expect(fault.fired).toBe(1)
  })

  it('is read whole where the registry does not tell its digest', async () => {
    const { registry, repository } = await start()
    await repository.putManifest('v1', types.ociManifest, manifest('one'))
    const fault = registry.fail({ method: 'HEAD', trouble: { kind: 'status', status: 200 } })
    expect(await repository.describeManifest('v1')).toMatchObject({ digest: digestOf(manifest('one')) })
    expect(fault.fired).toBe(1)
  })

  it.each([405, 501])('is read whole where the registry answers HEAD with %i', async (status) => {
    const { registry, repository } = await start()
    const fault = registry.fail({ method: 'HEAD', times: 2, trouble: { kind: 'status', status } })
    expect(await repository.describeManifest('v1')).toBeUndefined()
    await repository.putManifest('v1', types.ociManifest, manifest('one'))
    expect(await repository.describeManifest('v1')).toMatchObject({ digest: digestOf(manifest('one')) })
    expect(fault.fired).toBe(2)
  })

  it('is put again after 503, and after an answer that was lost', async () => {
    const { registry, repository } = await start()
    const faults = [{ kind: 'status', status: 503 } as const, { kind: 'lose-answer' } as const].map(
      (trouble) => registry.fail({ method: 'PUT', trouble }),
    )
    await repository.putManifest('v1', types.ociManifest, manifest('one')).catch(() => undefined)
    await repository.putManifest('v1', types.ociManifest, manifest('one'))
    expect(faults.map(({ fired }) => fired)).toEqual([1, 1])
    expect(registry.repositories.get('team/app')?.tags.get('v1')).toBe(digestOf(manifest('one')))
  })

  it.each(['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN', 'BLOB_UPLOAD_UNKNOWN', 'MANIFEST_UNKNOWN'])(
    'is put again where the registry does not show yet what it names: %s',
    async (code) => {
      const { registry, repository } = await start()
      const body = JSON.stringify({ errors: [{ code }] })
      const fault = registry.fail({ method: 'PUT', trouble: { kind: 'status', status: 404, body } })
      await repository.putManifest('v1', types.ociManifest, manifest('one'))
      expect(fault.fired).toBe(1)
      expect(registry.repositories.get('team/app')?.tags.get('v1')).toBe(digestOf(manifest('one')))
    },
  )

  it('with a blob that is not there is refused', async () => {
    const { repository } = await start()
    const bytes = Buffer.from(JSON.stringify({ config: { digest: digestOf(Buffer.from('config')) } }))
    await expect(repository.putManifest('v1', types.ociManifest, bytes)).rejects.toThrow(
      '400 MANIFEST_BLOB_UNKNOWN',
    )
  })
})

it.each([200, 202, 204])('takes a manifest for put that is answered with %i', async (putStatus) => {
  const { registry, repository } = await start({ quirks: { putStatus } })
  await repository.putManifest('v1', types.ociManifest, manifest('one'))
  expect(registry.requests.map(({ method, status }) => [method, status])).toEqual([['PUT', putStatus]])
  expect(await repository.describeManifest('v1')).toMatchObject({ digest: digestOf(manifest('one')) })
})

describe('the tags of a repository', () => {
  it('are listed as far as they are tags', async () => {
    const { registry, repository } = await start()
    await repository.putManifest('v1', types.ociManifest, manifest('one'))
    expect(await repository.listTags()).toEqual(['v1'])
    for (const [body, tags] of [
      ['{"tags":["a","../b",1,"c"]}', ['a', 'c']],
      ['{"tags":null}', []],
      ['null', []],
    ] as const) {
      const fault = registry.fail({ operation: 'tags', trouble: { kind: 'status', status: 200, body } })
      expect(await repository.listTags()).toEqual(tags)
      expect(fault.fired).toBe(1)
    }
  })

  it('are none where there is no repository, and an error where the registry refuses', async () => {
    const { registry, repository } = await start()
    registry.fail({ operation: 'tags', trouble: { kind: 'status', status: 404 } })
    expect(await repository.listTags()).toEqual([])
    registry.fail({ operation: 'tags', trouble: { kind: 'status', status: 403 } })
    await expect(repository.listTags()).rejects.toThrow('/v2/team/app/tags/list: 403')
  })
})

it.each([405, 409, 412])(
  'takes a tag for put that is refused with %i and names this manifest',
  async (status) => {
    const { registry, repository } = await start()
    await repository.putManifest('v1', types.ociManifest, manifest('one'))
    const refuse = () => registry.fail({ method: 'PUT', trouble: { kind: 'status', status } })
    refuse()
    await repository.putManifest('v1', types.ociManifest, manifest('one'))
    refuse()
    await expect(repository.putManifest('v1', types.ociManifest, manifest('two'))).rejects.toThrow(
      `: ${status}`,
    )
  },
)

it('looks for no tag where a manifest is refused for another reason', async () => {
  const { registry, repository } = await start()
  await repository.putManifest('v1', types.ociManifest, manifest('one'))
  registry.fail({ method: 'PUT', trouble: { kind: 'status', status: 403 } })
  await expect(repository.putManifest('v1', types.ociManifest, manifest('one'))).rejects.toThrow(': 403')
  expect(registry.requests.map(({ method }) => method)).toEqual(['PUT', 'PUT'])
})

describe('an immutable tag', () => {
  const immutable = { quirks: { immutableTags: true } }

  it('that names this manifest already is as good as put', async () => {
    const { registry, repository } = await start(immutable)
    await repository.putManifest('v1', types.ociManifest, manifest('one'))
    await repository.putManifest('v1', types.ociManifest, manifest('one'))
    expect(registry.requests.map(({ method, status }) => [method, status])).toEqual([
      ['PUT', 201],
      ['PUT', 400],
      ['HEAD', 200],
    ])
  })

  it('that names another is an error with the words of the registry', async () => {
    const { repository } = await start(immutable)
    await repository.putManifest('v1', types.ociManifest, manifest('one'))
    await expect(repository.putManifest('v1', types.ociManifest, manifest('two'))).rejects.toThrow(
      "400 TAG_INVALID: The image tag 'v1' already exists",
    )
  })
})

describe('a full reference', () => {
  it.each([
    ['registry.example.com/app', 'registry.example.com', 'app'],
    ['127.0.0.1:5000/team/app', '127.0.0.1:5000', 'team/app'],
    ['localhost/a/b-c/d__e.f', 'localhost', 'a/b-c/d__e.f'],
    ['[::1]:5000/app', '[::1]:5000', 'app'],
    ['registry-1.docker.io/library/busybox', 'registry-1.docker.io', 'library/busybox'],
  ])('%s is a host and a repository', (text, host, repository) => {
    expect(parseRepository(text)).toEqual({ host, repository })
  })

  it.each([
    'app',
    'team/app',
    '/app',
    'registry.example.com/',
    'registry.example.com/App',
    'https://a.b/c',
    'a.b/c:v1',
  ])('%s is refused', (text) => {
    expect(() => parseRepository(text)).toThrow(
      new UserError(
        `repository: expected a registry and a name in lower case such as registry.example.com/team/app, got "${text}"`,
      ),
    )
  })

  it('of Docker Hub is refused where it is not the address of its registry', () => {
    expect(() => parseRepository('docker.io/library/busybox')).toThrow(
      'docker.io is not the address of a registry; write registry-1.docker.io/NAMESPACE/NAME',
    )
  })
})
