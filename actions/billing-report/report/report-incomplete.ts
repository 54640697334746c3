import { type Known, reportUnfinished } from '../../../lib/ending.ts'
import { foldTable } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import type { Bill } from '../bill/bill.ts'
import { blockingFindings, type Finding } from '../bill/finding.ts'
import { toJson } from './bill-json.ts'

/** Writes what `accept` has to be, so that the findings do not keep the bill from being published. */
const acceptedBy = (findings: readonly Finding[]): string =>
  findings.map(({ id, value }) => `${id}=${value}`).join(', ')

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
