import type { Archive } from '../../../lib/archive/archive.ts'
import type { Archived } from '../../../lib/image/archived-image.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import type { PushResult } from '../apply/apply-push.ts'
import { type Parts, pushPlan } from '../apply/push-plan.ts'
import { startRecord } from '../apply/record.ts'
import { withAdvice } from '../apply/registry-error-advice.ts'
import { scanImage } from '../apply/scan.ts'
import type { PushContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import type { OpenBlobMemory } from '../observe/blob-memory.ts'
import { isReached } from '../plan.ts'
import { type EarlierPush, type PreparedPush, planMounts, preparePushes } from '../prepare.ts'
import { describePush } from '../report/known.ts'
import { estimatePull, renderPull } from '../report/pull.ts'
import { warnOfRepeated } from '../report/repeated.ts'
import { renderPlan, reportPlanned, reportPush } from '../report/report.ts'
import { addOthers, combineOutcomes } from '../report/several.ts'
import type { WantedTag } from '../tags.ts'

/** What an image is pushed with. */
type ImageParts = { archive: Archive; inputs: Inputs; context: PushContext; openMemory: OpenBlobMemory }

/** Pushes one image to each repository that its tags name. */
export async function pushImage(
  archived: Archived,
  wanted: readonly WantedTag[],
  { archive, inputs, context, openMemory }: ImageParts,
): Promise<Outcome> {
  const pushes = await preparePushes(archived, wanted, { inputs, context, openMemory })
  const steps = pushes.flatMap((push) => renderPush(push, pushes.length > 1))
  for (const line of steps) context.log.info(line)
  if (inputs.dryRun) return reportPlanned(steps)
  const outcomes: Outcome[] = []
  const earlier: EarlierPush[] = []
  for (const [at, push] of pushes.entries()) {
    const later = pushes.slice(at + 1).map(({ connection }) => `push to ${connection.uri}`)
    const remember: PushContext['remember'] = (describe) =>
      context.remember(() => addOthers(describe(), outcomes, later))
    const plan = planMounts(push, archived, earlier)
    const parts = { archive, context: { ...context, remember } }
    const { pushed, outcome } = await withAdvice(push.inputs, () =>
      pushTo({ ...push, plan }, archived, parts),
    )
    earlier.push({ uri: push.connection.uri, pushed })
    outcomes.push(outcome)
  }
  return combineOutcomes('repositories', outcomes)
}

function renderPush({ connection, plan }: PreparedPush, isOneOfSeveral: boolean): string[] {
  const steps = renderPlan(plan, { makesRepository: connection.target === undefined })
  return isOneOfSeveral ? [`push to ${connection.uri}`, ...steps] : steps
}

async function pushTo(
  { inputs, connection, tags, plan, memory, observedAt }: PreparedPush,
  archived: Archived,
  { archive, context }: Pick<Parts, 'archive' | 'context'>,
): Promise<{ pushed: PushResult; outcome: Outcome }> {
  const { uri, target, ecr } = connection
  const record = startRecord()
  context.remember(() => describePush(plan, record, { uri, tags }))
  const opened = await connection.open()
  record.created = target === undefined
  const parts = { archive, inputs, context, record, memory, observedAt }
  const pushed = await pushPlan(plan, archived, opened.repository, parts)
  const pull = estimatePull(pushed.manifest, pushed.layers)
  if (pull) context.log.info(renderPull(pull.estimate))
  for (const warning of [pull?.warning, warnOfRepeated(pushed)])
    if (warning !== undefined) context.log.warning(warning)
  const scanned = await scanImage(ecr, pushed.digest, inputs, context)
  // Alone on the last line, for scripts that read the log.
  context.log.info(pushed.digest)
  const outcome = reportPush({ unchanged: isReached(plan), pushed, uri: opened.uri, tags, ...scanned })
  return { pushed, outcome }
}
