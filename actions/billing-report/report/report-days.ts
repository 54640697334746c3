import type { Known } from '../../../lib/ending.ts'
import { reportUnfinished } from '../../../lib/ending.ts'
import { blocks, codeBlock, foldTable, md, renderBytes, renderList } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import type { StaleDay } from '../apply/find-stale.ts'
import type { DailyResult } from '../apply/roll-up-recent.ts'
import type { Statement } from '../plan/sql.ts'
import { groupDigits } from './user-rows.ts'

/** Reports the roll-ups of days. */
export function reportDays(
  { stale, published, postponed, odd, gone, facts }: DailyResult,
  run: { scannedBytes: number; days: readonly string[]; known: Known },
): Outcome {
  const rows = published.reduce((sum, day) => sum + (facts.get(day)?.rows ?? 0n), 0n)
  const outcomeOf = ({ plan: { day }, gone: lacking }: StaleDay) => {
    if (published.includes(day)) return 'rolled up'
    if (postponed.includes(day)) return 'postponed: files still arrive'
    if (lacking === 'unknown') return 'as it was: the list of its files is gone'
    return lacking.length > 0 ? 'as it was: files are gone from the log' : 'odd'
  }
  const days = stale.map((each) => {
    const { day } = each.plan
    const dayRows = String(facts.get(day)?.rows ?? 0n)
    return { day, why: each.why, outcome: outcomeOf(each), rows: dayRows }
  })
  const cells = days.map(({ day, why, outcome, rows: count }) => [day, why, outcome, groupDigits(count)])
  const report = { days, checked: run.days, scannedBytes: run.scannedBytes }
  const table = foldTable('days', ['day', 'it was', 'now', 'rows'], cells, { right: ['rows'] })
  const unfinished = { ...run.known, details: table, report }
  if (odd)
    return reportUnfinished(
      'unbalanced',
      `unbalanced: ${odd}; the earlier roll-up of the day stays`,
      unfinished,
    )
  if (gone)
    return reportUnfinished('incomplete', `incomplete: ${gone}; the earlier roll-ups stay`, unfinished)
  return {
    outputs: {
      result: 'rolled-up',
      requests: String(rows),
      'data-scanned-bytes': String(run.scannedBytes),
    },
    summary: blocks(
      md`## Roll-ups of ${run.days[0] ?? ''} to ${run.days.at(-1) ?? ''}`,
      days.length === 0
        ? md`All ${run.days.length} days are up to date.`
        : blocks(
            md`**${published.length} of ${run.days.length} days rolled up, ${postponed.length} postponed**; ${groupDigits(String(rows))} rows.`,
            table,
          ),
      md`${renderBytes(run.scannedBytes)} scanned.`,
    ),
    report: { result: 'rolled-up', ...report },
  }
}

/** Reports a dry run: the days that would be rolled up, and the statements of one of each kind. */
export function reportPlanned(
  name: string,
  { stale, bytes }: { stale: readonly StaleDay[]; bytes: number },
  statements: readonly Statement[],
): Outcome {
  return {
    outputs: { result: 'planned' },
    summary: blocks(
      md`## Planned: ${name}`,
      renderList(stale.map(({ plan, why }) => `roll up ${plan.day} (${why})`)),
      md`The files of these roll-ups have ${renderBytes(bytes)}.`,
      ...statements.map(({ sql, parameters }) =>
        codeBlock('sql', [sql, ...parameters.map((value) => `-- ? = ${value}`)].join('\n')),
      ),
    ),
    report: {
      result: 'planned',
      period: name,
      days: stale.map(({ plan, why }) => ({ day: plan.day, why })),
      estimatedBytes: bytes,
      statements,
    },
  }
}
