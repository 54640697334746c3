import type { ActionContext } from '../../lib/action.ts'
import { UserError } from '../../lib/errors.ts'
import { renderBytes } from '../../lib/markdown.ts'
import type { Archive } from '../../lib/registry/archive.ts'
import { digestOf } from '../../lib/registry/digest.ts'
import type { ArchivedImage, ArchivedIndex } from '../../lib/registry/image.ts'
import type { Descriptor } from '../../lib/registry/manifest.ts'
import { pushLayer } from '../../lib/registry/push.ts'
import type { RegistryRepository } from '../../lib/registry/registry.ts'
import type { Clock } from '../../lib/wait.ts'
import { type LayerStep, makeManifest, type Plan } from './plan.ts'

/** What became of one layer. */
export type LayerResult = {
  layer: LayerStep['layer']
  blob: Descriptor
  kind: LayerStep['kind']
  seconds: number
}

/** What a push left in the repository. */
export type PushResult = {
  digest: string
  layers: LayerResult[]
  configBytes: { sent: number; reused: number }
}

type Tools = Pick<ActionContext, 'log' | 'signal'> & { clock: Clock }

/** Sends what the plan says, and moves the tags last: a push that is cut leaves them where they were. */
export async function applyPush(
  plan: Plan,
  image: ArchivedImage | ArchivedIndex,
  archive: Archive,
  repository: RegistryRepository,
  tools: Tools,
): Promise<PushResult> {
  const layers = await applyLayers(plan, archive, (step) => applyLayer(step, archive, repository, tools))
  if (plan.sendConfig && image.kind === 'image') await repository.putBlob(image.config)
  if (image.kind === 'index') await putMembers(plan, image, repository, tools.signal)
  const { bytes, mediaType, digest } = makeManifest(
    image,
    layers.map(({ blob }) => blob),
  )
  for (const tag of plan.tags) {
    tools.signal.throwIfAborted()
    await repository.putManifest(tag, mediaType, bytes)
    await verifyTag(repository, tag, digest)
    tools.log.info(`tag ${tag} names ${digest}`)
  }
  const size = image.kind === 'image' ? image.config.length : 0
  return {
    digest,
    layers,
    configBytes: plan.sendConfig ? { sent: size, reused: 0 } : { sent: 0, reused: size },
  }
}

// A sequential archive gives its layers one at a time, in its own order.
async function applyLayers(
  plan: Plan,
  { sequential, find }: Archive,
  work: (step: LayerStep) => Promise<LayerResult>,
): Promise<LayerResult[]> {
  if (!sequential) return await mapAtATime(2, plan.layers, work)
  const offsetOf = ({ layer }: LayerStep) => find(layer.entry).offset
  const done = new Map<LayerStep, LayerResult>()
  const inOrder = plan.layers.toSorted((a, b) => offsetOf(a) - offsetOf(b))
  for (const step of inOrder) done.set(step, await work(step))
  return plan.layers.flatMap((step) => done.get(step) ?? [])
}

// What an index names goes first, by digest.
async function putMembers(
  plan: Plan,
  { manifests }: ArchivedIndex,
  repository: RegistryRepository,
  signal: AbortSignal,
): Promise<void> {
  if (plan.tags.length === 0) return
  for (const { digest, mediaType, bytes } of manifests) {
    signal.throwIfAborted()
    await repository.putManifest(digest, mediaType, bytes)
  }
}

async function applyLayer(
  step: LayerStep,
  archive: Archive,
  repository: RegistryRepository,
  { clock, signal, log }: Tools,
): Promise<LayerResult> {
  const start = clock.now()
  const blob =
    step.kind === 'reuse' ? step.blob : await pushLayer(archive, step.layer, repository, { clock, signal })
  const seconds = (clock.now() - start) / 1000
  if (step.kind === 'send')
    log.info(`sent ${blob.digest}: ${renderBytes(blob.size)} in ${seconds.toFixed(1)} s`)
  return { layer: step.layer, blob, kind: step.kind, seconds }
}

async function verifyTag(repository: RegistryRepository, tag: string, digest: string): Promise<void> {
  const read = await repository.getManifest(tag)
  const got = read ? digestOf(read) : 'no manifest'
  if (got !== digest)
    throw new UserError(`tag ${tag}: expected ${digest} after the push, got ${got}; did another push move it`)
}

async function mapAtATime<T, R>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  const lane = async () => {
    for (const [at, item] of waiting) results[at] = await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return results
}
