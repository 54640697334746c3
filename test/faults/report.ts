import { code, renderTable } from '../../lib/markdown.ts'
import { nameCase } from './cases.ts'
import { badEndings, type Ending, endings } from './judge.ts'
import { type Fault, faults, meanings } from './proxy/fault.ts'
import type { Result } from './sweep.ts'

const meaningOf: Readonly<Record<Ending, string>> = {
  survived: 'The run succeeded and left the same state as a run without a fault.',
  recovered:
    'The run failed with one sentence that names what failed, with its outputs and its summary; the next run reached the same state. A killed run can say nothing: here only the next run counts.',
  unclear: 'The next run reached the same state, but the failure was not told as it should be.',
  doubled: 'Something was made or done twice.',
  lost: 'Something is missing, although the action said that it succeeded or was run again.',
  hung: 'The action did not end within its time-out (or 10 seconds after it was interrupted).',
  'not reached': 'The call was not made in this run, so that the fault could not happen.',
}

/** Renders the page of the results: tables by action and fault, and every case that is not as it should be. */
export function renderReport(results: readonly Result[], { minutes }: { minutes: number }): string {
  const actions = [...Map.groupBy(results, ({ action }) => action)].sort(([a], [b]) => a.localeCompare(b))
  return [
    '# Reliability',
    '',
    'This page is written by `npm run faults`.',
    '',
    `The actions run against the local AWS through a proxy that disturbs one call. ${results.length} cases ran in ${Math.round(minutes)} minutes: every operation that the actions call, with every fault that can happen to it. Writes are disturbed at every call; reads at the first call of an operation and at one in the middle.`,
    '',
    ...renderCounts('All actions', results),
    ...actions.flatMap(([action, some]) => renderCounts(action, some)),
    ...renderList('Cases that are not as they should be', results.filter(isBad), ({ why }) => why),
    ...renderList('Left over', results.filter(hasLeftovers), ({ leftovers }) => leftovers.join('; ')),
    '## What the words mean',
    '',
    ...endings.map((ending) => `- **${ending}**: ${meaningOf[ending]}`),
    '- **left over**: The state is the same, but something remains that a run should have removed.',
    '',
    ...faults.map((fault) => `- **${fault}**: ${meanings[fault]}.`),
    '',
    '## Reproduce',
    '',
    '`npm run faults` runs all cases and writes this page. `npm run faults -- --case "NAME"` runs the cases whose names contain the text, and prints what each came to. `npm test` runs a sample, which `FAULT_SEED` chooses.',
    '',
  ].join('\n')
}

const isBad = ({ ending }: Result) => badEndings.includes(ending)
const hasLeftovers = ({ leftovers }: Result) => leftovers.length > 0

const tableColumns: readonly Ending[] = endings.filter((ending) => ending !== 'not reached')

function renderCounts(title: string, results: readonly Result[]): string[] {
  const row = (name: string, some: readonly Result[]) => {
    const count = (ending: Ending) => some.filter((result) => result.ending === ending).length
    const tried = some.length - count('not reached')
    return [name, tried, ...tableColumns.map(count), some.filter(hasLeftovers).length].map(String)
  }
  const byFault = (fault: Fault) => results.filter(({ rule }) => rule.fault === fault)
  const rows = faults.filter((fault) => byFault(fault).length > 0).map((fault) => row(fault, byFault(fault)))
  const head = ['fault', 'tried', ...tableColumns, 'left over']
  return [`## ${title}`, '', renderTable(head, [...rows, row('all', results)]).markdown, '']
}

function renderList(title: string, results: readonly Result[], tell: (result: Result) => string): string[] {
  if (results.length === 0) return []
  const rows = results.map((result) => [code(nameCase(result)), result.ending, tell(result)])
  return [`## ${title}`, '', renderTable(['case', 'ending', 'what'], rows).markdown, '']
}
