import type { Archive } from '../../../lib/archive/archive.ts'
import type { Archived } from '../../../lib/image/archived-image.ts'
import type { RegistryRepository } from '../../../lib/registry/repository.ts'
import type { PushContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import type { BlobMemory } from '../observe/blob-memory.ts'
import { countSent, type Plan } from '../plan.ts'
import { applyPush, type PushResult } from './apply-push.ts'
import { makeCompressors } from './compressors.ts'
import type { PushRecord } from './record.ts'

/** What a plan is applied with. */
export type Parts = {
  archive: Archive
  inputs: Inputs
  context: PushContext
  record: PushRecord
  memory: BlobMemory
}

/** Applies a plan with the threads that it needs; they end with it. */
export async function pushPlan(
  plan: Plan,
  archived: Archived,
  repository: RegistryRepository,
  { archive, inputs, context, record, memory }: Parts,
): Promise<PushResult> {
  const compressors = makeCompressors(countSent(plan), inputs, context)
  const retrying = { ...context, retries: inputs.retries }
  const sender = { archive, repository, startPool: compressors.start, retrying }
  const { concurrency, reuse } = inputs
  const tools = { ...context, sender, concurrency, verifiesReused: reuse === 'verify', record, memory }
  try {
    return await applyPush(plan, archived, tools)
  } finally {
    await compressors.close()
  }
}
