import type { RowClass, UsageRow } from '../bill/usage.ts'

const rowClasses: readonly RowClass[] = ['malformed', 'unattributed', 'attributed']

/** Reads one record of the roll-up's result; all values are texts. Throws when one is not what the SQL returns. */
export function parseUsageRow(record: Readonly<Record<string, string>>): UsageRow {
  const rowClass = rowClasses.find((each) => each === record.row_class)
  if (!rowClass) throw new Error(`roll-up: expected a class of rows, got "${record.row_class}"`)
  const count = (name: string) => {
    const text = record[name] ?? ''
    if (!/^-?\d+$/.test(text)) throw new Error(`roll-up: ${name}: expected a whole number, got "${text}"`)
    return BigInt(text)
  }
  return {
    user: record.user ?? '',
    version: Number(count('rates_version')),
    routeKey: record.routekey ?? '',
    status: record.status ?? '',
    rowClass,
    duplicates: count('duplicates'),
    quantities: {
      request: count('requests'),
      responselength: count('responselength'),
      dataprocessed: count('dataprocessed'),
      responselatency: count('responselatency'),
      integrationlatency: count('integrationlatency'),
    },
  }
}
