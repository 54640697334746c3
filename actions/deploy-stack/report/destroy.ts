import { type Known, reportUnfinished } from '../../../lib/ending.ts'
import { blocks, foldTable, type Markdown, md } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import { countKinds, listFirst } from '../../../lib/quote.ts'
import type { DestroyResult } from '../apply/destroy.ts'

/** What a destroy was, and is. */
export type Destruction = {
  stackNames: readonly string[]
  /** Those that have come to their end. */
  results: readonly DestroyResult[]
  /** Stack name to the status last seen, of what CloudFormation still works on. */
  operations: ReadonlyMap<string, string>
}

/** Reports a destroy. */
export function reportDestroyed(destruction: Destruction): Outcome {
  const { results } = destruction
  const stuck = results.find(isStuck)
  const known = describeDestruction(destruction)
  if (stuck) return reportUnfinished(stuck.kind, `${stuck.stackName}: ${stuck.cause}`, known)
  return {
    outputs: { ...known.outputs, result: 'destroyed' },
    summary: blocks(md`## Stacks: destroyed`, renderResults(results)),
    report: { result: 'destroyed', ...known.report },
  }
}

const isStuck = ({ kind }: DestroyResult) => kind !== 'destroyed' && kind !== 'absent'

/** Describes a destroy that may end at any time. */
export function describeDestruction({ stackNames, results, operations }: Destruction) {
  const gone = results.filter((result) => !isStuck(result))
  const left = stackNames.filter((name) => !gone.some(({ stackName }) => stackName === name))
  return {
    title: 'Stacks',
    outputs: { changes: String(results.filter(({ kind }) => kind === 'destroyed').length) },
    done: gone.map(({ stackName, kind }) => `${stackName}: ${kind}`),
    notDone: left.map((name) => `destroy ${name}`),
    goesOn: [...operations].map(([name, status]) => `${name} (${status})`),
    costs: [
      ...left.filter((name) => !operations.has(name)).map((name) => `what ${name} holds`),
      ...results.flatMap(({ kept }) => kept),
    ],
    details: renderResults(results),
    report: { stacks: results },
  } satisfies Known
}

function renderResults(results: readonly DestroyResult[]): Markdown {
  if (results.length === 0) return md``
  const resources = results.reduce((sum, each) => sum + each.resources, 0)
  const table = foldTable(
    'stacks',
    ['stack', 'result', 'resources', 'data deleted', 'kept', 'cause'],
    results.map(({ stackName, kind, resources, data, kept, cause }) => [
      stackName,
      kind,
      String(resources),
      listFirst(data),
      listFirst(kept),
      cause,
    ]),
    { right: ['resources'] },
  )
  const counts = countKinds(results.map(({ kind }) => kind))
  return blocks(md`**${counts}**; ${resources} resources deleted.`, table)
}
