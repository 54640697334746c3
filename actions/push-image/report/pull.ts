import { renderBytes, renderSeconds } from '../../../lib/markdown.ts'
import { parseManifest } from '../../../lib/oci/manifest.ts'
import { type Compression, compressionOf } from '../../../lib/oci/media-type.ts'
import type { LayerResult } from '../apply/record.ts'

/** What a host waits for that has no layer of an image yet. */
export type PullEstimate = {
  bytes: number
  seconds: number
  /** Of these, those after the last byte has arrived. */
  unpackSeconds: number
}

type PulledLayer = { digest: string; bytes: number; contentBytes: number; bytesPerSecond: number }

const networkBytesPerSecond = 1e9 / 8

// Of content, by one thread, files included: measured with `npm run bench -- pull`. No gp3 volume writes faster than 500.
const unpackBytesPerSecond: Record<Compression, number> = { gzip: 140e6, zstd: 280e6, none: 500e6 }

// Where nothing tells what a compressed layer unpacks to.
const usualRatio = 2

const leastRatio = 1.05

/** Estimates the pull of an image; `undefined` for an index, of which a host pulls a part. */
export function estimatePull(
  manifest: Buffer,
  pushed: readonly LayerResult[],
): { estimate: PullEstimate; warning: string | undefined } | undefined {
  const layers = readLayers(manifest, pushed)
  if (!layers) return undefined
  const estimate = timePull(layers)
  return { estimate, warning: warnOfLargest(layers, estimate) }
}

function readLayers(manifest: Buffer, pushed: readonly LayerResult[]): PulledLayer[] | undefined {
  const unpacked = new Map(
    pushed.flatMap(({ layer, blob }) =>
      layer.compression === 'none' ? [[blob.digest, layer.sizeBytes] as const] : [],
    ),
  )
  return parseManifest(manifest)?.layers.map(({ mediaType, digest, size }) => {
    const compression = compressionOf(mediaType) ?? 'none'
    const usual = compression === 'none' ? size : size * usualRatio
    const contentBytes = unpacked.get(digest) ?? usual
    // Weights are hardly compressed, and so hardly decompressed.
    const kind = contentBytes < leastRatio * size ? 'none' : compression
    return { digest, bytes: size, contentBytes, bytesPerSecond: unpackBytesPerSecond[kind] }
  })
}

// Engines fetch layers at the same time, and unpack one after the other, each when all of it is there:
// https://github.com/moby/moby/issues/21814
function timePull(layers: readonly PulledLayer[]): PullEstimate {
  let bytes = 0
  let unpackedAt = 0
  for (const layer of layers) {
    bytes += layer.bytes
    const start = Math.max(unpackedAt, bytes / networkBytesPerSecond)
    unpackedAt = start + layer.contentBytes / layer.bytesPerSecond
  }
  return { bytes, seconds: unpackedAt, unpackSeconds: unpackedAt - bytes / networkBytesPerSecond }
}

const leastWarnedBytes = 1024 ** 3
const parts = 4

function warnOfLargest(layers: readonly PulledLayer[], { bytes, seconds }: PullEstimate): string | undefined {
  const largest = layers.find((layer) => layer.bytes > bytes / 2)
  if (!largest || largest.bytes < leastWarnedBytes) return undefined
  const part = { ...largest, bytes: largest.bytes / parts, contentBytes: largest.contentBytes / parts }
  const split = timePull(
    layers.flatMap((layer) => (layer === largest ? Array.from({ length: parts }, () => part) : [layer])),
  )
  return `image: layer ${largest.digest} holds ${renderBytes(largest.bytes)} of ${renderBytes(bytes)}, and a host unpacks it only when all of it is there; in ${parts} layers, a pull would take about ${renderSeconds(split.seconds)}, not ${renderSeconds(seconds)}`
}

/** Renders an estimate as a line of the log. */
export const renderPull = ({ bytes, seconds, unpackSeconds }: PullEstimate): string =>
  `a fresh host pulls ${renderBytes(bytes)}; about ${renderSeconds(seconds)} at 1 Gbit/s, of which unpack ${renderSeconds(unpackSeconds)}`
