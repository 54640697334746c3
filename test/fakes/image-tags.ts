import type { ImageTags } from '../../lib/aws/ecr-tags.ts'
import { UserError } from '../../lib/errors.ts'

/** Repository to its images: the digests, and which of them each tag names. */
export type FakeRepositories = Map<string, { digests: string[]; tags: Map<string, string> }>

/**
 * The tags of ECR in memory. Its contract, which the local AWS holds too (test/contract/image-tags.test.ts):
 * - a tag that no image has resolves to `undefined`;
 * - a tag that moves is taken from the image that has it; one that is there already stays;
 * - an image that is not there gets no tag, and neither has a repository that is not there one.
 */
export function fakeImageTags(repositories: FakeRepositories): ImageTags {
  return {
    resolve: async (repository, tag) => repositories.get(repository)?.tags.get(tag),
    exists: async (repository, digest) => repositories.get(repository)?.digests.includes(digest) ?? false,
    move: async (repository, tag, digest) => {
      const found = repositories.get(repository)
      if (!found?.digests.includes(digest)) {
        throw new UserError(`repository ${repository}: expected the image ${digest}, got none`)
      }
      found.tags.set(tag, digest)
    },
  }
}
