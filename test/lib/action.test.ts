import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readInputs } from '../../lib/action.ts'
import { parseOutputs } from '../../scripts/action-process.ts'

const program = join(import.meta.dirname, '..', 'fixtures', 'ending-action.ts')

type Options = { env?: Record<string, string>; cancel?: boolean }

/** Runs the sample action to one of its endings, with the files of a runner; a cancel brings a second one of each signal. */
async function runTo(ending: string, { env = {}, cancel = false }: Options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'ending-'))
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    env: { PATH: process.env.PATH, ...files, RUNNER_TEMP: folder, INPUT_ENDING: ending, ...env },
  })
  let text = ''
  let cancelledAt = 0
  child.stderr.on('data', (chunk) => {
    text += chunk
  })
  child.stdout.on('data', (chunk) => {
    text += chunk
    if (cancel && cancelledAt === 0 && text.includes('started')) {
      cancelledAt = performance.now()
      child.kill('SIGINT')
    }
    if (String(chunk).includes('cancelling'))
      for (const signal of ['SIGINT', 'SIGTERM'] as const) child.kill(signal)
  })
  const exitCode = await new Promise((resolve) => child.once('close', resolve))
  const report = join(folder, 'sample-report.json')
  return {
    exitCode,
    seconds: (performance.now() - cancelledAt) / 1000,
    lines: text.split('\n'),
    outputs: parseOutputs(readFileSync(files.GITHUB_OUTPUT, 'utf8')),
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
    report: existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined,
    reportPath: report,
    errors: text.split('\n').filter((line) => line.startsWith('::error')),
  }
}

const known = {
  done: ['sent one'],
  notDone: ['move tag v1'],
  goesOn: ['p-app (UPDATE_IN_PROGRESS)'],
  costs: ['gpu: 1 instance(s)'],
  uri: 'host/app',
}
const consequences = 'goes on in AWS: p-app (UPDATE_IN_PROGRESS); still costs: gpu: 1 instance(s)'

const line = /^account 123456789012 · eu-west-1 · in \d+\.\d s · \[console\]\(<https:\/\/a\.test\/\?b=c>\)$/
const pushed = ['## Pushed', '', expect.stringMatching(line)]

describe('an action', () => {
  it('publishes a result: outputs, summary and report', async () => {
    const { exitCode, outputs, summary, report, reportPath } = await runTo('succeed')
    expect(exitCode).toBe(0)
    expect(outputs).toEqual({ result: 'pushed', digest: 'sha256:d', report: reportPath })
    expect(summary.split('\n')).toEqual([...pushed, ''])
    expect(report).toEqual({ result: 'pushed', digest: 'sha256:d', summary: summary.trim() })
  })

  it('publishes a result that is a failure in the same way', async () => {
    const { exitCode, outputs, report, errors } = await runTo('lose')
    expect([exitCode, outputs.result, report.failure]).toEqual([1, 'pushed', 'scan: found too much'])
    expect(errors).toEqual(['::error::scan: found too much'])
  })

  it.each([
    ['refuse', 'refused', 'tags: expected one, got none'],
    ['fail', 'failed', 'broken\\n::add-mask::all'],
    ['fail elsewhere', 'failed', 'nobody catches this'],
    [
      'wait for nothing',
      'failed',
      'the run waits for something that never comes, and cannot go on; run it again',
    ],
  ])('reports what is known where the run is to %s', async (ending, result, sentence) => {
    const run = await runTo(ending)
    expect(run.exitCode).toBe(1)
    expect(run.outputs).toEqual({ digest: 'sha256:d', result, report: run.reportPath })
    expect(run.report).toMatchObject({ result, ...known })
    expect(run.summary.split('\n').slice(0, 3)).toEqual([
      `## Push to host/app: ${result}`,
      '',
      expect.stringMatching(line),
    ])
    for (const text of ['- sent one', '- move tag v1', '- p-app (UPDATE', '- gpu: 1 instance(s)'])
      expect(run.summary).toContain(text)
    expect(run.errors).toEqual([`::error::${sentence}; ${consequences}`])
    expect(run.lines.filter((line) => /^\s*::add-mask/.test(line))).toEqual([])
  })

  it.each([
    ['follow the signal', 'cancelled'],
    ['ignore the signal', 'cancelled: what was under way did not stop within 4.5 s'],
  ])(
    'ends within 7 s of a cancel, and of the signals behind it, where the run is to %s',
    async (ending, sentence) => {
      const run = await runTo(ending, { cancel: true })
      expect(run.seconds).toBeLessThan(7)
      // A later signal that meets the process while it exits ends it: everything is written by then.
      expect([1, null]).toContain(run.exitCode)
      expect([run.outputs.result, run.outputs.digest]).toEqual(['cancelled', 'sha256:d'])
      expect(run.report).toMatchObject({ result: 'cancelled', ...known })
      expect(run.summary).toContain('## Push to host/app: cancelled')
      expect(run.errors).toEqual([`::error::${sentence}; ${consequences}`])
    },
  )

  it.each([
    ['a full disk', '/dev/full'],
    ['a folder', tmpdir()],
    ['a folder that is not there', '/nowhere/summary'],
  ])('warns of a summary that cannot be written: %s', async (_, path) => {
    const { exitCode, outputs, report, lines } = await runTo('succeed', {
      env: { GITHUB_STEP_SUMMARY: path },
    })
    expect([exitCode, outputs.digest, report.result]).toEqual([0, 'sha256:d', 'pushed'])
    expect(lines.filter((line) => line.startsWith('::warning::summary: cannot be written'))).toHaveLength(1)
  })

  it('warns of a report that cannot be written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ending-'))
    mkdirSync(join(folder, 'sample-report.json'))
    for (const temporary of ['/dev/full', folder]) {
      const { exitCode, outputs, summary, lines } = await runTo('succeed', {
        env: { RUNNER_TEMP: temporary },
      })
      expect([exitCode, outputs]).toEqual([0, { result: 'pushed', digest: 'sha256:d' }])
      expect(summary.split('\n')).toEqual([...pushed, ''])
      expect(lines.filter((line) => line.startsWith('::warning::report: cannot be written'))).toHaveLength(1)
    }
  })

  it('fails where the outputs cannot be written, and logs them', async () => {
    const { exitCode, summary, report, lines, errors } = await runTo('succeed', {
      env: { GITHUB_OUTPUT: '/dev/full' },
    })
    expect([exitCode, report.result]).toEqual([1, 'pushed'])
    expect(summary.split('\n')).toEqual([...pushed, ''])
    expect(lines).toContain('output digest: sha256:d')
    expect(errors).toEqual([
      expect.stringMatching(/^::error::outputs: cannot be written \(ENOSPC.*; they stand/),
    ])
  })
})

it('reads the inputs of the runner by their own names', () => {
  expect(readInputs({ 'INPUT_DRY-RUN': 'true', INPUT_MOUNT_FROM: 'x', PATH: '/' })).toEqual({
    'dry-run': 'true',
    'mount-from': 'x',
  })
})
