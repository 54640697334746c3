import type { Forbidden } from '../plan/plan.ts'
import { age, lifetimeSeconds, tamper } from '../plan/presigned-url.ts'
import { foreignKeyOf } from '../plan/template.ts'
import { type Caller, CheckFailure, settled } from './caller.ts'
import { type Api, askFor, type Inferred, type Sent } from './infer.ts'

/** What the refusals are tried with. */
export type Trial = {
  sent: Sent
  inferred: Inferred
  api: Api
  otherKeyHeaders: Readonly<Record<string, string>> | undefined
  longestUrlSeconds: number
  nowMs: number
}

/** Why a check was not made. */
export class SkippedCheck extends Error {
  override readonly name = 'SkippedCheck'
}

// 404 would say that nothing is there, and not that it may not be asked for.
const isRefused = (status: number) => [400, 401, 403].includes(status)

/** Tries what must be refused; gives how it was. Throws CheckFailure where it was not. */
export async function tryForbidden(what: Forbidden, trial: Trial, caller: Caller): Promise<string> {
  const tries: Readonly<Record<Forbidden, () => Promise<number>>> = {
    'tampered-url': () => download(tamper(urlOf(trial)), 'its signature', caller),
    'expired-url': () => {
      refuseLongLife(trial)
      return download(age(urlOf(trial)), 'when it expires', caller)
    },
    'foreign-file': () => askForForeign(trial, caller),
    'no-key': () => ask({ ...trial, api: { ...trial.api, keyHeaders: {} } }, trial.inferred.key, caller),
  }
  const status = await tries[what]()
  if (isRefused(status)) return `refused with ${status}`
  throw new CheckFailure(`expected a refusal (400, 401 or 403), got ${status}`)
}

function urlOf({ inferred }: Trial): string {
  if (inferred.downloadUrl !== undefined) return inferred.downloadUrl
  throw new SkippedCheck('no presigned URL was used')
}

async function download(url: string | undefined, lack: string, caller: Caller): Promise<number> {
  if (url === undefined) throw new SkippedCheck(`the URL does not tell ${lack}`)
  const { status } = await caller.call('forbidden download', { method: 'GET', url, headers: {} }, settled)
  return status
}

function refuseLongLife(trial: Trial): void {
  const seconds = lifetimeSeconds(urlOf(trial), trial.nowMs)
  if (seconds === undefined || seconds <= trial.longestUrlSeconds) return
  const most = trial.longestUrlSeconds / 60
  throw new CheckFailure(`expected a URL that is valid for at most ${most} minutes, got ${seconds / 60}`)
}

// With a key of somebody else the file is there: nothing but its owner can be the reason of a refusal.
async function askForForeign(trial: Trial, caller: Caller): Promise<number> {
  const { otherKeyHeaders, api, inferred } = trial
  if (otherKeyHeaders) {
    return await ask({ ...trial, api: { ...api, keyHeaders: otherKeyHeaders } }, inferred.key, caller)
  }
  const key = foreignKeyOf(inferred)
  if (key === undefined) throw new SkippedCheck('keys name no user; set other-api-key')
  return await ask(trial, key, caller)
}

async function ask({ sent, api }: Trial, key: string, caller: Caller): Promise<number> {
  const { status } = await askFor({ ...sent, key }, {}, api, caller, settled)
  return status
}
