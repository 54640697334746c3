/** One line of what a roll-up says of all rows that it has read. */
export type Fact = {
  /** The day, or the month. */
  period: string
  /** A class of rows; `hour` and `latency` for the rows of one bucket, `all` for all of them. */
  rowClass: string
  /** Number of the hour in the period, from 0 on. */
  bucket: number
  requests: bigint
  duplicates: bigint
  conflicts: bigint
}

/** What is known of the rows that the roll-up of a period has read. */
export type PeriodFacts = {
  /** Rows that lie in the period, or are malformed and arrived in it. */
  rows: bigint
  /** All rows read, those of other periods included. */
  read: bigint
  /** Rows beyond the first of each request id. */
  conflicts: bigint
  /** Rows that arrived in the period with a time that cannot be. */
  eventTime: bigint
  /** Rows that arrived in the period, too late for the roll-up of their day, by month; '' for months long ago. */
  late: ReadonlyMap<string, bigint>
  /** Different rows by the number of the hour. */
  hours: ReadonlyMap<number, bigint>
}

const inPeriod = ['malformed', 'attributed', 'unattributed']
// They have all rows once more.
const views = ['hour', 'latency', 'all']

/** Gathers facts by period. */
export function gatherFacts(facts: readonly Fact[]): Map<string, PeriodFacts> {
  const periods = [...Map.groupBy(facts, ({ period }) => period)]
  return new Map(periods.map(([period, some]) => [period, gather(some)]))
}

function gather(facts: readonly Fact[]): PeriodFacts {
  const countOf = (isWanted: (rowClass: string) => boolean) =>
    facts
      .filter(({ rowClass }) => isWanted(rowClass))
      .reduce((sum, { requests, duplicates }) => sum + requests + duplicates, 0n)
  const lateMonths = facts.filter(({ rowClass }) => /^late\b/.test(rowClass))
  return {
    rows: countOf((rowClass) => inPeriod.includes(rowClass)),
    read: countOf((rowClass) => !views.includes(rowClass)),
    conflicts: facts.find(({ rowClass }) => rowClass === 'all')?.conflicts ?? 0n,
    eventTime: countOf((rowClass) => rowClass === 'event-time'),
    late: new Map(lateMonths.map(({ rowClass, requests }) => [rowClass.slice('late '.length), requests])),
    hours: new Map(
      facts
        .filter(({ rowClass, bucket }) => rowClass === 'hour' && bucket >= 0)
        .map(({ bucket, requests }) => [bucket, requests]),
    ),
  }
}
