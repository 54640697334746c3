// Writes two months of access-log rows where Firehose would put them: Parquet, by day of arrival. With --late and
// --arrives, it writes one row of a day that arrives on another.
import { parseArgs } from 'node:util'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { readAwsConfig } from '../lib/aws/client.ts'
import { encodeDays, folderOf } from './access-log/parquet.ts'
import { makeLateRow, makeRows } from './access-log/rows.ts'
import { runMain } from './run-main.ts'

async function main(): Promise<undefined> {
  const { values } = parseArgs({
    options: {
      bucket: { type: 'string' },
      first: { type: 'string', default: '2026-08-01' },
      next: { type: 'string', default: '2026-10-01' },
      timezone: { type: 'string', default: 'Asia/Seoul' },
      late: { type: 'string' },
      arrives: { type: 'string' },
    },
  })
  if (!values.bucket) throw new Error('--bucket: expected the name of the log bucket, got none')
  const client = new S3Client({ ...readAwsConfig(process.env), forcePathStyle: true })
  try {
    const { first, next, timezone, late, arrives } = values
    const days =
      late && arrives ? new Map([[arrives, [makeLateRow(late, timezone)]]]) : makeRows(first, next, timezone)
    for (const [day, Body] of encodeDays(days)) {
      const Key = `${folderOf(day)}${late ? 'late' : 'rows'}.parquet`
      await client.send(new PutObjectCommand({ Bucket: values.bucket, Key, Body }))
    }
    const count = [...days.values()].reduce((sum, rows) => sum + rows.length, 0)
    console.log(`${count} rows in ${days.size} files`)
  } finally {
    client.destroy()
  }
}

await runMain(main)
