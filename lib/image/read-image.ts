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
  const choices = await listChoices(boundReads(archive), wanted === undefined ? [] : [wanted])
  const { choice, platform } = chooseImage(choices, wanted)
  return await choice.read(platform)
}

/** Reads the images that are wanted, each once: by their names, all of them, or without a name the only one. */
export async function readImages(archive: Archive, wanted: readonly string[] | 'all'): Promise<Archived[]> {
  const names = wanted === 'all' ? [] : wanted
  const choices = await listChoices(boundReads(archive), names)
  const images = choices.filter(({ comesAlong }) => !comesAlong)
  if (wanted === 'all' && images.length > 0) return await readAll(images.map((choice) => ({ choice })))
  const chosen = names.map((name) => chooseImage(choices, name))
  const keyed = chosen.map((one) => [`${one.choice.digest} ${one.platform}`, one] as const)
  return await readAll(names.length === 0 ? [chooseImage(choices, undefined)] : new Map(keyed).values())
}

async function readAll(
  chosen: Iterable<{ choice: ImageChoice; platform?: string | undefined }>,
): Promise<Archived[]> {
  const images: Archived[] = []
  for (const { choice, platform } of chosen) images.push(await choice.read(platform))
  return images
}

// Only index.json names the manifests, with all that manifest.json cannot say: annotations, platforms, attestations.
async function listChoices(archive: Archive, wanted: readonly string[]): Promise<ImageChoice[]> {
  const [hasIndex, hasSaved] = ['index.json', 'manifest.json'].map((name) => archive.entries.has(name))
  if (!hasIndex && !hasSaved) {
    throw new UserError(
      `archive: ${archive.name}: expected manifest.json of docker save, or index.json of an OCI layout, found neither; ${describeFiles([...archive.entries.keys()])}`,
    )
  }
  const listed = hasIndex ? await readLayout(archive, hasSaved === true) : []
  const offersAll = (choices: readonly ImageChoice[]) => wanted.every((name) => isOffered(choices, name))
  if (!hasSaved || (listed.length > 0 && offersAll(listed))) return listed
  const saved = await readDockerSave(archive)
  return listed.length === 0 || offersAll(saved) ? saved : listed
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
