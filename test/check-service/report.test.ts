import { expect, it } from 'vitest'
import { describeChecks, reportChecks } from '../../actions/check-service/report/report.ts'

const call = (step: string, milliseconds: number, status = 200) => ({
  ...{ step, milliseconds, status, route: `GET https://x.example/${step}` },
})
const findings = (statuses: Record<string, string>) => ({
  results: Object.entries(statuses).map(([name, status]) => ({ name, status, detail: `${name} detail` })),
  calls: [call('ping', 30), call('ping', 10, 503), call('infer', 2000), call('lost', 5, 0)],
  inferred: [{ answer: 202, psnr: { before: 20, after: 30 }, key: 'secret' }],
})
const report = (
  statuses: Record<string, string>,
  files: readonly string[] = [],
  url = 'https://x.example/',
) => reportChecks({ url } as never, findings(statuses) as never, files, undefined)

it('counts the checks that hold, and tells each step by its calls', () => {
  const {
    summary,
    report: json,
    outputs,
    failure,
  } = report({ a: 'ok', b: 'ok', c: 'skipped' }, ['in.png', 'out.png'])
  expect([outputs.result, failure]).toEqual(['healthy', undefined])
  const { markdown } = summary
  expect(markdown).toContain('## Service check: healthy')
  expect(markdown).toMatch(/: 2 of 2 checks hold; 4 calls in 2(\.0+)? s\./)
  expect(markdown).toContain('Pictures before and after: `in.png`, `out.png`.')
  expect(markdown.split('\n').filter((line) => line.startsWith('| '))).toEqual([
    ...['| check | result | detail |', '| --- | --- | --- |'],
    ...['| a | ✅ yes | a detail |', '| b | ✅ yes | b detail |', '| c | skipped | c detail |'],
    ...['| step | last answer | calls | fastest | slowest |', '| --- | --- | ---: | ---: | ---: |'],
    ...['| ping | 503 | 2 | 10 ms | 30 ms |', '| infer | 200 | 1 | 2000 ms | 2000 ms |'],
    '| lost | none | 1 | 5 ms | 5 ms |',
  ])
  expect(json).toMatchObject({
    ...{ result: 'healthy', url: 'https://x.example', files: ['in.png', 'out.png'] },
    pictures: [{ answer: 202, psnr: { before: 20, after: 30 } }],
  })
  expect(json.calls).toMatchObject([
    { route: 'GET /ping' },
    { route: 'GET /ping' },
    { route: 'GET /infer' },
    {},
  ])
  expect(JSON.stringify(json)).not.toContain('secret')
})

it('is as bad as the worst check, and tells each that does not hold', () => {
  const { summary, outputs, failure } = report({ a: 'ok', b: 'failed', c: 'skipped' })
  expect([outputs.result, failure]).toEqual(['unhealthy', 'b: b detail'])
  expect(summary.markdown).toMatch(/: 1 of 2 checks hold/)
  expect(summary.markdown).not.toContain('Pictures')
  const late = report({ a: 'failed', b: 'timeout' })
  expect([late.outputs.result, late.failure]).toEqual(['timeout', 'a: a detail; b: b detail'])
})

it('tells at a cancel which checks have ended, and which are open', () => {
  const checks = [{ kind: 'ping' }, { kind: 'openapi' }] as never
  const known = describeChecks(
    { url: 'https://x.example' } as never,
    checks,
    findings({ ping: 'ok' }) as never,
  )
  expect(known).toMatchObject({ title: 'Service check', done: ['ping: ok'] })
  expect(known.notDone).toHaveLength(1)
})
