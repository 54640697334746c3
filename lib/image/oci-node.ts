import type { Archive } from '../archive/archive.ts'
import { listFirst } from '../quote.ts'
import type { Archived } from './archived-image.ts'
import { renderPlatform } from './image-config.ts'
import { type IndexedBlob, isIndex, type JsonBlob, readBlob } from './oci-blob.ts'
import { readOciImage } from './oci-image.ts'
import { isPlatform, readTree, type Tree } from './oci-tree.ts'
import { findTarget, isReferrer, type ListedNode, readReferrers } from './referrers.ts'

/**
 * Reads what a layout names: an image to which nothing refers, so that its layers may be compressed, or a tree that
 * is pushed as it lies.
 */
export async function readLayoutNode(
  archive: Archive,
  { node, references }: ListedNode,
  listed: readonly ListedNode[],
): Promise<Archived> {
  const tree = await readTree(archive, node)
  const only = findOnlyImage(tree)
  if (only) {
    const image = await readBlob(archive, only, node.entry)
    const read = await readLayoutNode(archive, { node: image, references, kind: '' }, listed)
    return { ...read, warnings: [...read.warnings, describeLeftOut(node, tree, only)] }
  }
  const { referrers, blobs, others, ...referring } = await readReferrers(archive, listed, tree)
  const warnings = [...referring.warnings, ...describeOrphans(node, others, listed)]
  const isAlone = !isIndex(node) && referrers.length === 0
  const image = isAlone ? await readOciImage(archive, node, references) : undefined
  if (image) return { ...image, warnings }
  return {
    kind: 'tree',
    root: tree.root,
    manifests: [...tree.manifests.values()],
    referrers,
    blobs: [...new Map([...tree.blobs, ...blobs]).values()],
    references,
    warnings: [...warnings, ...(tree.leftOut.length > 0 ? [describeLeftOut(node, tree)] : [])],
  }
}

// As docker push does: an index of one platform says no more than its image.
function findOnlyImage({ leftOut, members }: Tree): IndexedBlob | undefined {
  const images = members.filter(isPlatform)
  return leftOut.length > 0 && images.length === 1 ? images[0] : undefined
}

function describeLeftOut({ digest }: JsonBlob, { leftOut, members, root }: Tree, only?: IndexedBlob): string {
  const others = only ? members.filter((member) => member !== only) : []
  const names = [
    ...leftOut.map((blob) => `${describeMember(blob)} (not in the archive)`),
    ...others.map(describeMember),
  ]
  const pushed = only ? `its only image, ${only.digest}` : `an index without them, ${root.digest}`
  return `archive: the index ${digest} cannot be pushed whole; pushed is ${pushed}; left out: ${listFirst(names)}`
}

function describeMember(blob: IndexedBlob): string {
  const kind = isPlatform(blob) ? renderPlatform(blob.platform) || blob.mediaType : 'attestation'
  return `${kind} ${blob.digest}`
}

// A signature of an index that is pushed shortened signs nothing any more. Where the layout has other images, what
// else is there may belong to those.
function describeOrphans(
  { digest }: JsonBlob,
  others: readonly ListedNode[],
  listed: readonly ListedNode[],
): string[] {
  const isOnly = listed.filter((one) => !isReferrer(one)).length === 1
  const orphans = others.flatMap((one) => {
    const target = findTarget(one, listed)?.digest
    return one.node.digest !== digest && (isOnly || target === digest)
      ? [`${one.node.digest} (of ${target})`]
      : []
  })
  if (orphans.length === 0) return []
  return [`archive: left out what refers to manifests that are not pushed: ${listFirst(orphans)}`]
}
