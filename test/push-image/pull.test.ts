import { describe, expect, it } from 'vitest'
import type { LayerResult } from '../../actions/push-image/apply/record.ts'
import { estimatePull, renderPull } from '../../actions/push-image/report/pull.ts'
import { type Blob, renderManifest } from '../../lib/oci/manifest.ts'
import type { Compression } from '../../lib/oci/media-type.ts'

const gigabyte = 1e9
const digestOf = (at: number) => `sha256:${String(at).repeat(64)}`
const blobs = (sizes: readonly number[], compression: Compression): Blob[] =>
  sizes.map((size, at) => ({ digest: digestOf(at), size, compression }))
const manifestOf = (layers: readonly Blob[]) =>
  renderManifest('oci', { digest: digestOf(9), size: 1 }, layers).bytes
const sent = (blob: Blob, sizeBytes: number): LayerResult => ({
  layer: { entry: '', diffId: '', sizeBytes, compression: 'none' },
  ...{ blob, kind: 'send', seconds: 1 },
})

describe('the pull of an image', () => {
  it('takes what the network takes, and what is unpacked after the last byte', () => {
    const layers = blobs([gigabyte, gigabyte], 'zstd')
    const pushed = layers.map((blob) => sent(blob, 1.4 * gigabyte))
    const { estimate } = estimatePull(manifestOf(layers), pushed)!
    // 16 s for the bytes; the second layer is unpacked after that, at 280 MB/s.
    expect(estimate).toEqual({ bytes: 2 * gigabyte, seconds: 21, unpackSeconds: 5 })
    expect(renderPull(estimate)).toBe(
      'a fresh host pulls 1.9 GiB; about 21.0 s at 1 Gbit/s, of which unpack 5.0 s',
    )
  })

  it('waits for the layers before, where unpacking takes longer than fetching', () => {
    const layers = blobs([gigabyte, gigabyte / 8], 'gzip')
    const { estimate } = estimatePull(manifestOf(layers), [sent(layers[0]!, 4.2 * gigabyte)])!
    // 8 s, then 4.2 GB at 140 MB/s, then what a layer that nobody measured usually unpacks to.
    expect(estimate.seconds).toBeCloseTo(8 + 30 + 0.25 / 0.14)
    // Weights that did not become smaller are only written.
    const weights = estimatePull(manifestOf(layers.slice(0, 1)), [sent(layers[0]!, gigabyte)])!
    expect(weights.estimate.seconds).toBeCloseTo(8 + 2)
  })

  it('is slower where one layer holds most of the bytes, with a figure', () => {
    const layers = blobs([gigabyte / 4, 4 * gigabyte], 'gzip')
    const { warning } = estimatePull(manifestOf(layers), [])!
    expect(warning).toBe(
      `image: layer ${digestOf(1)} holds 3.7 GiB of 4.0 GiB, and a host unpacks it only when all of it is there; in 4 layers, a pull would take about 1 min 7 s, not 1 min 31 s`,
    )
    for (const sizes of [[gigabyte / 2], [gigabyte, gigabyte], []])
      expect(estimatePull(manifestOf(blobs(sizes, 'gzip')), [])?.warning).toBeUndefined()
  })

  it('is not known of an index', () => {
    expect(estimatePull(Buffer.from('{"manifests":[]}'), [])).toBeUndefined()
  })
})
