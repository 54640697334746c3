import { UserError } from '../../../lib/errors.ts'
import { addDays, isDay, listDays } from '../../../lib/service/calendar.ts'
import { type Finding, type FindingId, findingIds } from './finding.ts'

/** What the user accepts: id of the finding to the values that are named. */
export type Accepted = ReadonlyMap<FindingId, ReadonlySet<string>>

/** Parses the input `accept`, such as `rejected=12` and `empty-days=2026-09-03..2026-09-05`. Throws a UserError. */
export function parseAccepted(items: readonly string[]): Accepted {
  const accepted = new Map<FindingId, Set<string>>()
  for (const item of items) {
    const [name = '', value = ''] = item.split(/=(.*)/s)
    const id = findingIds.find((each) => each === name.trim())
    if (!id) throw refuse(item)
    const values = accepted.get(id) ?? new Set()
    for (const each of valuesOf(id, value.trim(), item)) values.add(each)
    accepted.set(id, values)
  }
  return accepted
}

function valuesOf(id: FindingId, value: string, item: string): string[] {
  if (id !== 'empty-days') {
    if (!/^\d+$/.test(value)) throw refuse(item)
    return [String(BigInt(value))]
  }
  const [first = '', last = first, ...more] = value.split('..')
  if (more.length > 0 || !isDay(first) || !isDay(last) || last > addDays(first, 366)) throw refuse(item)
  return listDays(first, addDays(last, 1))
}

const refuse = (item: string) =>
  new UserError(
    `accept: expected NAME=NUMBER with a name of ${findingIds.join(', ')}, or empty-days=DAY or empty-days=DAY..DAY, got "${item}"`,
  )

/** Marks the findings whose value is accepted. */
export function acceptFindings(
  findings: readonly Omit<Finding, 'accepted'>[],
  accepted: Accepted,
): Finding[] {
  return findings.map((finding) => ({
    ...finding,
    accepted: accepted.get(finding.id)?.has(finding.value) ?? false,
  }))
}
