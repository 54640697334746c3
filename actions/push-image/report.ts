import type { Outcome } from '../../lib/action.ts'
import { renderBytes, renderSeconds, renderTable } from '../../lib/markdown.ts'
import type { LayerResult, PushResult } from './apply.ts'
import type { Plan } from './plan.ts'

/** Renders a plan as lines of the log. */
export function renderPlan(plan: Plan, createsRepository: boolean): string[] {
  const layers = plan.layers.map(
    ({ kind, layer }) => `${kind} layer ${layer.diffId} (${renderBytes(layer.sizeBytes)})`,
  )
  return [
    ...(createsRepository ? ['create the repository'] : []),
    ...layers,
    ...(plan.sendConfig ? ['send the config'] : []),
    ...plan.tags.map((tag) => `move tag ${tag}`),
  ]
}

/** Reports a dry run. */
export function reportPlanned(plan: Plan, uri: string | undefined): Outcome {
  const lines = renderPlan(plan, uri === undefined)
  const summary = [
    '## Planned push',
    '',
    ...(lines.length > 0 ? lines.map((line) => `- ${line}`) : ['Nothing to do.']),
  ]
  return {
    outputs: { result: 'planned' },
    summary: summary.join('\n'),
    report: { result: 'planned', steps: lines },
  }
}

/** What a finished push is reported from; `uri` is the repository's, without a tag. */
export type Pushed = { unchanged: boolean; pushed: PushResult; uri: string; tags: readonly string[] }

/** Reports a push that was done, or that had nothing to do. */
export function reportPush({ unchanged, pushed, uri, tags }: Pushed): Outcome {
  const result = unchanged ? 'unchanged' : 'pushed'
  const imageUri = `${uri}@${pushed.digest}`
  const uploadedBytes = sum(pushed.layers, 'send') + pushed.configBytes.sent
  const reusedBytes = sum(pushed.layers, 'reuse') + pushed.configBytes.reused
  const layers = pushed.layers.map(({ layer, blob, kind, seconds }) => ({
    diffId: layer.diffId,
    digest: blob.digest,
    sizeBytes: layer.sizeBytes,
    blobBytes: blob.size,
    reused: kind === 'reuse',
    seconds,
  }))
  return {
    outputs: {
      result,
      digest: pushed.digest,
      'image-uri': imageUri,
      'pushed-tags': tags.join('\n'),
      'uploaded-bytes': String(uploadedBytes),
      'reused-bytes': String(reusedBytes),
    },
    summary: renderSummary(result, imageUri, tags, pushed.layers),
    report: { result, digest: pushed.digest, imageUri, tags, uploadedBytes, reusedBytes, layers },
  }
}

const sum = (layers: readonly LayerResult[], wanted: LayerResult['kind']) =>
  layers.reduce((total, { kind, blob }) => total + (kind === wanted ? blob.size : 0), 0)

function renderSummary(
  result: string,
  imageUri: string,
  tags: readonly string[],
  layers: readonly LayerResult[],
): string {
  const header = ['layer', 'size', 'blob', 'ratio', 'sent', 'time']
  const rows = layers.map(({ layer, blob, kind, seconds }) => [
    layer.diffId.slice(0, 19),
    renderBytes(layer.sizeBytes),
    renderBytes(blob.size),
    (blob.size / Math.max(layer.sizeBytes, 1)).toFixed(2),
    kind === 'send' ? renderBytes(blob.size) : 'reused',
    kind === 'send' ? renderSeconds(seconds) : '',
  ])
  const title = result === 'unchanged' ? 'Image unchanged' : 'Image pushed'
  const right = ['size', 'blob', 'ratio', 'sent', 'time']
  return [
    `## ${title}`,
    '',
    `Tags: ${tags.map((tag) => `\`${tag}\``).join(', ')}`,
    '',
    renderTable(header, rows, { right }),
    '',
    '```sh',
    `docker pull ${imageUri}`,
    '```',
  ].join('\n')
}
