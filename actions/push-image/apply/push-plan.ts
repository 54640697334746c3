import type { Archive } from '../../../lib/archive/archive.ts'
import { freeTurn, makeTurns } from '../../../lib/compression/turns.ts'
import type { Archived, ArchivedLayer } from '../../../lib/image/archived-image.ts'
import { type RepeatedFiles, watchLayers } from '../../../lib/image/repeated-files.ts'
import type { RegistryRepository } from '../../../lib/registry/repository.ts'
import type { PushContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import type { BlobMemory } from '../observe/blob-memory.ts'
import { countSent, type Plan } from '../plan.ts'
import { applyPush, type PushResult } from './apply-push.ts'
import { makeCompressors } from './compressors.ts'
import type { PushRecord } from './record.ts'

// Of what is sent: a layer of this size is no loss where the push is interrupted, and a wait for each of many would be.
const smallShare = 1 / 32

/** What a plan is applied with. */
export type Parts = {
  archive: Archive
  inputs: Inputs
  context: PushContext
  record: PushRecord
  memory: BlobMemory
  observedAt: number
}

/** Applies a plan with the threads that it needs; they end with it. */
export async function pushPlan(
  plan: Plan,
  archived: Archived,
  repository: RegistryRepository,
  { archive, inputs, context, record, memory, observedAt }: Parts,
): Promise<PushResult & { repeated: RepeatedFiles | undefined }> {
  const sentBytes = countSent(plan)
  const compressors = makeCompressors(sentBytes, inputs, context)
  const takeTurn = makeTurns(inputs.threads + 1)
  const retrying = { ...context, retries: inputs.retries }
  // The members of an index stand beside each other: there, no layer lies below another.
  const layers = archived.kind === 'image' ? watchLayers() : undefined
  const sender = {
    ...{ archive, repository, retrying, startPool: compressors.start, watch: layers?.watch },
    takeTurn: async ({ sizeBytes }: ArchivedLayer) =>
      sizeBytes > sentBytes * smallShare ? await takeTurn() : freeTurn,
  }
  const { concurrency, reuse } = inputs
  const verifiesReused = reuse === 'verify'
  const tools = { ...context, sender, concurrency, verifiesReused, record, memory, observedAt }
  try {
    const pushed = await applyPush(plan, archived, tools)
    return { ...pushed, repeated: layers?.findRepeated(pushed.layers.map(({ layer }) => layer.diffId)) }
  } finally {
    await compressors.close()
  }
}
