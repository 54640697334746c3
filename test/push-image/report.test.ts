import { describe, expect, it } from 'vitest'
import type { LayerResult } from '../../actions/push-image/apply/record.ts'
import { emptyState } from '../../actions/push-image/observe/state.ts'
import { planPush } from '../../actions/push-image/plan.ts'
import { type Pushed, renderPlan, reportPlanned, reportPush } from '../../actions/push-image/report/report.ts'
import type { ArchivedImage } from '../../lib/image/archived-image.ts'
import { blobKey } from '../../lib/registry/reuse.ts'

const kibibyte = 1024
const layer = (name: string, compression: 'none' | 'gzip' = 'none') => ({
  entry: name,
  diffId: `sha256:${name.repeat(64)}`,
  sizeBytes: 10 * kibibyte,
  compression,
})
const blob = (name: string) => ({
  digest: `sha256:blob ${name}`,
  size: 4 * kibibyte,
  compression: 'gzip' as const,
})

const image: ArchivedImage = {
  kind: 'image',
  config: Buffer.alloc(kibibyte),
  configDigest: 'sha256:config',
  layers: [layer('a'), layer('b'), layer('c'), layer('d', 'gzip')],
  references: [],
  warnings: [],
  platform: 'linux/amd64',
}

describe('renderPlan', () => {
  it('says what becomes of each layer, then of the config and the tags', () => {
    const known = (name: string) => new Map([[blobKey(layer(name).diffId, 'gzip'), blob(name)]])
    const state = { ...emptyState, blobs: known('a'), mountable: { from: 'base', blobs: known('b') } }
    const plan = planPush(image, state, ['v1', 'v2'], { compression: 'gzip', level: 'fast' })
    expect(renderPlan(plan, { makesRepository: true })).toEqual([
      'create the repository',
      `reuse layer ${layer('a').diffId} (10.0 KiB)`,
      `mount layer ${layer('b').diffId} (10.0 KiB) from base`,
      `send layer ${layer('c').diffId} (10.0 KiB), as gzip`,
      `send layer ${layer('d').diffId} (10.0 KiB), as it is`,
      'send the config (1.0 KiB)',
      'move tag v1',
      'move tag v2',
    ])
  })
})

it('renders an index by the manifests that are put, and what stays as it is', () => {
  const { blobs, ...plan } = planPush(image, emptyState, [], { compression: 'none' })
  const manifest = { bytes: Buffer.from('{}'), mediaType: '', digest: 'sha256:member' }
  const members = [{ reference: manifest.digest, manifest }]
  const steps = renderPlan(
    { ...plan, blobs: blobs.slice(0, 1), config: undefined, members },
    { makesRepository: false },
  )
  expect(steps).toEqual([`send layer ${layer('a').diffId} (10.0 KiB), as it is`, 'put sha256:member'])
})

const result = (name: string, kind: LayerResult['kind'], seconds: number): LayerResult => ({
  layer: layer(name),
  blob: blob(name),
  kind,
  seconds,
})

const pushed: Pushed = {
  unchanged: false,
  pushed: {
    digest: 'sha256:image',
    manifest: Buffer.from('{"layers":[]}'),
    layers: [result('a', 'reuse', 0), result('b', 'mount', 0.1), result('c', 'send', 2)],
    configBytes: { sent: kibibyte, reused: 2 },
    sentSeconds: 2.1234,
  },
  uri: 'host/app',
  tags: ['v1', 'v2'],
  findings: undefined,
  failure: undefined,
}

describe('reportPush', () => {
  it('tells bytes sent and reused, the config included', () => {
    expect(reportPush(pushed).outputs).toEqual({
      result: 'pushed',
      digest: 'sha256:image',
      'image-uri': 'host/app@sha256:image',
      'image-name': 'host/app',
      'pushed-tags': 'v1\nv2',
      tags: 'host/app:v1\nhost/app:v2',
      manifest: '{"layers":[]}',
      'uploaded-bytes': String(5 * kibibyte),
      'reused-bytes': String(8 * kibibyte + 2),
      'sent-seconds': '2.123',
    })
  })

  it('leaves out a manifest that would take the place of other outputs', () => {
    const manifest = Buffer.alloc(128 * kibibyte + 1, ' ')
    expect(reportPush({ ...pushed, pushed: { ...pushed.pushed, manifest } }).outputs).not.toHaveProperty(
      'manifest',
    )
  })

  it('has a row for each layer, with its ratio, and the command that pulls the image', () => {
    const summary = reportPush(pushed).summary.markdown
    expect(summary.split('\n\n').slice(0, 4)).toEqual([
      '## Image pushed',
      '**layers: 1 sent, 1 mounted, 1 reused**; 5.0 KiB sent, 8.0 KiB reused.',
      'Tags: `v1`, `v2`',
      '```sh\ndocker pull host/app@sha256:image\n```',
    ])
    const layers = [...pushed.pushed.layers, result('d', 'send', 1), result('e', 'send', 1)]
    const more = [...layers, result('f', 'mount', 0)]
    expect(reportPush({ ...pushed, pushed: { ...pushed.pushed, layers: more } }).summary.markdown).toContain(
      '**layers: 3 sent, 2 mounted, 1 reused**',
    )
    const rows = summary.split('\n').filter((line) => line.startsWith('| sha256:'))
    expect(
      rows.map((row) =>
        row
          .split('|')
          .slice(2, -1)
          .map((cell) => cell.trim()),
      ),
    ).toEqual([
      ['10.0 KiB', '4.0 KiB', '0.40', 'reused', ''],
      ['10.0 KiB', '4.0 KiB', '0.40', 'mounted', ''],
      ['10.0 KiB', '4.0 KiB', '0.40', 'sent', '2.0 s'],
    ])
    expect(rows[0]).toContain(`| ${layer('a').diffId.slice(0, 19)} |`)
    expect(summary).toContain(
      '| layer | size | blob | ratio | step | time |\n| --- | ---: | ---: | ---: | --- | ---: |',
    )
  })

  it('tells what the scan found, and that it found nothing', () => {
    const found = reportPush({ ...pushed, findings: [{ severity: 'high', count: 2 }] })
    expect(found.outputs['scan-findings']).toBe('{"high":2}')
    expect(found.summary.markdown).toContain(
      'The image scan found:\n\n| severity | findings |\n| --- | ---: |\n| high | 2 |',
    )
    expect(reportPush(pushed).summary.markdown).not.toContain('The image scan')
    expect(reportPush({ ...pushed, findings: [] }).summary.markdown).toContain(
      'The image scan found nothing.',
    )
  })

  it('says that an image is unchanged', () => {
    const { outputs, summary } = reportPush({ ...pushed, unchanged: true })
    expect(outputs.result).toBe('unchanged')
    expect(summary.markdown).toContain('## Image unchanged')
  })
})

it('reports a plan of no steps in words', () => {
  expect(reportPlanned([]).summary.markdown).toBe('## Planned push\n\nNothing to do.')
  expect(reportPlanned(['move tag v1']).summary.markdown).toBe('## Planned push\n\n- move tag v1')
  expect(reportPlanned(['move tag v1'])).toMatchObject({
    outputs: { result: 'planned' },
    report: { result: 'planned', steps: ['move tag v1'] },
  })
})
