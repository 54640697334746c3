import { reportUnfinished } from '../../../lib/ending.ts'
import { blocks, foldTable, md, renderList } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import { countKinds } from '../../../lib/quote.ts'
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

/** Reports until when services are kept awake, and for which that failed. */
export function reportKeptAwake(
  cluster: string,
  lines: readonly string[],
  failures: readonly string[],
): Outcome {
  const [first] = failures
  if (first !== undefined)
    return reportUnfinished('failed', failures.join('; '), { title: cluster, done: lines })
  return {
    outputs: { result: 'kept-awake' },
    summary: blocks(md`## ${cluster}: kept-awake`, renderList(lines)),
    report: { result: 'kept-awake', cluster, services: lines },
  }
}
