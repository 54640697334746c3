import { describe, expect, it } from 'vitest'
import type { LayerResult, PushRecord } from '../../actions/push-image/apply/record.ts'
import { startRecord } from '../../actions/push-image/apply/record.ts'
import type { BlobStep, Plan } from '../../actions/push-image/plan.ts'
import { describePush } from '../../actions/push-image/report/known.ts'

const layer = (name: string) => ({
  ...{ entry: name, diffId: `sha256:${name}`, sizeBytes: 2048, compression: 'none' as const },
})
const blob = (name: string) => ({ digest: `sha256:blob-${name}`, size: 1024, compression: 'gzip' as const })
const steps: BlobStep[] = [
  { kind: 'reuse', layer: layer('a'), blob: blob('a') },
  { kind: 'mount', layer: layer('b'), blob: blob('b'), from: 'base' },
  { kind: 'send', layer: layer('c'), compression: 'gzip' },
]
const plan: Plan = {
  ...{ blobs: steps, config: Buffer.from('{}'), members: [], family: 'docker' },
  ...{ manifest: { bytes: Buffer.from('{}'), mediaType: '', digest: 'sha256:image' }, tags: ['v1', 'v2'] },
}
const done = (name: string, kind: LayerResult['kind']): LayerResult => ({
  ...{ layer: layer(name), blob: blob(name), kind, seconds: 1 },
})
const describeIt = (record: Partial<PushRecord>, { tags = ['v1', 'v2'], planned = plan } = {}) =>
  describePush(planned, { ...startRecord(), ...record }, { uri: 'host/app', tags })

describe('a push that ended early', () => {
  it('before its first layer has done nothing, and names no image', () => {
    expect(describeIt({})).toEqual({
      title: 'Push to host/app',
      outputs: { 'pushed-tags': '', 'uploaded-bytes': '0', 'reused-bytes': '0' },
      done: [],
      notDone: ['layer sha256:b (2.0 KiB)', 'layer sha256:c (2.0 KiB)', 'move tag v1', 'move tag v2'],
      report: { uri: 'host/app', digest: undefined, tags: [], layers: [] },
    })
  })

  it('between its tags tells layers, bytes, the tag that was moved, and the one that was not', () => {
    const layers = [done('a', 'reuse'), done('b', 'mount'), done('c', 'send')]
    expect(describeIt({ created: true, layers, digest: 'sha256:image', tags: ['v1'] })).toMatchObject({
      outputs: {
        ...{ digest: 'sha256:image', 'image-uri': 'host/app@sha256:image', 'pushed-tags': 'v1' },
        ...{ 'uploaded-bytes': '1024', 'reused-bytes': '2048' },
      },
      done: [
        'created host/app',
        'mounted sha256:blob-b (1.0 KiB)',
        'sent sha256:blob-c (1.0 KiB)',
        'tag v1 names sha256:image',
      ],
      notDone: ['move tag v2'],
      report: { digest: 'sha256:image', tags: ['v1'], layers: [{ step: 'reuse' }, {}, { step: 'send' }] },
    })
  })

  it('names the image where one of its tags named it before', () => {
    const { outputs, report } = describeIt({}, { tags: ['v0', 'v1', 'v2'] })
    expect(outputs).toMatchObject({ digest: 'sha256:image', 'pushed-tags': 'v0' })
    expect(report).toMatchObject({ tags: ['v0'] })
    expect(
      describeIt({}, { tags: ['v0', 'v1', 'v2'], planned: { ...plan, manifest: undefined } }).outputs,
    ).toEqual({
      ...{ 'pushed-tags': 'v0', 'uploaded-bytes': '0', 'reused-bytes': '0' },
    })
  })

  it('lists every tag, a line each', () => {
    const tags = ['v1', 'v2']
    expect(describeIt({ digest: 'sha256:image', tags }).outputs).toMatchObject({ 'pushed-tags': 'v1\nv2' })
  })
})
