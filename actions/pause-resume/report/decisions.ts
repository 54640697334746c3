import { reportUnfinished } from '../../../lib/ending.ts'
import { blocks, foldTable, md, renderList } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import { countKinds } from '../../../lib/quote.ts'
import type { ServiceOutcome } from '../apply/pursuit.ts'
import type { Decision } from '../calendar/decide.ts'

// The first that a service has is the result.
const order: readonly string[] = ['kept-awake', 'skipped', 'already-paused', 'already-running']

/** Reports that nothing has to change for what the calendar says. */
export function reportDecisions(
  cluster: string,
  sentence: string,
  decisions: ReadonlyMap<string, Decision>,
): Outcome {
  const services = [...decisions].map(([service, decision]) => ({
    service,
    status: 'result' in decision ? decision.result : decision.operation,
    why: decision.why,
  }))
  const found: readonly string[] = services.map(({ status }) => status)
  const result = order.find((each) => found.includes(each)) ?? 'skipped'
  return {
    outputs: { result, state: JSON.stringify(services) },
    summary: blocks(
      md`## ${cluster}: ${result}`,
      md`**${countKinds(services.map(({ status }) => status))}**; ${sentence}.`,
      foldTable(
        'services',
        ['service', 'status', 'why'],
        services.map(({ service, status, why }) => [service, status, why]),
      ),
    ),
    report: { result, cluster, services },
  }
}

/** Reports until when services are kept awake, one line each, and those that could not be noted so. */
export function reportKeptAwake(
  cluster: string,
  lines: ReadonlyMap<string, string>,
  unnoted: ReadonlyMap<string, ServiceOutcome>,
): Outcome {
  const ends = [...unnoted.values()]
  if (ends.length > 0) {
    const result = ends.some(({ kind }) => kind === 'failed') ? 'failed' : 'refused'
    const listOf = (isDone: boolean) =>
      [...lines].flatMap(([service, line]) => (unnoted.has(service) === isDone ? [] : [line]))
    const known = { title: cluster, done: listOf(true), notDone: listOf(false) }
    return reportUnfinished(result, ends.map(({ cause }) => cause).join('; '), known)
  }
  const services = [...lines.values()]
  return {
    outputs: { result: 'kept-awake' },
    summary: blocks(md`## ${cluster}: kept-awake`, renderList(services)),
    report: { result: 'kept-awake', cluster, services },
  }
}
