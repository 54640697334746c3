import type { Known } from '../../../lib/ending.ts'
import { renderBytes } from '../../../lib/markdown.ts'
import type { LayerResult, PushRecord } from '../apply/record.ts'
import type { Plan } from '../plan.ts'
import { reportLayer, sumBlobs } from './report.ts'

/** Describes a push that may end at any time; `uri` is the repository's, without a tag. */
export function describePush(
  plan: Plan,
  record: PushRecord,
  { uri, tags }: { uri: string; tags: readonly string[] },
): Known {
  const { created, layers, digest } = record
  const there = new Set(layers.map(({ layer }) => layer.entry))
  // Tags that the plan leaves alone name the image already.
  const moved = tags.filter((tag) => !plan.tags.includes(tag) || record.tags.includes(tag))
  const named = digest ?? (plan.tags.length < tags.length ? plan.manifest?.digest : undefined)
  return {
    title: `Push to ${uri}`,
    outputs: {
      ...(named !== undefined && { digest: named, 'image-uri': `${uri}@${named}` }),
      'pushed-tags': moved.join('\n'),
      'uploaded-bytes': String(sumBlobs(layers, (kind) => kind === 'send')),
      'reused-bytes': String(sumBlobs(layers, (kind) => kind !== 'send')),
    },
    done: [
      ...(created ? [`created ${uri}`] : []),
      ...layers.filter(({ kind }) => kind !== 'reuse').map(renderLayer),
      ...record.tags.map((tag) => `tag ${tag} names ${digest}`),
    ],
    notDone: [
      ...plan.blobs
        .filter(({ kind, layer }) => kind !== 'reuse' && !there.has(layer.entry))
        .map(({ layer }) => `layer ${layer.diffId} (${renderBytes(layer.sizeBytes)})`),
      ...plan.tags.filter((tag) => !record.tags.includes(tag)).map((tag) => `move tag ${tag}`),
    ],
    report: { uri, digest: named, tags: moved, layers: layers.map(reportLayer) },
  }
}

const renderLayer = ({ kind, blob }: LayerResult) =>
  `${kind === 'mount' ? 'mounted' : 'sent'} ${blob.digest} (${renderBytes(blob.size)})`
