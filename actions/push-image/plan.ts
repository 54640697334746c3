import { digestOf } from '../../lib/registry/digest.ts'
import type { ArchivedImage, ArchivedLayer } from '../../lib/registry/image.ts'
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
export function planPush(image: ArchivedImage, state: State, tags: readonly string[]): Plan {
  const layers = image.layers.map((layer): LayerStep => {
    const blob = state.blobs.get(layer.diffId)
    return blob ? { kind: 'reuse', layer, blob } : { kind: 'send', layer }
  })
  const blobs = layers.flatMap((step) => (step.kind === 'reuse' ? [step.blob] : []))
  const config = { digest: image.configDigest, size: image.config.length }
  const digest = blobs.length === layers.length ? digestOf(renderManifest(config, blobs)) : undefined
  const stale = tags.filter((tag) => digest === undefined || state.tags.get(tag) !== digest)
  return { layers, sendConfig: !state.hasConfig, digest, tags: stale }
}

/** Tells whether a plan has nothing to do. */
export function isReached(plan: Plan): boolean {
  return plan.tags.length === 0 && !plan.sendConfig && plan.layers.every(({ kind }) => kind === 'reuse')
}
