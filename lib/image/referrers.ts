import type { Archive } from '../archive/archive.ts'
import { MissingEntryError } from '../archive/json-entry.ts'
import { isDescriptor } from '../oci/descriptor.ts'
import type { ArchivedLayer, Referrer } from './archived-image.ts'
import type { JsonBlob } from './oci-blob.ts'
import { readTree, type Tree } from './oci-tree.ts'

/** A manifest or an index that `index.json` names, under all names that it has there. */
export type ListedNode = {
  node: JsonBlob
  /** Such as `registry.test/app:v1`, or only a tag. */
  references: string[]
  /** What cosign calls it; '' where something else wrote the layout. */
  kind: string
}

// The tags under which cosign looks for signatures, and registries without an API of referrers keep their list:
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
const tagPattern = /^(sha256)-([0-9a-f]{64})(\.\w+)?$/

// https://github.com/sigstore/cosign/blob/main/pkg/oci/layout/write.go
const cosignKind = /^dev\.cosignproject\.cosign\/(sig|att|sbom)s?$/

/** Returns whether something is a signature, an SBOM or the like of another manifest. */
export const isReferrer = (one: ListedNode) => findTarget(one, []) !== undefined

/** What something refers to, and the reference under which it is pushed. */
type Target = { digest: string; reference: string }

/** Finds what something refers to; `undefined` where it refers to nothing. */
export function findTarget(
  { node, references, kind }: ListedNode,
  listed: readonly ListedNode[],
): Target | undefined {
  const [tag = '', algorithm, hex] =
    references.map((name) => tagPattern.exec(name) ?? []).find(([text]) => text) ?? []
  if (tag !== '') return { digest: `${algorithm}:${hex}`, reference: tag }
  const suffix = cosignKind.exec(kind)?.[1]
  if (suffix !== undefined) {
    const signed = listed.find(
      (other) => !cosignKind.test(other.kind) && other.references.join() === references.join(),
    )
    const digest = signed?.node.digest ?? ''
    return { digest, reference: `${digest.replace(':', '-')}.${suffix}` }
  }
  const { subject } = Object(node.value)
  return isDescriptor(subject) ? { digest: subject.digest, reference: node.digest } : undefined
}

/** What refers to a tree, the blobs of it, what of it is not whole, and what refers to something else. */
export type Referring = {
  referrers: Referrer[]
  blobs: Map<string, ArchivedLayer>
  warnings: string[]
  others: ListedNode[]
}

/** Reads what of a layout refers to a tree: to its root, to what that names, or to another one that refers to it. */
export async function readReferrers(
  archive: Archive,
  listed: readonly ListedNode[],
  { root, manifests }: Pick<Tree, 'root' | 'manifests'>,
): Promise<Referring> {
  const byTarget = Map.groupBy(
    listed.flatMap((one) => {
      const target = findTarget(one, listed)
      return target ? [{ ...target, node: one.node }] : []
    }),
    ({ digest }) => digest,
  )
  const queue = [root.digest, ...manifests.keys()]
  const met = new Set(queue)
  const referring: Referring = { referrers: [], blobs: new Map(), warnings: [], others: [] }
  for (let digest = queue.shift(); digest !== undefined; digest = queue.shift()) {
    for (const { node, reference } of byTarget.get(digest) ?? []) {
      if (met.has(node.digest)) continue
      met.add(node.digest)
      const tree = await readWhole(archive, node)
      if (!tree) {
        referring.warnings.push(
          `archive: ${node.digest} is left out: it refers to ${digest}, and is not whole`,
        )
        continue
      }
      for (const manifest of tree.manifests.values())
        if (!met.has(manifest.digest)) referring.referrers.push({ reference: manifest.digest, manifest })
      referring.referrers.push({ reference, manifest: tree.root })
      for (const [entry, blob] of tree.blobs) referring.blobs.set(entry, blob)
      queue.push(node.digest)
    }
  }
  const others = listed.filter((one) => isReferrer(one) && !met.has(one.node.digest))
  return { ...referring, others }
}

async function readWhole(archive: Archive, node: JsonBlob): Promise<Tree | undefined> {
  try {
    const tree = await readTree(archive, node)
    return tree.leftOut.length === 0 ? tree : undefined
  } catch (error) {
    if (error instanceof MissingEntryError) return undefined
    throw error
  }
}
