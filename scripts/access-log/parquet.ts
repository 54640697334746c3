import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { python } from '../local-aws-process.ts'
import { columns, type LogRow } from './rows.ts'

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

/** Writes the rows of each day as the Parquet file that Firehose makes of them. */
export function encodeDays(days: ReadonlyMap<string, readonly LogRow[]>): Map<string, Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'access-log-'))
  try {
    for (const [day, rows] of days) writeFileSync(join(folder, `${day}.csv`), toCsv(rows))
    execFileSync(python, ['-c', script, folder, JSON.stringify([...days.keys()])])
    return new Map(
      [...days.keys()].map((day) => [day, readFileSync(join(folder, `${day}.parquet`))] as const),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Names where Firehose puts what arrives on a day, below the log bucket. */
export function folderOf(day: string): string {
  const [year, month, date] = day.split('-')
  return `access-logs/year=${year}/month=${month}/day=${date}/`
}
