import { artifactName } from '../../lib/artifact-name.ts'
import { boolean, choice, defineInputs, integer, text } from '../../lib/inputs.ts'
import { isDay } from '../../lib/service/calendar.ts'
import { prefixInput } from '../../lib/service/prefix.ts'

const month = {
  matches: (value: string) => /^\d{4}-(0[1-9]|1[0-2])$/.test(value),
  expected: 'a month such as 2026-09',
}

const day = { matches: isDay, expected: 'a day such as 2026-09-14' }

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

/** The inputs of billing-report; `npm run generate` writes them to action.yml and the README. */
export const inputTable = defineInputs({
  mode: choice(['monthly', 'daily', 'status'], {
    default: 'monthly',
    meaning:
      '`monthly` makes the bill, `daily` rolls up one day, `status` reports on the pipeline and its tables.',
  }),
  month: text({
    format: month,
    meaning: 'The month to bill, such as `2026-09`. Without it, the last complete month.',
  }),
  day: text({ format: day, meaning: 'For `daily`, the day, such as `2026-09-14`. Without it, yesterday.' }),
  timezone: text({ default: 'Asia/Seoul', meaning: 'Time zone in which days and months begin and end.' }),
  prefix: prefixInput('Prefix of the stacks, from which the names of the database and the workgroup follow.'),
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
  'output-directory': text({ default: 'bill', meaning: 'Folder for the files of the bill.' }),
  'artifact-name': text({
    format: artifactName,
    meaning: 'Name of the artifact that holds these files. Without it, `bill-MONTH`.',
  }),
  'timeout-minutes': integer({
    default: 30,
    min: 1,
    max: 600,
    meaning: 'How long to wait for all queries together. If the wait times out, the step fails.',
  }),
  'dry-run': boolean({ default: false, meaning: 'Prints the SQL statements and writes nothing.' }),
})
