import { blocks, codeBlock, fold, foldTable, type Markdown, md, renderList } from '../../../lib/markdown.ts'
import { renderDiagnosis } from '../../../lib/service/diagnosis/diagnosis.ts'
import { renderTime } from '../../../lib/service/render-time.ts'
import type { ServiceView } from '../apply/look.ts'

/** Renders what AWS says of the service: how many tasks run, why not all do, and then the tables. */
export function renderService({ status, diagnosis }: ServiceView, timeZone: string): Markdown {
  const { desired, running, pending, targets, unread } = status
  const healthy = targets.filter(({ state }) => state === 'healthy').length
  const waiting = pending > 0 ? `, ${pending} pending` : ''
  // The diagnosis lists what it could not read itself.
  const missing = unread.filter((each) => !diagnosis?.unread.includes(each))
  return blocks(
    md`**The service**: ${running} of ${desired} tasks run${waiting}; ${healthy} of ${targets.length} targets are healthy.`,
    diagnosis ? renderDiagnosis(diagnosis) : md``,
    ...renderTables(status, timeZone),
    ...(missing.length > 0 ? [md`Not read:`, renderList(missing)] : []),
  )
}

function renderTables(
  { tasks, targets, activities, logs }: ServiceView['status'],
  timeZone: string,
): Markdown[] {
  const timeOf = (at: number | undefined) => (at === undefined ? '' : renderTime(at, timeZone))
  return [
    tabulate(
      'tasks',
      ['task', 'status', 'health', 'started', 'revision'],
      tasks.map(({ id, status, health, startedAt, revision }) => [
        ...[id, status, health, timeOf(startedAt), revision],
      ]),
    ),
    tabulate(
      'targets',
      ['target', 'state', 'reason'],
      targets.map(({ target, state, reason, description }) => [target, state, description || reason]),
    ),
    tabulate(
      'scaling activities',
      ['scaling activity', 'status', 'what', 'why'],
      activities.map(({ at, status, description, cause }) => [timeOf(at), status, description, cause]),
    ),
    ...logs.map(({ container, lines }) =>
      fold(`Last log lines of ${container}`, codeBlock('', lines.join('\n'))),
    ),
  ]
}

const tabulate = (rowsAre: string, header: readonly string[], rows: readonly string[][]) =>
  rows.length > 0 ? foldTable(rowsAre, header, rows) : md``
