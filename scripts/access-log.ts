// Writes two months of access-log rows where Firehose would put them: Parquet, by day of arrival.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { readAwsConfig } from '../lib/aws/client.ts'
import { columns, type LogRow, makeRows } from './access-log/rows.ts'
import { python } from './local-aws-process.ts'
import { runMain } from './run-main.ts'

// One statement a day: DuckDB is the writer of Parquet that the local AWS brings along.
const script = `
import duckdb, json, sys
folder, days = sys.argv[1], json.loads(sys.argv[2])
for day in days:
    duckdb.execute(f"""COPY (SELECT * FROM read_csv('{folder}/{day}.csv', header=true, all_varchar=true))
        TO '{folder}/{day}.parquet' (FORMAT PARQUET, COMPRESSION SNAPPY)""")
`

const toCsv = (rows: readonly LogRow[]) =>
  [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((cells) => cells.join(','))
    .join('\n')

async function main(): Promise<undefined> {
  const { values } = parseArgs({
    options: {
      bucket: { type: 'string' },
      first: { type: 'string', default: '2026-08-01' },
      next: { type: 'string', default: '2026-10-01' },
      timezone: { type: 'string', default: 'Asia/Seoul' },
    },
  })
  if (!values.bucket) throw new Error('--bucket: expected the name of the log bucket, got none')
  const folder = mkdtempSync(join(tmpdir(), 'access-log-'))
  const client = new S3Client({ ...readAwsConfig(process.env), forcePathStyle: true })
  try {
    const days = makeRows(values.first, values.next, values.timezone)
    for (const [day, rows] of days) writeFileSync(join(folder, `${day}.csv`), toCsv(rows))
    execFileSync(python, ['-c', script, folder, JSON.stringify([...days.keys()])])
    for (const day of days.keys()) {
      const [year, month, date] = day.split('-')
      await client.send(
        new PutObjectCommand({
          Bucket: values.bucket,
          Key: `access-logs/year=${year}/month=${month}/day=${date}/rows.parquet`,
          Body: readFileSync(join(folder, `${day}.parquet`)),
        }),
      )
    }
    const count = [...days.values()].reduce((sum, rows) => sum + rows.length, 0)
    console.log(`${count} rows in ${days.size} files`)
  } finally {
    client.destroy()
    rmSync(folder, { recursive: true })
  }
}

await runMain(main)
