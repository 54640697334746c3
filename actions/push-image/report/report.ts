import {
  blocks,
  code,
  codeBlock,
  foldTable,
  join,
  type Markdown,
  md,
  renderBytes,
  renderList,
  renderSeconds,
  renderTable,
} from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import type { PushResult } from '../apply/apply-push.ts'
import type { LayerResult } from '../apply/record.ts'
import type { ScanFindings } from '../apply/scan.ts'
import type { BlobStep, Plan } from '../plan.ts'
import { estimatePull, type PullEstimate, renderPull } from './pull.ts'

/** Renders a plan as lines of the log. */
export function renderPlan(plan: Plan, { makesRepository }: { makesRepository: boolean }): string[] {
  return [
    ...(makesRepository ? ['create the repository'] : []),
    ...plan.blobs.map(renderStep),
    ...(plan.config ? [`send the config (${renderBytes(plan.config.length)})`] : []),
    ...plan.members.map(({ reference }) => `put ${reference}`),
    ...plan.tags.map((tag) => `move tag ${tag}`),
  ]
}

function renderStep(step: BlobStep): string {
  const layer = `layer ${step.layer.diffId} (${renderBytes(step.layer.sizeBytes)})`
  if (step.kind === 'mount') return `mount ${layer} from ${step.from}`
  if (step.kind === 'reuse') return `reuse ${layer}`
  const isPacked = step.layer.compression === 'none' && step.compression !== 'none'
  return `send ${layer}${isPacked ? `, as ${step.compression}` : ', as it is'}`
}

/** Reports a dry run. */
export function reportPlanned(steps: readonly string[]): Outcome {
  return {
    outputs: { result: 'planned' },
    summary: blocks(md`## Planned push`, steps.length > 0 ? renderList(steps) : md`Nothing to do.`),
    report: { result: 'planned', steps },
  }
}

/** What a finished push is reported from; `uri` is the repository's, without a tag. */
export type Pushed = {
  unchanged: boolean
  pushed: PushResult
  uri: string
  tags: readonly string[]
  findings: ScanFindings | undefined
  /** What is wrong with an image that is pushed all the same. */
  failure: string | undefined
}

// All outputs of a job share a mebibyte.
const largestOutputBytes = 128 * 1024

/** Reports a push that was done, or that had nothing to do. */
export function reportPush({ unchanged, pushed, uri, tags, findings, failure }: Pushed): Outcome {
  const { digest, manifest, layers, configBytes, sentSeconds } = pushed
  const result = unchanged ? 'unchanged' : 'pushed'
  const imageUri = `${uri}@${digest}`
  const uploadedBytes = sumBlobs(layers, (kind) => kind === 'send') + configBytes.sent
  const reusedBytes = sumBlobs(layers, (kind) => kind !== 'send') + configBytes.reused
  const pull = estimatePull(manifest, layers)?.estimate
  const counts = findings && Object.fromEntries(findings.map(({ severity, count }) => [severity, count]))
  return {
    outputs: {
      result,
      digest,
      'image-uri': imageUri,
      'image-name': uri,
      'pushed-tags': tags.join('\n'),
      tags: tags.map((tag) => `${uri}:${tag}`).join('\n'),
      ...(manifest.length <= largestOutputBytes && { manifest: manifest.toString() }),
      'uploaded-bytes': String(uploadedBytes),
      'reused-bytes': String(reusedBytes),
      'sent-seconds': sentSeconds.toFixed(3),
      ...(counts && { 'scan-findings': JSON.stringify(counts) }),
    },
    summary: renderSummary({ result, imageUri, tags, layers, findings, pull, uploadedBytes, reusedBytes }),
    report: {
      result,
      digest,
      imageUri,
      tags,
      uploadedBytes,
      reusedBytes,
      sentSeconds,
      layers: layers.map(reportLayer),
      pull,
      scanFindings: counts,
    },
    failure,
  }
}

/** Describes a layer for the JSON report. */
export const reportLayer = ({ layer, blob, kind, seconds }: LayerResult) => ({
  diffId: layer.diffId,
  digest: blob.digest,
  compression: blob.compression,
  sizeBytes: layer.sizeBytes,
  blobBytes: blob.size,
  step: kind,
  seconds,
})

/** Adds up the bytes of the blobs that were sent, or of those that were not. */
export const sumBlobs = (layers: readonly LayerResult[], isWanted: (kind: LayerResult['kind']) => boolean) =>
  layers.reduce((total, { kind, blob }) => total + (isWanted(kind) ? blob.size : 0), 0)

const steps = { send: 'sent', reuse: 'reused', mount: 'mounted' } as const

function renderSummary({
  result,
  imageUri,
  tags,
  layers,
  findings,
  pull,
  uploadedBytes,
  reusedBytes,
}: Pick<Pushed, 'tags' | 'findings'> & {
  result: string
  imageUri: string
  layers: readonly LayerResult[]
  pull: PullEstimate | undefined
  uploadedBytes: number
  reusedBytes: number
}): Markdown {
  const header = ['layer', 'size', 'blob', 'ratio', 'step', 'time']
  const rows = layers.map(({ layer, blob, kind, seconds }) => [
    layer.diffId.slice(0, 19),
    renderBytes(layer.sizeBytes),
    renderBytes(blob.size),
    (blob.size / Math.max(layer.sizeBytes, 1)).toFixed(2),
    steps[kind],
    kind === 'send' ? renderSeconds(seconds) : '',
  ])
  return blocks(
    result === 'unchanged' ? md`## Image unchanged` : md`## Image pushed`,
    md`**${countLayers(layers)}**; ${renderBytes(uploadedBytes)} sent, ${renderBytes(reusedBytes)} reused.`,
    tags.length > 0 ? md`Tags: ${join(tags.map(code), ', ')}` : md``,
    codeBlock('sh', `docker pull ${imageUri}`),
    ...(pull ? [md`${renderPull(pull)}`] : []),
    ...(findings ? [renderFindings(findings)] : []),
    foldTable('layers', header, rows, { right: ['size', 'blob', 'ratio', 'time'] }),
  )
}

function countLayers(layers: readonly LayerResult[]): string {
  const count = (wanted: LayerResult['kind']) => layers.filter(({ kind }) => kind === wanted).length
  return `layers: ${count('send')} sent, ${count('mount')} mounted, ${count('reuse')} reused`
}

function renderFindings(findings: ScanFindings): Markdown {
  if (findings.length === 0) return md`The image scan found nothing.`
  const rows = findings.map(({ severity, count }) => [severity, String(count)])
  return blocks(
    md`The image scan found:`,
    renderTable(['severity', 'findings'], rows, { right: ['findings'] }),
  )
}
