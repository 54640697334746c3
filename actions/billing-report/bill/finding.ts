/** What can be found about the completeness of a month; `accept` names them so. */
export const findingIds = [
  /** Records that Firehose could not convert; they lie below the error prefix. */
  'rejected',
  /** Metered values of billed rows that are no whole number. */
  'unreadable',
  /** Rows whose request id another row of the day has with other content; both are billed. */
  'id-conflict',
  /** Rows that would be billed, and have no user. */
  'unattributed',
  /** Successful rows of a user on a route that no meter counts. */
  'no-rate',
  /** Days without a row. */
  'empty-days',
  /** Rows of earlier months that no adjustment can reach. */
  'late',
  /** Minutes between this month and one beside it, closed in another time zone, that are in both bills or in none. */
  'borders',
  /** Rows whose time cannot be that of their arrival, such as seconds in place of milliseconds. */
  'event-time',
  /** Rows from before the first version of the rates. */
  'before-rates',
  /** Hours in which CloudWatch counted another number of requests. */
  'hours',
  /** Parts of the pipeline that are broken while a month has no row at all. */
  'pipeline',
] as const

/** An id of `findingIds`. */
export type FindingId = (typeof findingIds)[number]

/** Something that may make a bill incomplete; it stands in the bill also when it is accepted. */
export type Finding = {
  id: FindingId
  /** As `accept` has to name it: a count, or one day. */
  value: string
  /** One sentence: what was found, and what to do. */
  text: string
  /** Whether the bill is not published until it is accepted; false for those that only warn. */
  blocks: boolean
  accepted: boolean
}

/** Returns the findings that keep a bill from being published. */
export const blockingFindings = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ blocks, accepted }) => blocks && !accepted)
