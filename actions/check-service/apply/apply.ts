import { messageOf, TimeoutError } from '../../../lib/errors.ts'
import type { CheckContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import { type Comparison, comparePictures } from '../picture/compare.ts'
import { type Check, nameCheck } from '../plan/plan.ts'
import { type Call, type Caller, makeCaller, success } from './caller.ts'
import { type Api, type Inferred, infer, type Sent } from './infer.ts'
import { SkippedCheck, tryForbidden } from './refusal.ts'
import { checkModels, waitForTriton } from './triton.ts'

/** How a check ended. */
export type CheckResult = { name: string; status: 'ok' | 'failed' | 'timeout' | 'skipped'; detail: string }

/** Returns whether a check shows that something does not hold. */
export const isWrong = ({ status }: CheckResult) => status === 'failed' || status === 'timeout'

/** The pictures of the check. */
export type Pictures = { sent: Omit<Sent, 'file'>; clean: Buffer | undefined }

/** What the checks have found so far. */
export type Findings = {
  results: CheckResult[]
  calls: Call[]
  /** Results of the inferences, by what they were asked for. */
  inferred: { answer: 'sync' | 'async'; result: Buffer; psnr: Comparison['psnr'] }[]
}

/** Makes the checks in order, and writes what they find into the findings; one that fails does not end the others. */
export async function applyChecks(
  checks: readonly Check[],
  pictures: Pictures,
  inputs: Inputs,
  context: CheckContext,
  findings: Findings,
): Promise<void> {
  const deadline = context.clock.now() + inputs.timeoutSeconds * 1000
  const caller = makeCaller(context, findings.calls, deadline)
  const memory: Memory = { isReachable: true, isTritonReady: false, last: undefined }
  for (const check of checks) {
    const name = nameCheck(check)
    const result = await attempt(name, context.signal, async () =>
      makeCheck(check, { pictures, inputs, caller, findings, memory, nowMs: context.clock.now() }),
    )
    if (check.kind === 'ping' && result.status !== 'ok') memory.isReachable = false
    findings.results.push(result)
    context.log.info(`${result.status}: ${name}${result.detail ? `: ${result.detail}` : ''}`)
  }
}

type Memory = {
  isReachable: boolean
  isTritonReady: boolean
  last: { sent: Sent; inferred: Inferred } | undefined
}

type Work = {
  pictures: Pictures
  inputs: Inputs
  caller: Caller
  findings: Findings
  memory: Memory
  nowMs: number
}

async function makeCheck(check: Check, work: Work): Promise<string> {
  const { inputs, caller, memory, nowMs } = work
  if (!memory.isReachable) throw new SkippedCheck('the service does not answer')
  if (check.kind === 'ping') return await ping(check.path, inputs, caller)
  if (check.kind === 'triton') return await askTriton(check, work)
  if (check.kind === 'infer') return await inferAndCompare(check, work)
  if (!memory.last) throw new SkippedCheck('no inference succeeded')
  const { otherKeyHeaders, longestUrlSeconds } = inputs
  const trial = { ...memory.last, api: toApi(inputs), otherKeyHeaders, longestUrlSeconds, nowMs }
  return await tryForbidden(check.what, trial, caller)
}

const toApi = ({ url, keyHeaders, contract }: Inputs): Api => ({ url, keyHeaders, contract })

async function ping(path: string, { url, keyHeaders }: Inputs, caller: Caller): Promise<string> {
  const request = { method: 'GET', url: `${url}${path}`, headers: keyHeaders }
  const { status } = await caller.call('ping', request, success)
  return String(status)
}

async function askTriton(
  { what, triton }: Extract<Check, { kind: 'triton' }>,
  { caller, memory }: Work,
): Promise<string> {
  if (what === 'models') {
    if (!memory.isTritonReady) throw new SkippedCheck('Triton is not ready')
    return await checkModels(triton, caller)
  }
  const status = await waitForTriton(triton, caller)
  memory.isTritonReady = true
  return status
}

async function inferAndCompare(check: Extract<Check, { kind: 'infer' }>, work: Work): Promise<string> {
  const { pictures, inputs, caller, findings, memory } = work
  const sent = { ...pictures.sent, file: check.file }
  const inferred = await infer(sent, check.answer, toApi(inputs), caller)
  memory.last = { sent, inferred }
  const { problem, detail, psnr } = comparePictures(sent.bytes, inferred.result, pictures.clean)
  findings.inferred.push({ answer: check.answer, result: inferred.result, psnr })
  if (problem !== undefined) throw new Error(problem)
  return detail
}

async function attempt(name: string, signal: AbortSignal, work: () => Promise<string>): Promise<CheckResult> {
  try {
    return { name, status: 'ok', detail: await work() }
  } catch (error) {
    signal.throwIfAborted()
    const status =
      error instanceof SkippedCheck ? 'skipped' : error instanceof TimeoutError ? 'timeout' : 'failed'
    return { name, status, detail: messageOf(error) }
  }
}
