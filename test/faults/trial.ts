import { type ActionRun, runActionProcess } from '../../scripts/action-process.ts'
import type { Account } from './account.ts'
import type { Case } from './cases.ts'
import type { Trial } from './judge.ts'
import type { Call } from './proxy/fault.ts'
import { type FaultProxy, startProxy } from './proxy/proxy.ts'
import type { Scenario } from './scenario.ts'
import type { State } from './state/state.ts'

/** How the run that meets a silent server ends: by its own time-out, or by an interrupt after the fault. */
export type SilenceEnd = 'time-out' | 'interrupt'

/** Seconds in which an interrupted action ends. */
const cancelSeconds = 10

/** Seconds that a run may take: its `timeout-minutes`, 10 s to end, and its start; a push has no such input. */
function limitOf(scenario: Scenario, account: Account): number {
  const minutes = scenario.inputs(account)['timeout-minutes']
  return minutes === undefined ? 330 : Number(minutes) * 60 + 20
}

const through = ({ env }: Account, { endpoint }: FaultProxy) => ({ ...env, AWS_ENDPOINT_URL: endpoint })

/** Runs a scenario without a fault: the calls that it made, and the state that it left. */
export async function record(
  scenario: Scenario,
  account: Account,
): Promise<{ calls: readonly Call[]; state: State }> {
  await scenario.prepare(account)
  const proxy = await startProxy(account.endpoint)
  try {
    const { action } = scenario
    const run = await runActionProcess({
      action,
      inputs: scenario.inputs(account),
      env: through(account, proxy),
    })
    if (run.exitCode !== 0) throw new Error(`${scenario.name}, undisturbed: ${run.lines.join('\n')}`)
    return { calls: proxy.calls, state: await scenario.read(account) }
  } finally {
    await proxy.close()
  }
}

/** Runs a scenario with one fault, and again without where that did not reach its state. */
export async function runTrial(
  { rule }: Case,
  scenario: Scenario,
  account: Account,
  silenceEnd: SilenceEnd,
): Promise<Trial> {
  await scenario.prepare(account)
  const interrupts = silenceEnd === 'interrupt' && (rule.fault === 'silence' || rule.fault === 'slow-drip')
  const kill = new AbortController()
  const proxy = await startProxy(account.endpoint, { rule, kill: () => kill.abort() })
  const ended = await runUntil(scenario, account, { proxy, kill, interrupts }).finally(() => proxy.close())
  const fired = proxy.calls.some(({ fault }) => fault === rule.fault)
  const trial = { fault: rule.fault, fired, ...ended }
  if (ended.first.exitCode === 0) return { ...trial, state: await scenario.read(account) }
  const run = await runActionProcess({
    action: scenario.action,
    inputs: scenario.inputs(account),
    env: account.env,
    kill: AbortSignal.timeout(limitOf(scenario, account) * 1000),
  })
  const state = await scenario.read(account)
  return { ...trial, state, again: { run, state } }
}

async function runUntil(
  scenario: Scenario,
  account: Account,
  { proxy, kill, interrupts }: { proxy: FaultProxy; kill: AbortController; interrupts: boolean },
): Promise<{ first: ActionRun; hung: boolean; interrupted: boolean }> {
  const interrupt = new AbortController()
  let hung = false
  let interrupted = false
  const endAfter = (seconds: number) =>
    setTimeout(() => {
      hung = true
      kill.abort()
    }, seconds * 1000)
  const timers = [endAfter(limitOf(scenario, account))]
  if (interrupts) {
    proxy.fired.then(() => {
      interrupted = true
      interrupt.abort()
      timers.push(endAfter(cancelSeconds))
    })
  }
  const first = await runActionProcess({
    action: scenario.action,
    inputs: scenario.inputs(account),
    env: through(account, proxy),
    signal: interrupt.signal,
    kill: kill.signal,
  })
  for (const timer of timers) clearTimeout(timer)
  return { first, hung, interrupted }
}
