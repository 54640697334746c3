import type { Known } from '../../../lib/ending.ts'
import {
  blocks,
  code,
  foldTable,
  join,
  type Markdown,
  md,
  renderList,
  renderSeconds,
} from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import { listFirst } from '../../../lib/quote.ts'
import { withoutSecrets } from '../../../lib/url.ts'
import { type CheckResult, type Findings, isWrong } from '../apply/apply.ts'
import type { Call } from '../apply/caller.ts'
import type { ServiceView } from '../apply/look.ts'
import type { Inputs } from '../inputs.ts'
import { type Check, nameCheck } from '../plan/plan.ts'
import { renderService } from './service.ts'

/** Reports a dry run. */
export function reportPlanned(checks: readonly Check[]): Outcome {
  const lines = checks.map(nameCheck)
  return {
    outputs: { result: 'planned' },
    summary: blocks(md`## Planned checks`, renderList(lines)),
    report: { result: 'planned', checks: lines },
  }
}

/** Reports what the checks found, where the pictures lie, and what AWS says of the service. */
export function reportChecks(
  inputs: Inputs,
  findings: Findings,
  files: readonly string[],
  view: ServiceView | undefined,
): Outcome {
  const wrong = findings.results.filter(isWrong)
  const isLate = wrong.some(({ status }) => status === 'timeout')
  const result = wrong.length === 0 ? 'healthy' : isLate ? 'timeout' : 'unhealthy'
  const cause = view?.diagnosis?.sentence ?? ''
  const sentences = [...wrong.map(({ name, detail }) => `${name}: ${detail}`), cause]
  return {
    outputs: { result },
    summary: blocks(
      md`## Service check: ${result}`,
      describeRun(inputs, findings),
      files.length > 0 ? md`Pictures before and after: ${join(files.map(code), ', ')}.` : md``,
      ...renderFindings(findings),
      ...(view ? [renderService(view, inputs.timeZone)] : []),
    ),
    report: {
      result,
      ...toReport(inputs, findings),
      files,
      service: view?.status,
      diagnosis: view?.diagnosis,
    },
    failure: wrong.length === 0 ? undefined : listFirst(sentences.filter(Boolean), '; '),
  }
}

/** Describes a run that may end at any time: which checks are made, and how they ended. */
export function describeChecks(inputs: Inputs, checks: readonly Check[], findings: Findings): Known {
  return {
    title: 'Service check',
    done: findings.results.map(({ name, status }) => `${name}: ${status}`),
    notDone: checks.slice(findings.results.length).map(nameCheck),
    details: blocks(...renderFindings(findings)),
    report: toReport(inputs, findings),
  }
}

function toReport({ url }: Inputs, { results, calls, inferred }: Findings) {
  const base = withoutSecrets(url).replace(/\/$/, '')
  return {
    url: base,
    checks: results,
    calls: calls.map((call) => ({ ...call, route: call.route.replace(` ${base}`, ' ') })),
    pictures: inferred.map(({ answer, psnr }) => ({ answer, psnr })),
  }
}

function describeRun({ url }: Inputs, { results, calls }: Findings): Markdown {
  const made = results.filter(({ status }) => status !== 'skipped').length
  const good = results.filter(({ status }) => status === 'ok').length
  const seconds = calls.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000
  return md`${withoutSecrets(url)}: ${good} of ${made} checks hold; ${calls.length} calls in ${renderSeconds(seconds)}.`
}

function renderFindings({ results, calls }: Findings): Markdown[] {
  const rows = results.map(({ name, status, detail }) => [name, statusWord[status], detail])
  const steps = [...new Set(calls.map(({ step }) => step))].map((step) => renderStep(step, calls))
  const right = ['calls', 'fastest', 'slowest']
  return [
    ...(rows.length > 0 ? [foldTable('checks', ['check', 'result', 'detail'], rows)] : []),
    ...(steps.length > 0 ? [foldTable('steps', ['step', 'last answer', ...right], steps, { right })] : []),
  ]
}

const statusWord: Readonly<Record<CheckResult['status'], string>> = {
  ok: '✅ yes',
  failed: '❌ no',
  timeout: '❌ not in time',
  skipped: 'skipped',
}

function renderStep(step: string, calls: readonly Call[]): string[] {
  const made = calls.filter((call) => call.step === step)
  const times = made.map(({ milliseconds }) => milliseconds)
  const last = made.at(-1)?.status || 'none'
  return [step, `${last}`, `${made.length}`, `${Math.min(...times)} ms`, `${Math.max(...times)} ms`]
}
