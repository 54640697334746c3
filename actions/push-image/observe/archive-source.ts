import type { Archive } from '../../../lib/archive/archive.ts'
import { openArchive } from '../../../lib/archive/open-archive.ts'
import type { PushContext } from '../context.ts'

/** Opens the archive at a path, or at `s3://BUCKET/KEY`. */
export async function openSource(
  location: string,
  { openObject, log, signal }: PushContext,
): Promise<Archive> {
  const isObject = location.startsWith('s3://')
  const archive = await openArchive(isObject ? await openObject(location) : location, signal)
  if (archive.sequential)
    log.info(`${archive.name} is unpacked while it is read, layer by layer; a plain tar is faster`)
  return archive
}
