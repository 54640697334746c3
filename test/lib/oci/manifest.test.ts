import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../lib/oci/digest.ts'
import { parseIndex, parseManifest, renderManifest } from '../../../lib/oci/manifest.ts'
import { dockerTypes, ociTypes } from '../../../lib/oci/media-type.ts'

const [config, first, second] = ['c', '1', '2'].map((each) => digestOf(Buffer.from(each)))
const part = { mediaType: 'a/b', digest: config, size: 3 }
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value))

describe('the manifest of an image', () => {
  it('names config and layers in order, with the types of one family', () => {
    const layers = [
      { digest: first ?? '', size: 1, compression: 'gzip' as const },
      { digest: second ?? '', size: 2, compression: 'none' as const },
    ]
    const { bytes, mediaType, digest } = renderManifest('docker', { digest: config ?? '', size: 3 }, layers)
    expect(bytes.toString()).toBe(
      `{"schemaVersion":2,"mediaType":"${dockerTypes.manifest}","config":{"mediaType":"${dockerTypes.config}","size":3,"digest":"${config}"},"layers":[{"mediaType":"${dockerTypes.layer.gzip}","size":1,"digest":"${first}"},{"mediaType":"${dockerTypes.layer.none}","size":2,"digest":"${second}"}]}`,
    )
    expect([mediaType, digest]).toEqual([dockerTypes.manifest, digestOf(bytes)])
    expect(parseManifest(bytes)).toEqual(JSON.parse(bytes.toString()))
    expect(parseIndex(bytes)).toEqual([])
  })

  it('has the types of OCI where that is asked for', () => {
    const layers = [{ digest: first ?? '', size: 1, compression: 'zstd' as const }]
    const { bytes, mediaType } = renderManifest('oci', { digest: config ?? '', size: 3 }, layers)
    expect(mediaType).toBe(ociTypes.manifest)
    expect(parseManifest(bytes)?.layers).toEqual([{ mediaType: ociTypes.layer.zstd, size: 1, digest: first }])
  })
})

describe('bytes that are no manifest', () => {
  it.each([
    ['no JSON', Buffer.from('{')],
    ['null', bytesOf(null)],
    ['an index', bytesOf({ manifests: [part] })],
    ['no config', bytesOf({ layers: [part] })],
    ['no layers', bytesOf({ config: part })],
    ['a layer without digest', bytesOf({ config: part, layers: [part, { ...part, digest: undefined }] })],
    ['a layer without size', bytesOf({ config: part, layers: [{ ...part, size: '3' }] })],
    ['a config without type', bytesOf({ config: { ...part, mediaType: 1 }, layers: [part] })],
  ])('are none: %s', (_, bytes) => {
    expect(parseManifest(bytes)).toBeUndefined()
  })
})

it.each([
  ['what it names', bytesOf({ manifests: [part, part] }), [part, part]],
  ['not what describes no blob', bytesOf({ manifests: [part, 1, null, { digest: 'x' }] }), [part]],
  ['nothing of another thing', bytesOf({ manifests: 'x' }), []],
  ['nothing of what is no JSON', Buffer.from('x'), []],
])('lists of an index %s', (_, bytes, parts) => {
  expect(parseIndex(bytes)).toEqual(parts)
})
