import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { makeLog } from '../../lib/log.ts'
import { code, md, renderTable } from '../../lib/markdown.ts'
import type { Outcome } from '../../lib/outcome.ts'
import { publish } from '../../lib/publish.ts'
import { parseOutputs } from '../../scripts/action-process.ts'

const outcome: Outcome = {
  outputs: { result: 'pushed', digest: 'sha256:d' },
  summary: md`## Pushed`,
  report: { result: 'pushed' },
}

afterEach(() => vi.unstubAllEnvs())

/** Publishes with the files of a runner, of which some are elsewhere. */
function publishTo(given: Outcome, { env = {}, output = '', masked = [] as string[] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'publish-'))
  const files = { output: join(folder, 'output'), summary: join(folder, 'summary') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  vi.stubEnv('GITHUB_OUTPUT', output || files.output)
  const lines: string[] = []
  const write = (kind: string) => (text: string | Error) => void lines.push(`${kind} ${text}`)
  const log = makeLog({
    ...{
      info: write('info'),
      warning: write('warning'),
      setFailed: write('failed'),
      setSecret: () => {},
      error: write('error'),
    },
  })
  for (const secret of masked) log.mask(secret)
  const runner = { GITHUB_STEP_SUMMARY: files.summary, RUNNER_TEMP: join(folder, 'temp'), ...env }
  publish('sample', given, { env: runner, log, line: md`` })
  const reportPath = join(folder, 'temp', 'sample-report.json')
  return {
    lines,
    reportPath,
    outputs: parseOutputs(readFileSync(files.output, 'utf8')),
    summary: readFileSync(files.summary, 'utf8'),
    report: () => readFileSync(reportPath, 'utf8'),
  }
}

describe('a run is published', () => {
  it('as outputs, summary and report, in a folder that is made where it is missing', () => {
    const { lines, outputs, summary, report, reportPath } = publishTo(outcome)
    expect(outputs).toEqual({ result: 'pushed', digest: 'sha256:d', report: reportPath })
    expect(summary).toBe('## Pushed\n')
    expect(report()).toBe('{\n  "result": "pushed",\n  "summary": "## Pushed"\n}\n')
    expect(lines).toEqual([])
  })

  it('with its failure last, before the trace, and in the report', () => {
    const { lines, report } = publishTo({ ...outcome, failure: 'scan: too much', trace: ['at a', 'at b'] })
    expect(lines).toEqual(['failed scan: too much', 'info at a', 'info at b'])
    expect(JSON.parse(report())).toMatchObject({ result: 'pushed', failure: 'scan: too much' })
  })

  const workflow = {
    GITHUB_SERVER_URL: 'https://github.test',
    GITHUB_REPOSITORY: 'acme/service',
    GITHUB_SHA: 'b2',
  }
  const brought = { GITHUB_ACTION_REPOSITORY: 'acme/toolkit', GITHUB_ACTION_REF: 'a1' }
  it.each([
    [
      'of the action',
      'key: expected one',
      { ...workflow, ...brought },
      'toolkit/blob/a1/docs/troubleshooting',
    ],
    [
      'that it names',
      's3:GetObject: denied; see docs/permissions.md (no policy)',
      workflow,
      'service/blob/b2/docs/permissions',
    ],
  ])('with a link from its failure to the page %s', (_, failure, env, page) => {
    const { lines, summary } = publishTo({ ...outcome, failure }, { env })
    const url = `https://github.test/acme/${page}.md`
    expect(lines).toEqual([`failed ${failure}; see ${url}`])
    expect(summary).toBe(`## Pushed\n\n[What to do about it](${url})\n`)
    expect(publishTo(outcome, { env }).summary).toBe('## Pushed\n')
  })

  it('without what is masked, as Markdown and JSON write it', () => {
    const secret = 'pass*|"word'
    const table = renderTable(['as text', 'as code'], [[secret, code(secret)]])
    const { summary, report } = publishTo(
      { ...outcome, summary: table, report: { found: `a ${secret}.` } },
      { masked: [secret] },
    )
    const shown = expect.stringContaining('\n| *** | `***` |')
    expect(summary).toEqual(shown)
    expect(JSON.parse(report())).toEqual({ found: 'a ***.', summary: shown })
  })

  it('with a summary that GitHub takes', () => {
    const long = { markdown: 'line\n'.repeat(300_000) }
    const { summary } = publishTo({ ...outcome, summary: long })
    expect(summary.length).toBeLessThanOrEqual(1_000_001)
    expect(summary).toContain('Cut to fit')
  })

  it('without a summary where the runner gives no file', () => {
    const { summary, lines } = publishTo(outcome, { env: { GITHUB_STEP_SUMMARY: undefined } })
    expect([summary, lines]).toEqual(['', []])
  })
})

describe('what cannot be written', () => {
  it('is a warning for the summary', () => {
    const { lines, outputs } = publishTo(outcome, { env: { GITHUB_STEP_SUMMARY: tmpdir() } })
    expect(lines).toEqual([expect.stringMatching(/^warning summary: cannot be written \(EISDIR: .*\)$/)])
    expect(outputs.result).toBe('pushed')
  })

  it('is a warning for the report, which is no output then', () => {
    const folder = mkdtempSync(join(tmpdir(), 'publish-'))
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const { lines, outputs, summary } = publishTo(outcome, { env: { RUNNER_TEMP: file } })
    expect(lines).toEqual([expect.stringMatching(/^warning report: cannot be written \(EEXIST: .*\)$/)])
    expect([outputs, summary]).toEqual([{ result: 'pushed', digest: 'sha256:d' }, '## Pushed\n'])
  })

  it('leaves no half of a report', () => {
    const folder = mkdtempSync(join(tmpdir(), 'publish-'))
    mkdirSync(join(folder, 'sample-report.json'))
    const { lines } = publishTo(outcome, { env: { RUNNER_TEMP: folder } })
    expect(lines).toEqual([expect.stringMatching(/^warning report: cannot be written \(.+\)$/)])
  })

  it('is a failure for the outputs, which stand in the log', () => {
    const given = { ...outcome, failure: 'scan: too much' }
    const { lines, summary, report } = publishTo(given, { output: '/dev/full' })
    expect(lines).toEqual([
      'info output result: pushed',
      'info output digest: sha256:d',
      expect.stringMatching(
        /^failed scan: too much; outputs: cannot be written \(ENOSPC.*\); they stand in the log$/,
      ),
    ])
    expect([summary, JSON.parse(report())]).toEqual([
      '## Pushed\n',
      { result: 'pushed', failure: 'scan: too much', summary: '## Pushed' },
    ])
  })
})
