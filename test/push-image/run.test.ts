import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { Known } from '../../lib/ending.ts'
import { CancelledError } from '../../lib/errors.ts'
import { digestOf } from '../../lib/oci/digest.ts'
import { dockerTypes, ociTypes } from '../../lib/oci/media-type.ts'
import { makeArchive } from '../../scripts/example-image/archive.ts'
import { makeTar } from '../../scripts/example-image/tar.ts'
import { runClock } from '../fakes/clock.ts'
import { type OciRegistry, type RegistryOptions, startOciRegistry } from '../fakes/oci-registry.ts'
import { makeImageArchive } from '../fixtures/archive.ts'
import { Layout } from '../fixtures/layout.ts'
import { diffIdsOf, type PushOptions, readPushed, runPush, sendsOf, tagsOf } from '../fixtures/push.ts'

const registries: OciRegistry[] = []
afterEach(() => {
  for (const registry of registries.splice(0)) registry.close()
})

async function start(options: RegistryOptions = {}) {
  const registry = await startOciRegistry(options)
  registries.push(registry)
  const push = (
    archive: string | Uint8Array,
    { inputs = {}, ...more }: PushOptions & { inputs?: Record<string, string> } = {},
  ) => runPush(archive, { repository: `${registry.host}/team/app`, tags: 'v1', ...inputs }, more)
  return { registry, push }
}

const login = { username: 'ci', password: 'secret' }
const image = makeImageArchive(['one', 'two'])
const changed = makeImageArchive(['one', 'another'])

describe('a push to a registry', () => {
  it('puts an image whose layers unpack to the archived ones, and finds it again', async () => {
    const { registry, push } = await start()
    const first = await push(image)
    expect(first.outputs).toMatchObject({ result: 'pushed', 'pushed-tags': 'v1', 'reused-bytes': '0' })
    const { manifest, diffIds, blobs } = readPushed(registry, 'v1')
    expect(diffIdsOf(blobs, gunzipSync)).toEqual(diffIds)
    expect([manifest.mediaType, manifest.layers[0]?.mediaType]).toEqual([
      dockerTypes.manifest,
      dockerTypes.layer.gzip,
    ])
    const requests = registry.requests.length
    const second = await push(image)
    expect(second.outputs).toMatchObject({
      result: 'unchanged',
      digest: first.outputs.digest,
      'uploaded-bytes': '0',
      'sent-seconds': '0.000',
    })
    expect(registry.requests.slice(requests).every(({ method }) => /GET|HEAD/.test(method))).toBe(true)
    const third = await push(image, { inputs: { tags: 'v2' } })
    expect(third.outputs).toMatchObject({ result: 'pushed', 'uploaded-bytes': '0' })
    expect(tagsOf(registry)).toEqual({ v1: first.outputs.digest, v2: first.outputs.digest })
    expect(sendsOf(registry)).toHaveLength(2)
  })

  it('sends only the layer that changed, whatever tag the earlier image has', async () => {
    const { registry, push } = await start()
    await push(image)
    const { outputs, lines } = await push(changed, { inputs: { tags: 'v2' } })
    expect(sendsOf(registry)).toHaveLength(3)
    expect(outputs).toMatchObject({ result: 'pushed', 'uploaded-bytes': expect.not.stringMatching(/^0$/) })
    expect(
      lines.filter((line) => /^(reuse|send|move) /.test(line)).map((line) => line.split(' ')[0]),
    ).toEqual(['reuse', 'send', 'send', 'move'])
  })

  it('sends a layer once that the image has twice', async () => {
    const { registry, push } = await start()
    await push(makeImageArchive(['same', 'same'].map(() => 'same')))
    expect(new Set(readPushed(registry, 'v1').manifest.layers.map(({ digest }) => digest)).size).toBe(2)
    const tar = makeTar([{ name: 'empty', content: '' }])
    const layout = new Layout()
    const config = layout.blob(ociTypes.config, {
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: [tar, tar].map((bytes) => diffIdsOf([bytes], (same) => same)[0]) },
    })
    const twin = layout.blob(ociTypes.layer.none, tar)
    await push(layout.finish(['', layout.manifest(config, [twin, twin])]).toTar(), { inputs: { tags: 'v2' } })
    expect(sendsOf(registry)).toHaveLength(3)
  })

  it.each([
    ['uncompressed', (tar: Buffer) => tar],
    ['compressed', gzipSync],
  ] as const)('warns of a file that two layers hold: %s', async (_, pack) => {
    const { push } = await start()
    const model = { name: 'model.bin', content: Buffer.alloc(1024 ** 2) }
    const tars = [[model], [{ name: 'owner', content: 'of it' }, model]].map(makeTar)
    const settings = { references: ['app:v1'], architecture: 'amd64', settings: {} }
    const archive = makeArchive(
      { ...settings, layers: tars.map((tar) => pack(tar)), diffIds: tars.map(digestOf) },
      'legacy',
    )
    const warning = /^image: layers repeat 1 file .*, 1\.0 MiB .* "model\.bin" \(1\.0 MiB\)/
    expect((await push(archive)).lines.filter((line) => warning.test(line))).toHaveLength(1)
    const again = { reuse: 'verify', tags: 'v2' }
    expect((await push(archive, { inputs: again })).lines.filter((line) => warning.test(line))).toHaveLength(
      1,
    )
  })

  it.each([
    ['zstd', ociTypes, zstdDecompressSync],
    ['none', dockerTypes, (blob: Buffer) => blob],
  ] as const)('packs layers as %s where it is asked for', async (compression, types, unpack) => {
    const { registry, push } = await start()
    const first = await push(image, { inputs: { compression } })
    const { manifest, diffIds, blobs } = readPushed(registry, 'v1')
    expect(diffIdsOf(blobs, unpack)).toEqual(diffIds)
    expect([manifest.mediaType, manifest.config.mediaType]).toEqual([types.manifest, types.config])
    const again = await push(image, { inputs: { compression } })
    expect(again.outputs).toMatchObject({ result: 'unchanged', digest: first.outputs.digest })
    // Another compression is another image.
    expect((await push(image)).outputs).toMatchObject({ result: 'pushed', 'sent-seconds': '0.000' })
  })

  it('pushes an index whole, and the image that is asked for', async () => {
    const { registry, push } = await start()
    const layout = new Layout()
    const amd64 = layout.image(['shared', 'for amd64'])
    const arm64 = layout.image(['shared', 'for arm64'], { platform: 'linux/arm64' })
    const index = layout.index([amd64, arm64, layout.attestation(amd64)])
    const archive = layout.finish(['v7', index]).toTar()
    expect((await push(archive)).outputs).toMatchObject({ result: 'pushed', digest: index.digest })
    const { manifests } = registry.repositories.get('team/app')!
    expect(manifests.get(index.digest)?.mediaType).toBe(ociTypes.index)
    expect([amd64, arm64].every(({ digest }) => manifests.has(digest))).toBe(true)
    expect((await push(archive)).outputs).toMatchObject({ result: 'unchanged', 'uploaded-bytes': '0' })
    const one = await push(archive, { inputs: { tags: 'one', image: 'linux/arm64' } })
    expect(one.outputs).toMatchObject({ result: 'pushed', digest: arm64.digest, 'uploaded-bytes': '0' })
  })

  it('sends what of an index was lost since', async () => {
    const { registry, push } = await start()
    const layout = new Layout()
    const amd64 = layout.image(['one'])
    const archive = layout.finish(['v1', layout.index([amd64, layout.attestation(amd64)])]).toTar()
    await push(archive)
    const { blobs } = registry.repositories.get('team/app')!
    const lost = readPushedLayer(registry, amd64.digest)
    blobs.delete(lost)
    expect((await push(archive)).outputs.result).toBe('pushed')
    expect(blobs.has(lost)).toBe(true)
  })

  describe('of several images', () => {
    const layout = new Layout()
    const [one, two, three] = ['one', 'two', 'three'].map((name) => layout.image([name]))
    const sbom = layout.artifact('sbom', one)
    const { mediaType, digest, size } = sbom
    const archive = layout
      .finish(['v1', one!], ['v2', two!], ['v3', three!], ['', { mediaType, digest, size }])
      .toTar()
    const own = { tags: '' }

    it('pushes all, each under its own tags, and what refers to them', async () => {
      const { registry, push } = await start()
      const { outputs, summary, report } = await push(archive, { inputs: { ...own, image: 'all' } })
      expect(tagsOf(registry)).toEqual({ v1: one?.digest, v2: two?.digest, v3: three?.digest })
      expect(registry.repositories.get('team/app')?.manifests.has(sbom.digest)).toBe(true)
      expect(outputs).toMatchObject({
        result: 'pushed',
        digest: [one, two, three].map((image) => image?.digest).join('\n'),
        'pushed-tags': 'v1\nv2\nv3',
        'image-name': `${registry.host}/team/app`,
      })
      expect(outputs).not.toHaveProperty('manifest')
      expect(summary.match(/## Image pushed/g)).toHaveLength(3)
      expect(report).toMatchObject({ result: 'pushed', images: [{}, {}, { tags: ['v3'] }] })
      const again = await push(archive, { inputs: { ...own, image: 'all' } })
      expect(again.outputs).toMatchObject({
        result: 'unchanged',
        'uploaded-bytes': '0',
        'sent-seconds': '0.000',
      })
    })

    it('pushes those that are named, each once, and says what was pushed before one that fails', async () => {
      const { registry, push } = await start()
      let known = (): Known => expect.fail('nothing is known')
      const remember = (describe: () => Known) => {
        known = describe
      }
      const trouble = { kind: 'status', status: 400 } as const
      const fault = registry.fail({ method: 'PUT', path: /manifests\/v3$/, trouble })
      const pushing = push(archive, { remember, inputs: { ...own, image: 'v2,v2\nv3' } })
      await expect(pushing).rejects.toThrow(/: 400$/)
      expect(fault.fired).toBe(1)
      expect(known()).toMatchObject({
        done: [`pushed ${registry.host}/team/app@${two?.digest}`, expect.stringMatching(/^sent sha256:/)],
        notDone: ['move tag v3'],
      })
      expect(tagsOf(registry)).toEqual({ v2: two?.digest })
    })

    it('plans all of them in a dry run', async () => {
      const { push } = await start()
      const { outputs, report } = await push(archive, { inputs: { ...own, image: 'all', 'dry-run': 'true' } })
      expect(outputs).toEqual({ result: 'planned' })
      expect(report).toMatchObject({ images: [{ result: 'planned' }, {}, {}] })
    })

    it('refuses tags that would name all of them', async () => {
      const { registry, push } = await start()
      await expect(push(archive, { inputs: { image: 'all' } })).rejects.toThrow(
        'tags: expected none for 3 images',
      )
      expect(registry.requests).toEqual([])
    })
  })

  describe('to several repositories', () => {
    const images = (host: string) => `${host}/team/app:v1\n${host}/other/app:v1,${host}/other/app:v2`

    it.each([
      ['mounts across them', true, 2],
      ['sends to each where the registry does not mount', false, 4],
    ])('%s, and gives one summary', async (_, mounts, sends) => {
      const { registry, push } = await start({ quirks: { mounts } })
      const { outputs, summary, report, lines } = await push(image, {
        inputs: { tags: images(registry.host) },
      })
      const { digest = '' } = outputs
      expect(digest).toMatch(/^sha256:\w{64}$/)
      expect([tagsOf(registry), tagsOf(registry, 'other/app')]).toEqual([
        { v1: digest },
        { v1: digest, v2: digest },
      ])
      expect(outputs).toMatchObject({
        result: 'pushed',
        'image-name': `${registry.host}/team/app`,
        'image-uri': `${registry.host}/team/app@${digest}\n${registry.host}/other/app@${digest}`,
        'pushed-tags': 'v1\nv2',
        tags: images(registry.host).replace(',', '\n'),
        manifest: expect.stringContaining('layers'),
      })
      expect(sendsOf(registry)).toHaveLength(sends)
      expect(summary.match(/docker pull /g)).toHaveLength(2)
      expect(report).toMatchObject({ repositories: [{ tags: ['v1'] }, { tags: ['v1', 'v2'] }] })
      expect(lines).toContain(`push to ${registry.host}/other/app`)
      expect(lines.at(-1)).toBe(digest)
      const again = await push(image, { inputs: { tags: images(registry.host) } })
      expect(again.outputs).toMatchObject({ result: 'unchanged', 'uploaded-bytes': '0' })
    })

    it('of another registry sends it no login', async () => {
      const access = { kind: 'basic', ...login } as const
      const [one, two] = [await start({ access }), await start({ access })]
      const pushing = one.push(image, { inputs: { ...login, tags: `v1,${two.registry.host}/app:v1` } })
      await expect(pushing).rejects.toThrow(/: 401/)
      expect(two.registry.requests.filter(({ authorization }) => authorization)).toEqual([])
    })

    it('says what was pushed before to another one', async () => {
      const [one, two] = [await start(), await start()]
      const fault = two.registry.fail({
        method: 'PUT',
        path: /manifests/,
        trouble: { kind: 'status', status: 400 },
      })
      let known = (): Known => expect.fail('nothing is known')
      const remember = (describe: () => Known) => {
        known = describe
      }
      const inputs = { tags: `v1,${two.registry.host}/app:v1` }
      const pushing = one.push(image, { inputs, remember })
      await expect(pushing).rejects.toThrow(/: 400$/)
      expect(fault.fired).toBe(1)
      expect(known().done?.[0]).toMatch(`pushed ${one.registry.host}/team/app@sha256:`)
      expect(sendsOf(two.registry)).toHaveLength(2)
    })

    it('plans all of them before the first byte', async () => {
      const { registry, push } = await start()
      const fault = registry.fail({ path: /other.*manifests/, trouble: { kind: 'status', status: 400 } })
      await expect(push(image, { inputs: { tags: images(registry.host) } })).rejects.toThrow(/: 400$/)
      expect(fault.fired).toBe(1)
      expect(registry.requests.every(({ method }) => /GET|HEAD/.test(method))).toBe(true)
    })
  })

  it('writes nothing in a dry run', async () => {
    const { registry, push } = await start()
    const { outputs, lines, report } = await push(image, { inputs: { 'dry-run': 'true' } })
    expect(outputs).toEqual({ result: 'planned' })
    expect(report).toEqual({ result: 'planned', steps: lines })
    expect(lines.at(-1)).toBe('move tag v1')
    expect(lines).not.toContain('create the repository')
    expect(registry.requests.every(({ method }) => ['GET', 'HEAD'].includes(method))).toBe(true)
  })
})

describe('an archive', () => {
  it('that is packed is pushed as well, with a word of what is faster', async () => {
    const { push } = await start()
    const { outputs, lines } = await push(gzipSync(image))
    expect(outputs.result).toBe('pushed')
    expect(lines[0]).toMatch(/ is unpacked while it is read, layer by layer; a plain tar is faster$/)
    expect((await push(image)).lines.join('\n')).not.toContain('a plain tar is faster')
  })

  it('may be an object of S3', async () => {
    const { push } = await start()
    await expect(push('s3://bucket/key')).rejects.toThrow('no S3 in this test')
    await expect(push('as3://bucket/key')).rejects.toThrow('as3://bucket/key: does not exist')
  })
})

function readPushedLayer({ repositories }: OciRegistry, manifest: string): string {
  const { bytes } = repositories.get('team/app')!.manifests.get(manifest)!
  return JSON.parse(bytes.toString()).layers[0].digest
}

describe('reuse', () => {
  it('is off where it is asked for', async () => {
    const { registry, push } = await start()
    const first = await push(image)
    const second = await push(image, { inputs: { reuse: 'off' } })
    expect(second.outputs).toMatchObject({ result: 'pushed', digest: first.outputs.digest })
    expect(sendsOf(registry)).toHaveLength(4)
  })

  it('with verify finds a local layer that is not what the config says', async () => {
    const { registry, push } = await start()
    await push(image)
    const damaged = Buffer.from(image)
    damaged[damaged.indexOf('two')] = 0x54
    expect((await push(damaged)).outputs.result).toBe('unchanged')
    await expect(push(damaged, { inputs: { reuse: 'verify', tags: 'v2' } })).rejects.toThrow(
      /^archive: layer ".*": expected diffID sha256:.*; the archive is damaged$/,
    )
    expect(Object.keys(tagsOf(registry))).toEqual(['v1'])
    expect((await push(image, { inputs: { reuse: 'verify' } })).outputs.result).toBe('unchanged')
  })

  it('sends again what the repository lost, and says where it is lost during a long push', async () => {
    const { registry, push } = await start()
    await push(image)
    const { blobs } = registry.repositories.get('team/app')!
    const [lost = ''] = readPushed(registry, 'v1').manifest.layers.map(({ digest }) => digest)
    const { now, sleep } = runClock()
    let passedMs = 0
    const clock = { now: () => now() + passedMs, sleep }
    const onLine = (line: string) => {
      if (!line.startsWith('move tag')) return
      blobs.delete(lost)
      passedMs = 10_000
    }
    await expect(push(image, { inputs: { tags: 'v2' }, clock, onLine })).rejects.toThrow(
      `${lost}: the repository lost this blob during the push; run the action again`,
    )
    expect(Object.keys(tagsOf(registry))).toEqual(['v1'])
    expect((await push(image, { inputs: { tags: 'v2' } })).outputs.result).toBe('pushed')
    expect(blobs.has(lost)).toBe(true)
    expect(sendsOf(registry)).toHaveLength(3)
  })

  it('finds an image that another tool wrote a manifest for', async () => {
    const { registry, push } = await start()
    await push(image)
    const { manifests, tags } = registry.repositories.get('team/app')!
    const { mediaType, bytes } = manifests.get(tags.get('v1')!)!
    const other = Buffer.from(`${bytes} `)
    manifests.clear()
    manifests.set(digestOf(other), { mediaType, bytes: other })
    tags.set('v1', digestOf(other))
    expect((await push(image)).outputs).toMatchObject({ result: 'unchanged', digest: digestOf(other) })
  })

  it('reads no earlier image for layers whose blobs the archive names', async () => {
    const { registry, push } = await start()
    await push(image, { inputs: { tags: 'v0' } })
    const layout = new Layout()
    const archive = layout.finish(['v1', layout.image(['one', 'two'])]).toTar()
    const before = registry.requests.length
    await push(archive)
    const read = registry.requests
      .slice(before)
      .filter(({ operation, method }) => operation === 'tags' || method === 'GET')
    // Only the tag that was moved is read back.
    expect(read.map(({ path }) => path)).toEqual(['/v2/team/app/manifests/v1'])
  })

  it('reads once what a tag names, though the list of tags has it too', async () => {
    const { registry, push } = await start()
    await push(image, { inputs: { tags: 'v1' } })
    const before = registry.requests.length
    await push(changed, { inputs: { tags: 'v1' } })
    const requests = registry.requests.slice(before)
    expect(requests.some(({ operation }) => operation === 'tags')).toBe(true)
    const reads = requests.filter(({ operation, method }) => operation !== 'tags' && method === 'GET')
    // By digest, with its config; and the tag, when it has moved.
    expect(reads.map(({ path }) => path.replace(/sha256:.*/, 'sha256:…'))).toEqual([
      '/v2/team/app/manifests/sha256:…',
      '/v2/team/app/blobs/sha256:…',
      '/v2/team/app/manifests/v1',
    ])
  })

  it('looks at the ten last tags of a registry, and at no other repository', async () => {
    const { registry, push } = await start()
    await push(changed, { inputs: { tags: 'a1' } })
    const { tags } = registry.repositories.get('team/app')!
    for (let at = 2; at <= 12; at++) tags.set(`a${at + 10}`, tags.get('a1')!)
    const before = registry.requests.length
    await push(image)
    const paths = registry.requests.slice(before).map(({ path }) => path)
    expect(paths.every((path) => path.startsWith('/v2/team/app/'))).toBe(true)
    expect(paths.filter((path) => /manifests\/a\d+$/.test(path))).toHaveLength(10)
    expect(paths.some((path) => /manifests\/a1$/.test(path))).toBe(false)
  })

  it.each([
    ['the tags', { operation: 'tags' }],
    ['an earlier image', { method: 'GET', path: /manifests\/v0$/ }],
  ] as const)('is a hint, and says where it fails: %s', async (_, request) => {
    for (const status of [401, 403, 405, 503]) {
      const { registry, push } = await start()
      await push(changed, { inputs: { tags: 'v0' } })
      const fault = registry.fail({ ...request, times: 9, trouble: { kind: 'status', status } })
      const { outputs, lines } = await push(image)
      expect(outputs.result).toBe('pushed')
      expect(fault.fired).toBeGreaterThan(0)
      const told = lines.filter((line) => line.startsWith('reuse: earlier images cannot be read'))
      expect(told).toEqual([expect.stringContaining(`: ${status}`)])
    }
  })

  it('goes on past an earlier image whose config is gone', async () => {
    const { registry, push } = await start()
    await push(makeImageArchive(['old']), { inputs: { tags: 'v0' } })
    registry.repositories.get('team/app')!.blobs.delete(readPushed(registry, 'v0').manifest.config.digest)
    expect((await push(image)).outputs.result).toBe('pushed')
  })

  it.each([
    ['mounts layers from another repository', true, 0],
    ['sends them where the registry does not mount', false, 2],
  ])('%s', async (_name, mounts, sends) => {
    const { registry, push } = await start({ quirks: { mounts } })
    await push(image, { inputs: { repository: `${registry.host}/base` } })
    const before = sendsOf(registry).length
    const { outputs, lines, report } = await push(image, { inputs: { 'mount-from': 'base' } })
    expect(outputs.result).toBe('pushed')
    expect(lines.filter((line) => /^mount layer .* from base$/.test(line))).toHaveLength(2)
    expect(sendsOf(registry).length - before).toBe(sends)
    expect(report).toMatchObject({ layers: [{ step: mounts ? 'mount' : 'send' }, {}] })
    expect(registry.sessions.size).toBe(0)
    expect(readPushed(registry, 'v1').blobs).toHaveLength(2)
  })
})

describe('a push that goes wrong', () => {
  it('moves no tag where it is cancelled in the middle, and goes on when it is run again', async () => {
    const { registry, push } = await start()
    const abort = new AbortController()
    const fault = registry.fail({ operation: 'send', skip: 1, trouble: { kind: 'silence' } })
    let known = (): Known => expect.fail('nothing is known')
    const remember = (describe: () => Known) => {
      known = describe
    }
    const pushing = push(image, { signal: abort.signal, remember, inputs: { concurrency: '1' } })
    while (fault.fired === 0) await setImmediate()
    expect(known()).toMatchObject({
      title: `Push to ${registry.host}/team/app`,
      done: [expect.stringMatching(/^sent sha256:/)],
      notDone: [expect.stringMatching(/^layer sha256:/), 'move tag v1'],
    })
    abort.abort(new CancelledError('cancelled'))
    await expect(pushing).rejects.toThrow(new CancelledError('cancelled'))
    expect([tagsOf(registry), registry.sessions.size]).toEqual([{}, 0])
    expect((await push(image)).outputs.result).toBe('pushed')
    expect(tagsOf(registry)).toHaveProperty('v1')
  })

  it('keeps a layer that was sent to its end when the run is cancelled', async () => {
    const { registry, push } = await start()
    const inputs = { cache: mkdtempSync(join(tmpdir(), 'cache-')), concurrency: '1' }
    const abort = new AbortController()
    const commit = Promise.withResolvers<void>()
    const fault = registry.fail({ operation: 'commit', trouble: { kind: 'hold', until: commit.promise } })
    const pushing = push(image, { inputs, signal: abort.signal })
    while (fault.fired === 0) await setImmediate()
    abort.abort(new CancelledError('cancelled'))
    commit.resolve()
    await expect(pushing).rejects.toThrow(new CancelledError('cancelled'))
    expect((await push(image, { inputs })).outputs.result).toBe('pushed')
    expect(sendsOf(registry)).toHaveLength(2)
  })

  it.each(['gzip', 'zstd', 'none'])(
    'sends a quarter where it was cut at three quarters: %s',
    async (compression) => {
      const { registry, push } = await start()
      const archive = makeImageArchive(['a', 'b', 'c', 'd'].map((name) => name.repeat(1000)))
      const inputs = { compression, concurrency: '1', cache: mkdtempSync(join(tmpdir(), 'cache-')) }
      const cut = registry.fail({ operation: 'send', skip: 3, trouble: { kind: 'status', status: 400 } })
      await expect(push(archive, { inputs })).rejects.toThrow(/: 400$/)
      expect(cut.fired).toBe(1)
      const before = sendsOf(registry).length
      const { outputs } = await push(archive, { inputs })
      expect(outputs.result).toBe('pushed')
      expect(sendsOf(registry).length - before).toBe(1)
      const undisturbed = await push(archive, { inputs: { ...inputs, repository: `${registry.host}/other` } })
      expect(undisturbed.outputs.digest).toBe(outputs.digest)
    },
  )

  it('sends all again where the repository has nothing of what is remembered', async () => {
    const { registry, push } = await start()
    const inputs = { cache: mkdtempSync(join(tmpdir(), 'cache-')) }
    await push(image, { inputs })
    registry.repositories.get('team/app')!.blobs.clear()
    registry.repositories.get('team/app')!.tags.clear()
    const before = sendsOf(registry).length
    expect((await push(image, { inputs })).outputs.result).toBe('pushed')
    expect(sendsOf(registry).length - before).toBe(2)
  })

  it('goes on where what it remembers cannot be reached', async () => {
    const { push } = await start()
    const openHints = async () => ({
      read: async () => await Promise.reject(new Error('no way there')),
      write: async () => await Promise.reject(new Error('no way there')),
    })
    const { outputs, lines } = await push(image, { inputs: { cache: 'toolkit:ddn' }, openHints })
    expect(outputs.result).toBe('pushed')
    expect(lines.filter((line) => line.startsWith('cache: '))).toHaveLength(1)
  })

  it('stops the other layers where one fails', async () => {
    const { registry, push } = await start()
    // Small layers are sent side by side.
    const tars = Array.from({ length: 40 }, (_, at) => makeTar([{ name: 'file', content: `${at}` }]))
    const settings = { references: ['app:v1'], architecture: 'amd64', settings: {} }
    const packed = { layers: tars.map((tar) => gzipSync(tar)), diffIds: tars.map(digestOf) }
    const archive = makeArchive({ ...settings, ...packed }, 'legacy')
    const silent = registry.fail({ operation: 'send', trouble: { kind: 'silence' } })
    const refused = registry.fail({ operation: 'send', trouble: { kind: 'status', status: 400 } })
    await expect(push(archive, { inputs: { concurrency: '2' } })).rejects.toThrow(/^PATCH .*: 400$/)
    expect([silent.fired, refused.fired]).toEqual([1, 1])
    while (registry.sessions.size > 0) await setImmediate()
    expect(tagsOf(registry)).toEqual({})
  })

  it('says so where another push moves the tag meanwhile', async () => {
    const { registry, push } = await start()
    const fault = registry.fail({
      method: 'GET',
      path: /manifests\/v1$/,
      times: 9,
      trouble: { kind: 'status', status: 200, body: 'another' },
    })
    await expect(push(image)).rejects.toThrow(
      /^tag v1: expected sha256:\w+ after the push, got sha256:\w+; did another push move it$/,
    )
    expect(fault.fired).toBe(5)
  })

  it.each([
    ['nothing', { kind: 'status', status: 404 } as const],
    ['another image', { kind: 'status', status: 200, body: 'another' } as const],
  ])('is right where the registry shows %s under the tag for a moment', async (_, trouble) => {
    const { registry, push } = await start()
    const fault = registry.fail({ method: 'GET', path: /manifests\/v1$/, times: 2, trouble })
    expect((await push(image)).outputs.result).toBe('pushed')
    expect(fault.fired).toBe(2)
  })

  it('goes on after each failure that passes', async () => {
    const { registry, push } = await start()
    const troubles = [
      registry.fail({ operation: 'send', trouble: { kind: 'reset', afterBytes: 100_000 } }),
      registry.fail({ operation: 'commit', trouble: { kind: 'lose-answer' } }),
      registry.fail({ operation: 'manifest', method: 'PUT', trouble: { kind: 'status', status: 503 } }),
      registry.fail({ operation: 'blob', method: 'HEAD', trouble: { kind: 'status', status: 429 } }),
    ]
    const noise = randomBytes(150_000).toString('base64')
    expect((await push(makeImageArchive([noise]))).outputs.result).toBe('pushed')
    expect(troubles.map(({ fired }) => fired)).toEqual([1, 1, 1, 1])
    const { blobs, diffIds } = readPushed(registry, 'v1')
    expect(diffIdsOf(blobs, gunzipSync)).toEqual(diffIds)
  })
})

it('moves a tag that the registry holds back from readers', async () => {
  const { registry, push } = await start()
  await push(image)
  const [trouble, path] = [{ kind: 'status', status: 412 } as const, /manifests\/v1$/]
  const faults = ['HEAD', 'GET'].map((method) => registry.fail({ method, path, times: 9, trouble }))
  const { outputs, lines } = await push(changed)
  expect([outputs.result, tagsOf(registry).v1]).toEqual(['pushed', outputs.digest])
  expect(lines.join('\n')).toContain('tag v1 is moved, but the registry holds it back from readers: GET ')
  expect(faults.every(({ fired }) => fired > 0)).toBe(true)
})

describe('a login', () => {
  it('is asked for the right to push from the start, by a dry run only for that to read', async () => {
    const { registry, push } = await start({ access: { kind: 'bearer', login } })
    const scopesOf = () =>
      registry.requests.flatMap(({ operation, query }) =>
        operation === 'token' ? [new URLSearchParams(query).getAll('scope')] : [],
      )
    await push(image, { inputs: { ...login, 'dry-run': 'true' } })
    expect(scopesOf()).toEqual([['repository:team/app:pull']])
    await push(image, { inputs: login })
    expect(scopesOf().slice(1)).toEqual([['repository:team/app:pull,push']])
  })

  const accesses = [{ kind: 'basic', ...login } as const, { kind: 'bearer', login } as const]

  it.each(accesses)('is what the registry asks for: $kind', async (access) => {
    const { push } = await start({ access })
    const { outputs, secrets, lines } = await push(image, { inputs: login })
    expect(outputs.result).toBe('pushed')
    expect(secrets).toContain('secret')
    expect(lines.join('\n')).not.toContain('secret')
  })

  it.each(accesses)('that is wrong is one sentence: $kind', async (access) => {
    const { push } = await start({ access })
    const wrong = push(image, { inputs: { ...login, password: 'wrong' } })
    await expect(wrong).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/: 401.*; check username and password, and what they may do$/),
    })
  })
})
