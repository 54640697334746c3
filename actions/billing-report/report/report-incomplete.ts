import { type Known, reportUnfinished } from '../../../lib/ending.ts'
import { foldTable } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import { addDays } from '../../../lib/service/calendar.ts'
import type { Bill } from '../bill/bill.ts'
import { blockingFindings, type Finding } from '../bill/finding.ts'
import { toJson } from './bill-json.ts'

/** Writes what `accept` has to be, so that the findings do not keep the bill from being published. */
function acceptedBy(findings: readonly Finding[]): string {
  const items: { id: string; first: string; last: string }[] = []
  for (const { id, value } of findings) {
    const before = items.at(-1)
    const follows = id === 'empty-days' && before?.id === id && addDays(before.last, 1) === value
    if (follows) before.last = value
    else items.push({ id, first: value, last: value })
  }
  return items.map(({ id, first, last }) => `${id}=${first}${last === first ? '' : `..${last}`}`).join(', ')
}

const shown = 5

/** Reports a bill that may be incomplete: nothing is published. */
export function reportIncomplete(bill: Bill, known: Known): Outcome {
  const blocking = blockingFindings(bill.findings)
  const texts = blocking.slice(0, shown).map(({ text }) => text)
  const more = blocking.length > shown ? [`${blocking.length - shown} more`] : []
  const sentence = `incomplete: ${[...texts, ...more].join('; ')}; nothing is published; mend it, or set accept to ${acceptedBy(blocking)}`
  const details = foldTable(
    'findings',
    ['finding', 'number', 'what was found'],
    bill.findings.map(({ id, value, text }) => [id, value, text]),
  )
  const report = { ...known.report, ...toJson(bill) }
  return reportUnfinished('incomplete', sentence, { ...known, details, report })
}
