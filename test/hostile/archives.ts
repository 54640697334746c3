import { gzipSync } from 'node:zlib'
import { digestOf } from '../../lib/oci/digest.ts'
import { makeTar } from '../../scripts/example-image/tar.ts'
import { type FixtureDescriptor, Layout } from '../fixtures/layout.ts'
import { makeHeader, makePax, makeRawTar } from '../fixtures/tar.ts'

/** An archive that is made to hurt, and what is said of it. */
export type HostileArchive = { make(): Buffer; sentence: RegExp }

const mebibyte = 1024 ** 2
const saved = (manifest: string | Buffer, ...more: { name: string; content: string | Buffer }[]) =>
  makeTar([...more, { name: 'manifest.json', content: manifest }])

// Each index names the one below as often as it can: 2 to the power of the levels are the ways through it.
function makeNested(levels: number, width: number): Buffer {
  const layout = new Layout()
  let below: FixtureDescriptor = layout.image(['one'])
  for (let level = 0; level < levels; level++) {
    const { platform: _, ...plain } = below
    below = layout.index(Array.from({ length: width }, (_entry, at) => ({ ...plain, annotations: { at } })))
  }
  return layout.finish(['v1', below]).toTar()
}

const config = (diffId: string) => JSON.stringify({ rootfs: { diff_ids: [diffId] } })
const one = [{ Config: 'c.json', Layers: ['l.tar'], RepoTags: ['app:v1'] }]

function makeChain(length: number): Buffer {
  const links = Array.from({ length }, (_, at) => ({ name: `l${at}`, linkName: `l${at + 1}`, type: '2' }))
  const image = { Config: 'c.json', Layers: ['l0'] }
  return makeRawTar([
    ...links,
    { name: 'c.json', content: config(digestOf(Buffer.from(''))) },
    { name: 'manifest.json', content: JSON.stringify([image]) },
  ])
}

// 16 MiB of records that nobody reads, before each of three entries.
function makeRecords(): Buffer {
  const pairs = Array.from({ length: 20_000 }, (_, at) => [`key.${at}`, 'x'.repeat(20)])
  const header = { name: 'pax', type: 'g', content: makePax(Object.fromEntries(pairs)) }
  return makeRawTar([...Array.from({ length: 24 }, () => header), { name: 'a' }])
}

const claims = (name: string, sizeBytes: number) =>
  gzipSync(Buffer.concat([makeHeader({ name, sizeBytes }), Buffer.alloc(64 * mebibyte)]))

/** Archives that are refused, each under the name of what is wrong with it. */
export const hostileArchives: Record<string, HostileArchive> = {
  'indexes within indexes': {
    make: () => makeNested(16, 2),
    sentence: /expected indexes within indexes up to 8 deep, got more/,
  },
  'a manifest.json of a million images': {
    make: () => saved(`[${'{},'.repeat(1_300_000)}{}]`),
    sentence: /manifest\.json: expected JSON of at most 200000 lists and maps, got 1300002/,
  },
  'lists within lists': {
    make: () => saved('['.repeat(2_000_000) + ']'.repeat(2_000_000)),
    sentence: /manifest\.json: expected JSON of at most 200000 lists and maps, got 2000000/,
  },
  'a manifest.json of 5 MiB': {
    make: () => saved(Buffer.alloc(5 * mebibyte, ' ')),
    sentence: /manifest\.json: expected JSON of at most 4194304 bytes, got 5242880/,
  },
  'a thousand images of one large config': {
    make: () => {
      const image = JSON.stringify({ Config: 'c.json', Layers: [] })
      return saved(`[${Array(1000).fill(image).join(',')}]`, {
        name: 'c.json',
        content: `{"rootfs":{"diff_ids":[]},"x":"${'x'.repeat(2 * mebibyte)}"}`,
      })
    },
    sentence: /expected manifests and configs of at most 33554432 bytes in all, got more/,
  },
  'more layers than an image can have': {
    make: () => saved(JSON.stringify([{ Config: 'c.json', Layers: Array(20_000).fill('l.tar') }])),
    sentence: /manifest\.json: expected at most 10000 layers, got 20000/,
  },
  'tens of thousands of files': {
    make: () => gzipSync(Buffer.alloc(512 * 40_000, makeHeader({ name: 'a' }))),
    sentence: /expected at most 32768 entries, got more; is it the export of a container/,
  },
  'a chain of links': {
    make: () => makeChain(20_000),
    sentence: /"l0" is a link that leads through more than 40 others/,
  },
  'records that nobody reads': { make: makeRecords, sentence: /expected manifest\.json of docker save/ },
  'a name of a mebibyte': {
    make: () =>
      makeRawTar([
        { name: 'pax', type: 'x', content: makePax({ path: 'n'.repeat(mebibyte / 2) }) },
        { name: 'a' },
      ]),
    sentence: /expected names of at most 1024 bytes, got "n{200}…"$/,
  },
  'a sparse file': {
    make: () =>
      makeRawTar([
        { name: 'pax', type: 'x', content: makePax({ 'GNU.sparse.size': '99999999999' }) },
        { name: 'a' },
      ]),
    sentence: /is written as a sparse file, which is not supported/,
  },
  'an index.json of 8 GiB that is packed into a few bytes': {
    make: () => claims('index.json', 8 * 1024 * mebibyte),
    sentence: /index\.json: expected JSON of at most 4194304 bytes, got 8589934592/,
  },
  'an entry that ends before its size': {
    make: () => claims('layer.tar', 8 * 1024 * mebibyte),
    sentence: /"layer\.tar" ends at 8589935104, the file at 67109376; it is truncated/,
  },
  'a diffID that is a line of a log': {
    make: () =>
      saved(
        JSON.stringify(one),
        { name: 'c.json', content: config('sha256:x\n::set-output name=digest::evil') },
        { name: 'l.tar', content: 'x' },
      ),
    sentence: /c\.json: rootfs\.diff_ids\[0\]: expected a digest such as sha256: and 64 hex digits/,
  },
  'a tag of another repository': {
    make: () =>
      saved(
        JSON.stringify([{ ...one[0], RepoTags: ['app:../../../victim/prod/manifests/latest'] }]),
        { name: 'c.json', content: config(digestOf(Buffer.from('x'))) },
        { name: 'l.tar', content: 'x' },
      ),
    sentence:
      /expected an image name such as app:v1, got "app:\.\.\/\.\.\/\.\.\/victim\/prod\/manifests\/latest"/,
  },
}
