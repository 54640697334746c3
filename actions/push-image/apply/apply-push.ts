import type { ActionContext } from '../../../lib/action.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { Archived } from '../../../lib/image/archived-image.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import { renderBytes } from '../../../lib/markdown.ts'
import type { Blob, ManifestBytes } from '../../../lib/oci/manifest.ts'
import { listReferrer, subjectOf } from '../../../lib/registry/referrers-tag.ts'
import type { RegistryRepository } from '../../../lib/registry/repository.ts'
import { keyOf } from '../../../lib/registry/reuse.ts'
import { type Sender, sendLayer, verifyLayer } from '../../../lib/registry/send-layer.ts'
import type { Clock } from '../../../lib/wait.ts'
import type { BlobMemory } from '../observe/blob-memory.ts'
import { type BlobStep, type Plan, renderImage } from '../plan.ts'
import { confirmTag } from './confirm-tag.ts'
import { type Progress, startProgress } from './progress.ts'
import type { LayerResult, PushRecord } from './record.ts'

/** What a push left in the repository. */
export type PushResult = {
  digest: string
  /** The bytes of what the digest names. */
  manifest: Buffer
  layers: LayerResult[]
  configBytes: { sent: number; reused: number }
  /** From the start of the first layer to the end of the last; 0 where none was sent. */
  sentSeconds: number
}

/** What a push is done with. */
export type PushTools = Pick<ActionContext, 'log' | 'signal'> & {
  clock: Clock
  sender: Omit<Sender, 'countRead'>
  /** Layers on their way at a time. */
  concurrency: number
  /** Reads reused layers too, and compares them with their diffIDs. */
  verifiesReused: boolean
  /** Where each layer and tag is written down as soon as it is done. */
  record: PushRecord
  /** When the repository was looked at, in milliseconds since the epoch. */
  observedAt: number
  /** What layers become, for a push that is interrupted. */
  memory: Pick<BlobMemory, 'remember'>
}

/** Sends what the plan lists, and moves the tags last: an interrupted push leaves them where they were. */
export async function applyPush(plan: Plan, archived: Archived, tools: PushTools): Promise<PushResult> {
  const { clock, observedAt, sender } = tools
  const { repository } = sender
  const [{ layers, sentSeconds }] = await Promise.all([
    applyLayers(plan.blobs, tools),
    plan.config && archived.kind === 'image' && repository.putBlob(plan.config, archived.configDigest),
  ])
  const manifest = plan.manifest ?? renderPushed(plan, archived, layers)
  const isLong = clock.now() - observedAt >= recentMs
  if (isLong && plan.tags.length + plan.members.length > 0) await confirm(repository, plan, archived, layers)
  for (const { reference, manifest: member } of plan.members) await putListed(reference, member, tools)
  for (const tag of plan.tags) await moveTag(tag, manifest, tools)
  return {
    ...{ digest: manifest.digest, manifest: manifest.bytes, layers, sentSeconds },
    configBytes: countConfig(plan, archived),
  }
}

async function applyLayers(
  steps: readonly BlobStep[],
  tools: PushTools,
): Promise<Pick<PushResult, 'layers' | 'sentSeconds'>> {
  const { sender, concurrency, signal, verifiesReused, clock } = tools
  const start = clock.now()
  const { archive } = sender
  const read = steps.filter(({ kind }) => kind === 'send' || verifiesReused)
  const readBytes = read.reduce((sum, { layer }) => sum + layer.sizeBytes, 0)
  const progress = startProgress(readBytes, tools)
  // The largest first, so that none is left alone at the end; of a stream, in the order in which they come.
  const order = archive.sequential
    ? ({ layer }: BlobStep) => archive.find(layer.entry).offset
    : ({ layer }: BlobStep) => -layer.sizeBytes
  const work = makeLayerWork({ ...tools, sender: { ...sender, countRead: progress.count } }, progress)
  try {
    const lanes = { concurrency: archive.sequential ? 1 : concurrency, order, signal }
    const layers = await mapConcurrently(steps, lanes, work)
    const isSent = layers.some(({ kind }) => kind === 'send')
    return { layers, sentSeconds: isSent ? (clock.now() - start) / 1000 : 0 }
  } finally {
    progress.stop()
  }
}

function makeLayerWork(tools: Omit<PushTools, 'sender'> & { sender: Sender }, { expect }: Progress) {
  const { clock, log, sender, verifiesReused, record, memory } = tools
  const sent = new Map<string, Promise<Blob>>()
  return async (step: BlobStep): Promise<LayerResult> => {
    const { layer } = step
    const start = clock.now()
    const finish = (kind: BlobStep['kind'], blob: Blob): LayerResult => {
      const result = { layer, blob, kind, seconds: (clock.now() - start) / 1000 }
      record.layers.push(result)
      return result
    }
    if (step.kind !== 'send' && verifiesReused) await verifyLayer(layer, sender)
    if (step.kind === 'reuse') return finish('reuse', step.blob)
    if (step.kind === 'mount' && (await sender.repository.mount(step.blob.digest, step.from)))
      return finish('mount', step.blob)
    // An image may hold the same layer twice: the empty one, for instance. One blob with two diffIDs is not the same.
    const compression = step.kind === 'send' ? step.compression : step.blob.compression
    const key = `${layer.diffId} ${keyOf(layer, compression)}`
    const twin = sent.get(key)
    if (twin) return finish('reuse', await twin)
    if (step.kind === 'mount') expect(layer.sizeBytes)
    const sending = sendLayer(layer, compression, sender)
    sent.set(key, sending)
    const result = finish('send', await sending)
    await memory.remember(layer, result.blob)
    log.info(`sent ${result.blob.digest}: ${renderBytes(result.blob.size)} in ${result.seconds.toFixed(1)} s`)
    return result
  }
}

async function putListed(
  reference: string,
  manifest: ManifestBytes,
  { log, signal, sender: { repository } }: PushTools,
): Promise<void> {
  const isListed = await repository.putManifest(reference, manifest.mediaType, manifest.bytes)
  const subject = subjectOf(manifest.bytes)
  if (!subject || isListed) return
  await listReferrer(repository, subject, manifest).catch((error: unknown) => {
    signal.throwIfAborted()
    log.warning(`${manifest.digest} is pushed, but the registry does not list it: ${messageOf(error)}`)
  })
}

function renderPushed({ family }: Plan, archived: Archived, layers: readonly LayerResult[]): ManifestBytes {
  if (archived.kind === 'tree') return archived.root
  return renderImage(
    archived,
    family,
    layers.map(({ blob }) => blob),
  )
}

// What the repository was seen to have so short a time ago, it still has.
const recentMs = 10_000
const confirmsAtATime = 8

// What was there when a long push began may have been deleted since, and not every registry looks for it.
async function confirm(
  repository: RegistryRepository,
  { config }: Plan,
  archived: Archived,
  layers: readonly LayerResult[],
): Promise<void> {
  const digests = new Set(layers.filter(({ kind }) => kind !== 'send').map(({ blob }) => blob.digest))
  if (archived.kind === 'image' && !config) digests.add(archived.configDigest)
  await mapConcurrently([...digests], { concurrency: confirmsAtATime }, async (digest) => {
    if (await repository.hasBlob(digest)) return
    throw new Error(`${digest}: the repository lost this blob during the push; run the action again`)
  })
}

async function moveTag(tag: string, manifest: ManifestBytes, tools: PushTools): Promise<void> {
  const { log, signal, record } = tools
  signal.throwIfAborted()
  await putListed(tag, manifest, tools)
  record.digest = manifest.digest
  record.tags.push(tag)
  await confirmTag(tag, manifest.digest, tools)
  log.info(`tag ${tag} names ${manifest.digest}`)
}

function countConfig({ config }: Plan, archived: Archived): { sent: number; reused: number } {
  const size = archived.kind === 'image' ? archived.config.length : 0
  return config ? { sent: size, reused: 0 } : { sent: 0, reused: size }
}
