import { relative, sep } from 'node:path'
import { UserError } from '../../../lib/errors.ts'
import { mapConcurrently } from '../../../lib/map-concurrently.ts'
import { statementsOf } from '../bill/statement-files.ts'
import type { Publishing } from './publish-files.ts'

const filesAtATime = 8

const contentTypes: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  md: 'text/markdown; charset=utf-8',
}

/** Refuses a place that holds a closed bill of the month, unless its JSON is `own`. */
export async function verifyPlace(
  month: string,
  { inputs: { publishTo }, aws }: Pick<Publishing, 'inputs' | 'aws'>,
  own?: string,
): Promise<void> {
  if (publishTo === undefined) return
  const location = `${publishTo}/bill-${month}.json`
  const there = await aws.published.read(location)
  if (there === undefined || there === own) return
  const state = readState(there)
  if (/^(draft|open)$/.test(state)) return
  throw new UserError(
    `publish-to: ${location}: expected no bill of ${month}, an open one or this one, got another whose state is "${state}"; it stays as it is; name another place`,
  )
}

function readState(bill: string): string {
  try {
    return String(Object(JSON.parse(bill)).state)
  } catch {
    return ''
  }
}

/**
 * Publishes the files of a bill in S3, those that differ by run left out, and removes the statements of an earlier bill of
 * the month that it does not have. The JSON comes last: it tells by its state that all files of a closed bill are there,
 * and from then on they stay.
 */
export async function publishTo(
  month: string,
  files: readonly string[],
  publishing: Publishing,
): Promise<void> {
  const { inputs, context, aws } = publishing
  const named = files
    .map((path) => ({ path, name: relative(inputs.outputDirectory, path).replaceAll(sep, '/') }))
    .filter(({ name }) => name !== 'run.json')
  const isLast = ({ name }: { name: string }) => /^bill-[^/]*\.json$/.test(name)
  const last = named.filter(isLast)
  await verifyPlace(month, publishing, last.map(({ path }) => context.readFile(path)).join(''))
  const placeOf = ({ name }: { name: string }) => `${inputs.publishTo}/${name}`
  const write = async (file: { path: string; name: string }) => {
    const type = contentTypes[file.name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
    await aws.published.write(placeOf(file), context.readFile(file.path), type)
  }
  const options = { concurrency: filesAtATime, signal: context.signal }
  await mapConcurrently(
    named.filter((file) => !isLast(file)),
    options,
    write,
  )
  const own = new Set(named.map(placeOf))
  const statements = await aws.published.list(placeOf({ name: statementsOf(month) }))
  await mapConcurrently(
    statements.filter((location) => !own.has(location)),
    options,
    async (location) => await aws.published.remove(location),
  )
  await mapConcurrently(last, options, write)
  context.log.info(`published ${named.length} files in ${inputs.publishTo}`)
}
