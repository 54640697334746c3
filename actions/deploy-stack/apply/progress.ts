import type { StackEvent } from '../../../lib/aws/stack-events.ts'
import { describeService } from '../../../lib/service/diagnosis/diagnosis.ts'
import type { Clock } from '../../../lib/wait.ts'
import type { ApplyContext } from '../context.ts'
import { listPending } from './event.ts'
import { readService } from './failure.ts'

const lineEveryMs = 30_000

/** Returns a function that returns how many seconds have passed, once every 30 s; else `undefined`. */
export function startProgress(clock: Clock): () => number | undefined {
  const begin = clock.now()
  let told = begin
  return () => {
    const now = clock.now()
    if (now - told < lineEveryMs) return undefined
    told = now
    return (now - begin) / 1000
  }
}

/** Says what an operation on a stack waits for: its resources, and for a service what its tasks and targets are at. */
export async function describeWait(
  stackName: string,
  events: readonly StackEvent[],
  context: ApplyContext,
): Promise<string> {
  const pending = listPending(events, stackName)
  const shown = pending.slice(0, 3).map(({ logicalId, type, status }) => `${logicalId} (${type}) ${status}`)
  const more = pending.length > shown.length ? [`${pending.length - shown.length} more`] : []
  const services = pending.filter(({ type }) => type === 'AWS::ECS::Service').slice(0, 2)
  const found = await Promise.all(services.map((each) => readService(each, events, context)))
  const told = found.flatMap((evidence) => (evidence ? [describeService(evidence)] : []))
  return [...shown, ...more, ...told].join('; ') || 'CloudFormation'
}
