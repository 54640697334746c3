import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { parseLocation } from '../../../lib/aws/s3-objects.ts'
import { tryParseJson } from '../../../lib/json.ts'
import { dayAt, type Period } from '../../../lib/service/calendar.ts'
import type { Connections } from '../context.ts'
import { dayOf } from './arrivals.ts'

/** Names where Firehose puts what it cannot convert: beside the log. */
export function errorPrefixOf(location: string): { bucket: string; prefix: string } {
  const { bucket, key } = parseLocation(location)
  return { bucket, prefix: `${key.replace(/\/$/, '')}-errors/` }
}

/** Counts the log's records that Firehose could not convert, and that arrived in a period. */
export async function countRejected(
  location: string,
  period: Pick<Period, 'firstDay' | 'nextDay'>,
  partitionZone: string,
  { objects }: Pick<Connections, 'objects'>,
): Promise<bigint> {
  const { bucket, prefix } = errorPrefixOf(location)
  let count = 0n
  for await (const { key, modified, size } of objects.list(bucket, { prefix })) {
    const day = dayOf(`/${key}`) ?? dayAt(modified, partitionZone)
    if (size === 0 || day < period.firstDay || day >= period.nextDay) continue
    count += countRecords((await buffer(objects.read(`s3://${bucket}/${key}`))).toString())
  }
  return count
}

// One message that cannot be converted may take its whole batch along: Firehose puts the batch there as it came.
// https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
/** Counts the records of an error file: one a line, which may hold a batch of log events. */
export function countRecords(text: string): bigint {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.reduce((sum, line) => sum + countEvents(line), 0n)
}

function countEvents(line: string): bigint {
  const raw = parseJson(line)?.rawData
  if (typeof raw !== 'string') return 1n
  const { logEvents } = parseJson(unzip(Buffer.from(raw, 'base64'))) ?? {}
  return Array.isArray(logEvents) && logEvents.length > 0 ? BigInt(logEvents.length) : 1n
}

// The largest record that Firehose takes is 1,000 KiB; its text is what a gzip of this size can sensibly hold.
const mostBytes = 64 * 1024 * 1024

function unzip(bytes: Buffer): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes }).toString()
  } catch {
    return bytes.toString()
  }
}

function parseJson(text: string): Record<string, unknown> | undefined {
  const value = tryParseJson(text)
  return typeof value === 'object' && value !== null ? { ...value } : undefined
}
