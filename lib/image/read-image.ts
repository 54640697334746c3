import type { Archive } from '../archive/archive.ts'
import { boundReads, MissingEntryError } from '../archive/json-entry.ts'
import { describeFiles } from '../archive/other-files.ts'
import { UserError } from '../errors.ts'
import type { Archived } from './archived-image.ts'
import { readDockerSave } from './docker-save.ts'
import { chooseImage, type ImageChoice, isOffered } from './image-choice.ts'
import { readOciLayout } from './oci-layout.ts'

/**
 * Reads the image that `wanted` names by reference, tag, digest or platform, or the only one. Throws
 * UserError where the archive is damaged, or has not exactly one such image.
 */
export async function readImage(archive: Archive, wanted: string | undefined): Promise<Archived> {
  const { choice, platform } = chooseImage(await listChoices(boundReads(archive), wanted), wanted)
  return await choice.read(platform)
}

// Only index.json names the manifests, with all that manifest.json cannot say: annotations, platforms, attestations.
async function listChoices(archive: Archive, wanted: string | undefined): Promise<ImageChoice[]> {
  const [hasIndex, hasSaved] = ['index.json', 'manifest.json'].map((name) => archive.entries.has(name))
  if (!hasIndex && !hasSaved) {
    throw new UserError(
      `archive: ${archive.name}: expected manifest.json of docker save, or index.json of an OCI layout, found neither; ${describeFiles([...archive.entries.keys()])}`,
    )
  }
  const listed = hasIndex ? await readLayout(archive, hasSaved === true) : []
  if (!hasSaved || (listed.length > 0 && (wanted === undefined || isOffered(listed, wanted)))) return listed
  const saved = await readDockerSave(archive)
  return listed.length === 0 || (wanted !== undefined && isOffered(saved, wanted)) ? saved : listed
}

// Docker without containerd's store names nothing in index.json where an image has no name.
async function readLayout(archive: Archive, hasSaved: boolean): Promise<ImageChoice[]> {
  try {
    return await readOciLayout(archive)
  } catch (error) {
    if (hasSaved && error instanceof MissingEntryError) return []
    throw error
  }
}
