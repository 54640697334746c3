import type { Ecr, EcrCreation } from '../../lib/aws/ecr.ts'
import type { ImageScan } from '../../lib/aws/ecr-scan.ts'
import type { OciRegistry } from './oci-registry.ts'

/** State of the fake: all that a test may look at or set. */
export type FakeEcr = {
  repositories: Map<string, EcrCreation>
  /** What each look at a scan that was started gives, in turn; the last one stays. */
  scan: ImageScan[]
}

/**
 * ECR in memory, in front of a registry of the tests. Its contract, which the local AWS holds too
 * (test/contract/ecr.test.ts):
 * - a repository that is not there is `undefined`, and one that was made is described as it was made;
 * - a repository that is made twice stays as it was made first;
 * - a token opens the registry;
 * - at most so many images are listed as are asked for.
 *
 * Only of the fake, as ECR does it: the newest come first; an image has no scan until one is started.
 */
export function fakeEcr({ repositories, scan }: FakeEcr, registry: OciRegistry): Ecr {
  const scanned = new Set<string>()
  const looks = [...scan]
  const describe = (name: string) => {
    const found = repositories.get(name)
    return found && { name, uri: `${registry.host}/${name}`, isImmutable: () => found.immutable }
  }
  return {
    describe: async (name) => describe(name),
    create: async (name, creation) => {
      if (!repositories.has(name)) repositories.set(name, creation)
      const made = describe(name)
      if (!made) throw new Error(`expected ${name}`)
      return made
    },
    ensureLifecyclePolicy: async (name, lifecyclePolicy) => {
      const found = repositories.get(name)
      if (found && found.lifecyclePolicy === undefined) repositories.set(name, { ...found, lifecyclePolicy })
    },
    listNewest: async (name, count) =>
      [...(registry.repositories.get(name)?.manifests.keys() ?? [])].reverse().slice(0, count),
    authorize: async () => ({ origin: registry.origin, ...registry.issueToken() }),
    describeScan: async (_, digest) => {
      if (!scanned.has(digest)) return { kind: 'none' }
      return (looks.length > 1 ? looks.shift() : looks[0]) ?? { kind: 'running' }
    },
    startScan: async (_, digest) => {
      scanned.add(digest)
    },
  }
}
