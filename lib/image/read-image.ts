import type { Archive } from '../archive/archive.ts'
import { boundReads } from '../archive/json-entry.ts'
import { UserError } from '../errors.ts'
import type { ArchivedImage, ArchivedIndex } from './archived-image.ts'
import { readDockerSave } from './docker-save.ts'
import { chooseImage, type ImageChoice, isOffered } from './image-choice.ts'
import { readOciLayout } from './oci-layout.ts'

/**
 * Reads the image that `wanted` names by reference, tag, digest or platform, or the only one. Throws
 * UserError where the archive is damaged, or has not exactly one such image.
 */
export async function readImage(
  archive: Archive,
  wanted: string | undefined,
): Promise<ArchivedImage | ArchivedIndex> {
  const { choice, platform } = chooseImage(await listChoices(boundReads(archive), wanted), wanted)
  return await choice.read(platform)
}

// `docker save` writes manifest.json for what it would load again, and in the OCI layout an index.json that
// may name more platforms.
async function listChoices(archive: Archive, wanted: string | undefined): Promise<ImageChoice[]> {
  const hasIndex = archive.entries.has('index.json')
  if (archive.entries.has('manifest.json')) {
    const saved = await readDockerSave(archive)
    if (!hasIndex || wanted === undefined || isOffered(saved, wanted)) return saved
  }
  if (hasIndex) return await readOciLayout(archive)
  throw new UserError(
    `archive: ${archive.name}: expected manifest.json of docker save, or index.json of an OCI layout, found neither`,
  )
}
