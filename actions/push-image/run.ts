import type { Archived } from '../../lib/image/archived-image.ts'
import { readImages } from '../../lib/image/read-image.ts'
import type { Outcome } from '../../lib/outcome.ts'
import { type Parts, pushPlan } from './apply/push-plan.ts'
import { startRecord } from './apply/record.ts'
import { adviseOnRegistryError } from './apply/registry-error-advice.ts'
import { scanImage } from './apply/scan.ts'
import type { PushContext } from './context.ts'
import { readInputs } from './inputs.ts'
import { openSource } from './observe/archive-source.ts'
import { chooseFolder, openBlobMemory } from './observe/blob-memory.ts'
import { connect } from './observe/connect.ts'
import { emptyState, observe } from './observe/state.ts'
import { isReached, planPush, refuseMoves } from './plan.ts'
import { describePush } from './report/known.ts'
import { renderPlan, reportPlanned, reportPush } from './report/report.ts'
import { addEarlier, combineOutcomes } from './report/several.ts'
import { assignTags, ownTags, type WantedTag } from './tags.ts'

/** Pushes the image of an archive, or several: reads, compares with the repository, sends what is missing, moves the tags. */
export async function run(context: PushContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs, context.log.mask)
  const archive = await openSource(inputs.archive, context)
  // Where one layer fails, the others stop too.
  const end = new AbortController()
  const signal = AbortSignal.any([context.signal, end.signal])
  try {
    const images = await readImages(archive, inputs.images)
    // Names from outside are parsed before the first request.
    const tags = assignTags(inputs.tags, images)
    for (const warning of images.flatMap(({ warnings }) => warnings)) context.log.warning(warning)
    const outcomes: Outcome[] = []
    for (const [at, archived] of images.entries()) {
      const remember: PushContext['remember'] = (describe) =>
        context.remember(() => addEarlier(describe(), outcomes))
      const parts = { archive, inputs, context: { ...context, signal, remember } }
      outcomes.push(await push(archived, tags[at] ?? [], parts))
    }
    return combineOutcomes(outcomes)
  } catch (error) {
    throw adviseOnRegistryError(error, inputs.destination)
  } finally {
    end.abort()
    await archive.close()
  }
}

async function push(
  archived: Archived,
  wanted: readonly WantedTag[],
  { archive, inputs, context }: Omit<Parts, 'record' | 'memory'>,
): Promise<Outcome> {
  const { uri, target, open, ecr } = await connect(inputs, context)
  const tags = ownTags(wanted, uri)
  const memory = openBlobMemory(chooseFolder(inputs, context), inputs.compression, context.log)
  const state = target
    ? await observe(archived, target, tags, inputs, { log: context.log, memory })
    : emptyState
  const plan = planPush(archived, state, tags, inputs.compression)
  if (target) refuseMoves(plan, state, target)
  const steps = renderPlan(plan, { makesRepository: target === undefined })
  for (const line of steps) context.log.info(line)
  if (inputs.dryRun) return reportPlanned(steps)
  const record = startRecord()
  context.remember(() => describePush(plan, record, { uri, tags }))
  const opened = await open()
  record.created = target === undefined
  const pushed = await pushPlan(plan, archived, opened.repository, {
    archive,
    inputs,
    context,
    record,
    memory,
  })
  const scanned = await scanImage(ecr, pushed.digest, inputs, context)
  // Alone on the last line, for scripts that read the log.
  context.log.info(pushed.digest)
  return reportPush({ unchanged: isReached(plan), pushed, uri: opened.uri, tags, ...scanned })
}
