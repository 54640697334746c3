import type { Archive } from '../../lib/archive/archive.ts'
import type { Archived } from '../../lib/image/archived-image.ts'
import { readImage } from '../../lib/image/read-image.ts'
import type { Outcome } from '../../lib/outcome.ts'
import { applyPush, type PushResult } from './apply/apply-push.ts'
import { makeCompressors } from './apply/compressors.ts'
import { type PushRecord, startRecord } from './apply/record.ts'
import { adviseOnRegistryError } from './apply/registry-error-advice.ts'
import { scanImage } from './apply/scan.ts'
import type { PushContext } from './context.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { openSource } from './observe/archive-source.ts'
import { connect } from './observe/connect.ts'
import type { PushTarget } from './observe/push-target.ts'
import { emptyState, observe } from './observe/state.ts'
import { countSent, isReached, type Plan, planPush, refuseMoves } from './plan.ts'
import { describePush } from './report/known.ts'
import { renderPlan, reportPlanned, reportPush } from './report/report.ts'
import { chooseTags, ownTags } from './tags.ts'

type Parts = { archive: Archive; inputs: Inputs; context: PushContext; record: PushRecord }

/** Pushes the image of an archive: reads, compares with the repository, sends what is missing, moves the tags. */
export async function run(context: PushContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs, context.log.mask)
  const archive = await openSource(inputs.archive, context)
  // Where one layer fails, the others stop too.
  const end = new AbortController()
  const signal = AbortSignal.any([context.signal, end.signal])
  try {
    const archived = await readImage(archive, inputs.image)
    return await push(archived, { archive, inputs, context: { ...context, signal } })
  } catch (error) {
    throw adviseOnRegistryError(error, inputs.destination)
  } finally {
    end.abort()
    await archive.close()
  }
}

async function push(
  archived: Archived,
  { archive, inputs, context }: Omit<Parts, 'record'>,
): Promise<Outcome> {
  // Names from outside are parsed before the first request.
  const wanted = chooseTags(inputs.tags, archived.references)
  const { uri, target, open, ecr } = await connect(inputs, context)
  const tags = ownTags(wanted, uri)
  const state = target ? await observe(archived, target, tags, inputs) : emptyState
  const plan = planPush(archived, state, tags, inputs.compression)
  if (target) refuseMoves(plan, state, target)
  const steps = renderPlan(plan, { makesRepository: target === undefined })
  for (const line of steps) context.log.info(line)
  if (inputs.dryRun) return reportPlanned(steps)
  const record = startRecord()
  context.remember(() => describePush(plan, record, { uri, tags }))
  const opened = await open()
  record.created = target === undefined
  const pushed = await send(plan, archived, opened, { archive, inputs, context, record })
  const scanned = await scanImage(ecr, pushed.digest, inputs, context)
  return reportPush({ unchanged: isReached(plan), pushed, uri: opened.uri, tags, ...scanned })
}

async function send(
  plan: Plan,
  archived: Archived,
  { repository }: PushTarget,
  { archive, inputs, context, record }: Parts,
): Promise<PushResult> {
  const compressors = makeCompressors(countSent(plan), inputs, context)
  const retrying = { ...context, retries: inputs.retries }
  const sender = { archive, repository, startPool: compressors.start, retrying }
  const { concurrency, reuse } = inputs
  const tools = { ...context, sender, concurrency, verifiesReused: reuse === 'verify', record }
  try {
    return await applyPush(plan, archived, tools)
  } finally {
    await compressors.close()
  }
}
