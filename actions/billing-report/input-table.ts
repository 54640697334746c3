import { artifactName } from '../../lib/artifact-name.ts'
import { boolean, choice, defineInputs, integer, keyValues, list, text } from '../../lib/inputs.ts'
import { isDay } from '../../lib/service/calendar.ts'
import { prefixInput } from '../../lib/service/prefix.ts'

/** The columns of the access log, as the bill calls them. */
export const logColumns = [
  ...['requestid', 'extendedrequestid', 'requesttime', 'httpmethod', 'routekey', 'status', 'user'],
  ...['responselength', 'dataprocessed', 'responselatency', 'integrationlatency', 'integrationstatus'],
] as const

/** How many closed months before a bill may correct at most. */
export const mostAdjustMonths = 12

// Names of days and months are compared as texts, which needs years of four digits around them.
const month = {
  matches: (value: string) => /^20\d\d-(0[1-9]|1[0-2])$/.test(value),
  expected: 'a month such as 2026-09',
}

const isBillable = (day: string) => isDay(day) && day.startsWith('20')
const day = { matches: isBillable, expected: 'a day such as 2026-09-14' }

const days = {
  matches: (value: string) => {
    const [first = '', last = '', ...more] = value.split('..')
    return more.length === 0 && isBillable(first) && isBillable(last) && first <= last
  },
  expected: 'a first and a last day such as 2026-08-01..2026-08-31',
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-publish.html
const apiId = {
  matches: (value: string) => /^[a-z0-9]{4,32}$/.test(value),
  expected: 'the id of an HTTP API such as a1b2c3d4e5',
}

// Names become part of SQL, in double quotes.
const table = {
  matches: (value: string) => /^[a-z0-9_]{1,128}$/.test(value),
  expected: 'lower-case letters, digits and underscores',
}

// Glue allows dashes, and so do SELECT and CREATE TABLE AS in double quotes. Only Athena's DDL does not, and none is used:
// https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
const database = {
  matches: (value: string) => /^[a-z0-9_-]{1,128}$/.test(value),
  expected: 'lower-case letters, digits, underscores and dashes',
}

// https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html
const workgroup = {
  matches: (value: string) => /^[A-Za-z0-9._-]{1,128}$/.test(value),
  expected: 'up to 128 letters, digits, dots, underscores and dashes',
}

const amount = {
  matches: (value: string) => /^\d{1,18}(\.\d{1,6})?$/.test(value),
  expected: 'an amount such as 250000 or 199.50',
}

const place = {
  matches: (value: string) =>
    /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/(?!\.{1,2}(\/|$))[\w.-]+)*\/?$/.test(value),
  expected: 's3://BUCKET or s3://BUCKET/FOLDER',
}

/** The inputs of billing-report; `npm run generate` writes them to action.yml and the README. */
export const inputTable = defineInputs({
  mode: choice(['monthly', 'close', 'daily', 'status'], {
    default: 'monthly',
    meaning:
      '`monthly` makes the bill, `close` makes and keeps it for good, `daily` rolls up days, `status` checks the pipeline.',
  }),
  month: text({
    format: month,
    meaning: 'The month to bill, such as `2026-09`. Without it, the last complete month.',
  }),
  day: text({
    format: day,
    meaning:
      'For `daily`, the day, such as `2026-09-14`. Without it, the days up to yesterday for which rows may still arrive.',
  }),
  backfill: text({
    format: days,
    meaning:
      'For `daily`, a first and a last day such as `2026-08-01..2026-08-31`: rolls up those that are missing or stale.',
  }),
  timezone: text({ default: 'Asia/Seoul', meaning: 'Time zone in which days and months begin and end.' }),
  'partition-timezone': text({
    meaning:
      "Time zone of the days by which the log is partitioned, the billing stack's `PartitionTimeZone`. Without it, `timezone`.",
  }),
  prefix: prefixInput(
    "Prefix of the stacks, from which the names follow: of the database, the workgroup, the delivery stream and the toolkit's bucket, where closed bills are kept.",
  ),
  database: text({
    format: database,
    meaning:
      'Glue database of the access log. Without it, `PREFIX_billing_db`, with underscores for the dashes of the prefix.',
  }),
  table: text({
    default: 'restapi_access_log_parquet',
    format: table,
    meaning: 'Table of the access log.',
  }),
  columns: keyValues({
    meaning:
      'For a table of another shape, the column of each name of the log that is called otherwise, such as `user=caller`.',
  }),
  workgroup: text({
    format: workgroup,
    meaning:
      'Athena workgroup. Without it, `PREFIX-billing`. It must not enforce its own settings, since roll-ups have their own output location.',
  }),
  rates: text({ default: 'rates.yml', meaning: 'Path of the rates file.' }),
  'late-days': integer({
    default: 3,
    min: 0,
    max: 31,
    meaning: 'Days to wait for late rows after the month ends. Until then only a draft can be made.',
  }),
  draft: boolean({
    default: false,
    meaning: 'Makes the bill even though rows of the month may still arrive.',
  }),
  accept: list({
    meaning:
      'Findings with which the bill is published all the same, by their number or their days, such as `rejected=12, empty-days=2026-09-03..2026-09-05`.',
  }),
  'adjust-months': integer({
    default: 3,
    min: 0,
    max: mostAdjustMonths,
    meaning: 'How many closed months before are corrected by rows that arrived after they were closed.',
  }),
  'api-id': text({
    format: apiId,
    meaning:
      'Id of the HTTP API. With it, the rows of each hour are compared with the requests that CloudWatch counted, and a day without either is not a finding.',
  }),
  'api-stage': text({ default: '$default', meaning: 'Stage of the HTTP API, for the same.' }),
  'access-log-group': text({
    meaning:
      'Log group of the access log, for `status`. Without it, `/aws/vendedlogs/apigw/PREFIX-access-logs`.',
  }),
  'max-data-scanned': integer({
    min: 1,
    max: 1_000_000,
    meaning:
      'Most GiB that all queries of a run may scan. It is estimated before, and a query that exceeds it is stopped.',
  }),
  'output-directory': text({ default: 'bill', meaning: 'Folder for the files of the bill.' }),
  locale: choice(['en', 'ko'], {
    default: 'en',
    meaning: 'Language of the statements: English or Korean.',
  }),
  'csv-bom': boolean({
    default: false,
    meaning: 'Starts each CSV with a byte order mark, by which Excel recognizes UTF-8.',
  }),
  'artifact-name': text({
    format: artifactName,
    meaning: 'Name of the artifact that holds these files. Without it, `bill-MONTH`.',
  }),
  'artifact-retention-days': integer({
    min: 1,
    max: 400,
    meaning: 'Days to keep the artifact. Without it, as long as the repository keeps artifacts.',
  }),
  'publish-to': text({
    format: place,
    meaning:
      'Place in a bucket of this account, such as `s3://bills/denoise`, where the files of the bill are written last. A closed bill there is never replaced.',
  }),
  'budget-total': text({
    format: amount,
    meaning:
      'Largest total, in the currency of the rates. If the total is above it, the files are written, but not to `publish-to`, and the step fails.',
  }),
  'timeout-minutes': integer({
    default: 30,
    min: 1,
    max: 600,
    meaning:
      'How long the whole run may take: its wait for another run, its queries, and all else. If it times out, the step fails.',
  }),
  'compare-rates': text({
    meaning:
      'For a dry run, path of another rates file: prints what each user would owe by it, beside what each owes by `rates`.',
  }),
  'dry-run': boolean({ default: false, meaning: 'Prints the SQL statements and writes nothing.' }),
})
