import { describe, expect, it } from 'vitest'
import { judgeFindings, scanImage, toFindings } from '../../../actions/push-image/apply/scan.ts'
import type { Severity } from '../../../actions/push-image/inputs.ts'
import type { ImageScan, ImageScans } from '../../../lib/aws/ecr-scan.ts'
import { fakeClock } from '../../fakes/clock.ts'

const { signal } = new AbortController()

const scan = (calls: ImageScans, { threshold = 'none' as Severity | 'none', stop = signal } = {}) =>
  scanImage(
    { calls, name: 'app' },
    'sha256:a',
    { scan: 'wait', scanThreshold: threshold },
    {
      clock: fakeClock(),
      signal: stop,
    },
  )

function fakeScans(looks: readonly ImageScan[]) {
  const left = [...looks]
  const started: string[] = []
  const scans: ImageScans = {
    describeScan: async () => left.shift() ?? { kind: 'running' },
    startScan: async (_, digest) => {
      started.push(digest)
    },
  }
  return { scans, started }
}

describe('scanImage', () => {
  it('starts a scan only where none runs', async () => {
    const complete: ImageScan = { kind: 'complete', counts: {} }
    for (const [first, count] of [['none', 1] as const, ['running', 0] as const]) {
      const { scans, started } = fakeScans([{ kind: first }, { kind: 'running' }, complete])
      const result = await scan(scans, { threshold: 'low' })
      expect(result).toEqual({ findings: [], failure: undefined })
      expect(started).toHaveLength(count)
    }
  })

  it('fails where the scan does not end in a quarter of an hour', async () => {
    const result = await scan(fakeScans([]).scans)
    expect(result.failure).toBe('image scan of sha256:a: not settled after 900 s; the image is pushed')
  })

  it('fails where the scan does', async () => {
    const { scans } = fakeScans([
      { kind: 'running' },
      { kind: 'running' },
      { kind: 'failed', reason: 'no base' },
    ])
    expect(await scan(scans)).toEqual({
      findings: undefined,
      failure: 'image scan of sha256:a: no base; the image is pushed',
    })
  })

  it('says what is denied, and that the image is pushed', async () => {
    const scans: ImageScans = {
      describeScan: async () => {
        throw new Error('ecr:DescribeImageScanFindings: denied')
      },
      startScan: async () => {},
    }
    const { failure } = await scan(scans)
    expect(failure).toBe('ecr:DescribeImageScanFindings: denied; the image is pushed')
  })

  it('is not made where it is off, or the registry is not ECR', async () => {
    const { scans, started } = fakeScans([])
    const waiting = { clock: fakeClock(), signal }
    const off = { scan: 'off', scanThreshold: 'none' } as const
    const nothing = { findings: undefined, failure: undefined }
    expect(await scanImage({ calls: scans, name: 'app' }, 'sha256:a', off, waiting)).toEqual(nothing)
    expect(await scanImage(undefined, 'sha256:a', { ...off, scan: 'wait' }, waiting)).toEqual(nothing)
    expect(started).toEqual([])
  })

  it('ends when the signal aborts', async () => {
    const stopped = AbortSignal.abort(new Error('cancelled'))
    const scanning = scan(fakeScans([]).scans, { stop: stopped })
    await expect(scanning).rejects.toThrow('cancelled')
  })
})

describe('findings', () => {
  const find = () => toFindings({ LOW: 4, CRITICAL: 1, MEDIUM: 0, UNDEFINED: 2 })

  it('stand the gravest first, without those that there are none of', () => {
    expect(find()).toEqual([
      { severity: 'critical', count: 1 },
      { severity: 'low', count: 4 },
      { severity: 'undefined', count: 2 },
    ])
  })

  it.each([
    ['none', undefined],
    ['critical', 'got 1 critical;'],
    ['high', 'got 1 critical;'],
    ['low', 'got 1 critical, 4 low;'],
    ['undefined', 'got 1 critical, 4 low, 2 undefined;'],
  ] as const)('fail at the threshold %s as they should', (threshold, text) => {
    const failure = judgeFindings(find(), threshold)
    if (text === undefined) expect(failure).toBeUndefined()
    else expect(failure).toContain(text)
  })

  it('below the threshold do not fail', () => {
    expect(judgeFindings(toFindings({ LOW: 1 }), 'medium')).toBeUndefined()
  })
})
