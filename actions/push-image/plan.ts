import { digestOf } from '../../lib/registry/digest.ts'
import {
  type ArchivedImage,
  type ArchivedIndex,
  type ArchivedLayer,
  type ArchivedManifest,
  isPinned,
} from '../../lib/registry/image.ts'
import { type Descriptor, renderManifest } from '../../lib/registry/manifest.ts'
import type { State } from './state.ts'

/** What is done with one layer: its blob is there already, or it is sent. */
export type LayerStep =
  | { kind: 'reuse'; layer: ArchivedLayer; blob: Descriptor }
  | { kind: 'send'; layer: ArchivedLayer }

/** What a push does. */
export type Plan = {
  layers: LayerStep[]
  sendConfig: boolean
  /** Digest of the manifest where all layers are there; undefined where blobs are yet to be made. */
  digest: string | undefined
  /** Tags that do not name this image yet. */
  tags: string[]
}

/** Plans a push; the plan of an image that is there, under all its tags, does nothing. */
export function planPush(image: ArchivedImage | ArchivedIndex, state: State, tags: readonly string[]): Plan {
  const archived = image.kind === 'index' ? image.blobs : image.layers
  const layers = archived.map((layer): LayerStep => {
    const archivedBlob = layer.descriptor && state.blobs.get(layer.descriptor.digest)
    const blob = archivedBlob ?? (isPinned(image) ? undefined : state.blobs.get(layer.diffId))
    return blob ? { kind: 'reuse', layer, blob } : { kind: 'send', layer }
  })
  const blobs = layers.flatMap((step) => (step.kind === 'reuse' ? [step.blob] : []))
  const digest = blobs.length === layers.length ? makeManifest(image, blobs).digest : undefined
  const stale = tags.filter((tag) => digest === undefined || state.tags.get(tag) !== digest)
  const sendConfig = image.kind === 'image' && !state.hasConfig
  return { layers, sendConfig, digest, tags: stale }
}

/** Gives what the tags will name: the archived manifest or index where it is kept, else a new one for the blobs. */
export function makeManifest(
  image: ArchivedImage | ArchivedIndex,
  blobs: readonly Descriptor[],
): ArchivedManifest {
  if (image.kind === 'index') return image.index
  if (image.manifest) return image.manifest
  const bytes = renderManifest({ digest: image.configDigest, size: image.config.length }, blobs)
  return { bytes, digest: digestOf(bytes), mediaType: String(JSON.parse(bytes.toString('utf8')).mediaType) }
}

/** Tells whether a plan has nothing to do. */
export function isReached(plan: Plan): boolean {
  return plan.tags.length === 0 && !plan.sendConfig && plan.layers.every(({ kind }) => kind === 'reuse')
}
