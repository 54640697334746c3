import type { StackEvent } from '../../../lib/aws/stack-events.ts'
import { messageOf } from '../../../lib/errors.ts'
import { readInTime } from '../../../lib/read-in-time.ts'
import { type Diagnosis, diagnose } from '../../../lib/service/diagnosis/diagnosis.ts'
import { adviseResource } from '../../../lib/service/diagnosis/resource.ts'
import type { ApplyContext } from '../context.ts'
import { findCause, stackType } from './event.ts'

/** Why an operation failed: one sentence, the resource of the stack that it is about, and the table of a service. */
export type Failure = { cause: string; logicalId?: string; diagnosis?: Diagnosis }

const deepestStack = 5

/**
 * Explains why an operation failed, from its events: in a nested stack by the reason of the inner resource, for a
 * service by that of its tasks. `known` are diagnoses that were made while the service was there, by logical id; `since` is when
 * the operation began.
 */
export async function explainOperation(
  events: readonly StackEvent[],
  stackName: string,
  context: ApplyContext,
  known: ReadonlyMap<string, Diagnosis>,
  since = events[0]?.time ?? new Date(0),
  depth = 0,
): Promise<Failure | undefined> {
  const cause = findCause(events, stackName)
  if (!cause) return undefined
  const { logicalId, type, reason, status } = cause
  const label = `${logicalId} (${type})`
  // The event of a failure may lack the id that those before it have.
  const nested = events.findLast((each) => each.logicalId === logicalId && each.physicalId !== '')?.physicalId
  if (type === stackType && logicalId !== stackName && nested !== undefined && depth < deepestStack) {
    const inner = await explainNested(nested, since, context, depth)
    if (inner) return { ...inner, cause: `${logicalId}/${inner.cause}`, logicalId }
  }
  const diagnosis = known.get(logicalId) ?? (await diagnoseService(cause, events, context))
  if (diagnosis) return { cause: `${label}: ${diagnosis.sentence}`, logicalId, diagnosis }
  return { cause: `${label}: ${advise(reason) || status}`, logicalId }
}

/** Adds to a reason of AWS what to do, where that is known. */
export function advise(reason: string): string {
  const advice = adviseResource(reason)
  return advice === undefined ? reason : `${reason.replace(/[.\s]+$/, '')}; ${advice}`
}

async function explainNested(
  arn: string,
  since: Date,
  context: ApplyContext,
  depth: number,
): Promise<Failure | undefined> {
  const name = /:stack\/([^/]+)\//.exec(arn)?.[1] ?? arn
  try {
    const all = await context.cloudFormation.listEvents(arn, undefined)
    const own = all.filter(({ time }) => time >= since)
    return await explainOperation(own, name, context, new Map(), since, depth + 1)
  } catch (error) {
    context.log.info(`${name}: its events cannot be read: ${messageOf(error)}`)
    return undefined
  }
}

/**
 * Diagnoses a service whose resource failed, or is waited for; `undefined` for another resource, or where nothing can
 * be read. `events` are those of the operation.
 */
export async function diagnoseService(
  event: StackEvent,
  events: readonly StackEvent[],
  context: ApplyContext,
): Promise<Diagnosis | undefined> {
  const evidence = await readService(event, events, context)
  return evidence && diagnose(evidence)
}

// Each service has a clock of its own, and some tell whole seconds.
const skewMs = 10_000

/** Reads what AWS tells of the service of a resource since its operation began; see `diagnoseService`. */
export async function readService(
  { type, logicalId }: StackEvent,
  events: readonly StackEvent[],
  { serviceEvidence, log }: ApplyContext,
) {
  if (type !== 'AWS::ECS::Service') return undefined
  const own = events.filter((each) => each.logicalId === logicalId)
  const arn = own.findLast(({ physicalId }) => physicalId.includes(':service/'))?.physicalId
  const [, cluster = 'default', service] = /:service\/(?:([^/]+)\/)?([^/]+)$/.exec(arn ?? '') ?? []
  if (service === undefined) return undefined
  const since = new Date((own[0]?.time.getTime() ?? 0) - skewMs)
  const read = async () => await serviceEvidence.read(cluster, service, since)
  return await readInTime(read, { log, unread: `service ${service}: not diagnosed` })
}
