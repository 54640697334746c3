import { UserError } from '../errors.ts'
import { listFirst } from '../quote.ts'
import type { Archived } from './archived-image.ts'

/** An image or an index that an archive offers. */
export type ImageChoice = {
  digest: string
  references: readonly string[]
  /** Platforms such as `linux/amd64`: one of an image, several of an index. */
  platforms: readonly string[]
  /** It refers to another one, such as a signature, or is a member of one: it is pushed with that, and alone only where it is named. */
  comesAlong?: boolean
  /** Reads it; of an index, only the image for the platform where one is given. */
  read(platform?: string): Promise<Archived>
}

/** Chooses by reference, tag, digest or platform; without a wish, the only one. Throws UserError that lists them. */
export function chooseImage(
  choices: readonly ImageChoice[],
  wanted: string | undefined,
): { choice: ImageChoice; platform: string | undefined } {
  if (wanted === undefined)
    return { choice: takeOnly(preferImages(choices), 'the archive'), platform: undefined }
  // cosign gives an image and its signatures one name.
  const named = preferImages(choices.filter((choice) => isNamed(choice, wanted)))
  if (named.length > 0) return { choice: takeOnly(named, `"${wanted}"`), platform: undefined }
  const fitting = choices.filter(
    ({ comesAlong, platforms }) => !comesAlong && findPlatform(platforms, wanted) !== undefined,
  )
  if (fitting.length === 0) {
    throw new UserError(`image: expected a tag or a platform of ${describeAll(choices)}, got "${wanted}"`)
  }
  const choice = takeOnly(fitting, `"${wanted}"`)
  return { choice, platform: findPlatform(choice.platforms, wanted) }
}

function preferImages(choices: readonly ImageChoice[]): readonly ImageChoice[] {
  const images = choices.filter(({ comesAlong }) => !comesAlong)
  return images.length > 0 ? images : choices
}

/** Returns whether a wish names one of the images, or several. */
export function isOffered(choices: readonly ImageChoice[], wanted: string): boolean {
  return choices.some(
    (choice) => isNamed(choice, wanted) || findPlatform(choice.platforms, wanted) !== undefined,
  )
}

/** Finds a platform; `linux/arm64` also finds `linux/arm64/v8`, but the exact one comes first. */
export function findPlatform(platforms: readonly string[], wanted: string): string | undefined {
  const exact = platforms.find((platform) => plain(platform) === plain(wanted))
  return exact ?? platforms.find((platform) => platform.startsWith(`${wanted}/`))
}

// 64-bit ARM is v8 where nothing else is said.
const plain = (platform: string) => platform.replace(/\/arm64\/v8$/, '/arm64')

function isNamed({ references, digest }: ImageChoice, wanted: string): boolean {
  return [digest, ...references].some(
    (name) => name === wanted || name.endsWith(`:${wanted}`) || name.endsWith(`/${wanted}`),
  )
}

function takeOnly(choices: readonly ImageChoice[], subject: string): ImageChoice {
  const [first, ...others] = choices
  if (!first) throw new UserError('archive: expected an image, found none')
  if (others.length === 0) return first
  throw new UserError(
    `image: ${subject} names ${choices.length} images: ${describeAll(choices)}; set image to the tag, digest or platform of one`,
  )
}

function describeAll(choices: readonly ImageChoice[]): string {
  const named = choices.map(({ references, digest, platforms }) => {
    const name = references.length > 0 ? listFirst(references, ' = ') : digest
    const known = platforms.filter((platform) => platform !== '')
    return known.length > 0 ? `${name} (${listFirst(known)})` : name
  })
  return listFirst(named, '; ')
}
