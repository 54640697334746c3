import { UserError } from '../../../lib/errors.ts'
import { parseEcrHost } from '../../../lib/oci/ecr-host.ts'
import { type Deployed, listKnownValues, type Place } from './known-values.ts'
import type { StackStep } from './plan.ts'

/** An image of this account and region that a parameter names by its digest; `where` is the parameter. */
export type ImageCheck = { where: string; repository: string; digest: string }

// A tag may stand before the digest, which alone decides.
const imagePattern = /^([^/]+)\/([^:@]+)(?::[\w.-]+)?@(sha256:[0-9a-f]{64})$/

/** Lists the images that the parameters `ImageUri` name, where they are new and of ECR here. */
export function listImages(step: StackStep, place: Place, deployed: Deployed): ImageCheck[] {
  const uri = listKnownValues(step, place, deployed).get('ImageUri')
  if (uri === undefined || uri === deployed.get(step.key)?.parameters.get('ImageUri')) return []
  const [, host = '', repository = '', digest = ''] = imagePattern.exec(uri) ?? []
  const registry = parseEcrHost(host)
  if (registry?.account !== place.account || registry.region !== place.region) return []
  return [{ where: `${step.key}.ImageUri`, repository, digest }]
}

/** Verifies that the images are there, as far as that could be seen: `found` has digests. Throws UserError. */
export function verifyImages(checks: readonly ImageCheck[], found: ReadonlyMap<string, boolean>): void {
  for (const { where, repository, digest } of checks) {
    if (found.get(digest) !== false) continue
    throw new UserError(
      `parameters: ${where}: expected an image of the repository ${repository}, got ${digest}, which it does not have; push it first`,
    )
  }
}
