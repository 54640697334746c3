import type { Call, Fault, Rule } from './proxy/fault.ts'

/** One fault at one call of a scenario. */
export type Case = {
  scenario: string
  action: string
  rule: Rule
  /** Whether every run makes this call: how often a wait reads is another thing from run to run. */
  steady: boolean
}

const onEveryCall: readonly Fault[] = [
  'throttle',
  'error-500',
  'denied',
  'expired',
  'reset-before',
  'silence',
  'cut-body',
  'slow-drip',
]
const onWrites: readonly Fault[] = ['reset-after', 'kill-before', 'kill-after']
const onFirstCall: readonly Fault[] = ['outage']

/** Names a case in one line, as `npm run faults -- --case` takes it. */
export const nameCase = ({ scenario, rule: { operation, nth, fault } }: Case): string =>
  `${scenario} / ${operation} #${nth} / ${fault}`

/**
 * Makes the cases of a scenario from the calls that it made without a fault: every fault for every write;
 * for reads, at the first call of an operation and the one in the middle, since waits read often.
 */
export function makeCases(scenario: { name: string; action: string }, calls: readonly Call[]): Case[] {
  const operations = Map.groupBy(calls, ({ operation }) => operation)
  return [...operations].flatMap(([operation, made]) => {
    const make = (call: Call, fault: Fault, nth = call.nth): Case => ({
      scenario: scenario.name,
      action: scenario.action,
      rule: { operation, nth, fault },
      // Whoever reads again after a write does so in every run.
      steady: call.writes || call.nth === 1 || fault === 'stale',
    })
    const cases = chooseCalls(made).flatMap((call) => faultsFor(call).map((fault) => make(call, fault)))
    const stale = made.find(({ staleNth }) => staleNth > 0)
    return stale ? [...cases, make(stale, 'stale', stale.staleNth)] : cases
  })
}

function chooseCalls(calls: readonly Call[]): Call[] {
  const [first] = calls
  const middle = calls[Math.ceil((calls.length - 1) / 2)]
  return calls.filter((call) => call.writes || call === first || call === middle)
}

function faultsFor({ writes, nth, answerBytes = 0 }: Call): Fault[] {
  const all = [...onEveryCall, ...(writes ? onWrites : []), ...(nth === 1 ? onFirstCall : [])]
  // An answer without a body cannot be cut.
  return all.filter((fault) => answerBytes > 1 || (fault !== 'cut-body' && fault !== 'slow-drip'))
}
