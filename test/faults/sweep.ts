import { describeCall } from '../../lib/aws/operation.ts'
import { mapConcurrently } from '../../lib/map-concurrently.ts'
import { type Accounts, makeAccounts } from './accounts.ts'
import { type Case, makeCases } from './cases.ts'
import { type Expected, judge, type Verdict } from './judge.ts'
import type { Scenario } from './scenario.ts'
import { record, runTrial, type SilenceEnd } from './trial.ts'

/** A case, what it came to, and how long it took. */
export type Result = Case & Verdict & { seconds: number }

/** The cases of some scenarios, and how to try one. */
export type Sweep = { cases: readonly Case[]; tryCase(one: Case): Promise<Result> }

/** How many cases run at a time. */
export const concurrency = 2

/** Works on items, so many at a time. */
export const inLanes = async <Item, Done>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<Done>,
): Promise<Done[]> => await mapConcurrently(items, { concurrency }, work)

/** Runs scenarios without a fault, and makes their cases from the calls that they made. */
export async function prepareSweep(
  endpoint: string,
  scenarios: readonly Scenario[],
  silenceEnd: SilenceEnd,
): Promise<Sweep> {
  const accounts = makeAccounts(endpoint)
  const recorded = await inLanes(scenarios, concurrency, async (scenario) => {
    const account = await accounts.take(scenario.ground)
    const { calls, state } = await record(scenario, account)
    accounts.giveBack(scenario.ground, account)
    return { scenario, state, cases: makeCases(scenario, calls) }
  })
  const byName = new Map(recorded.map((one) => [one.scenario.name, one]))
  return {
    cases: recorded.flatMap(({ cases }) => cases),
    tryCase: async (one) => {
      const found = byName.get(one.scenario)
      if (!found) throw new Error(`no scenario "${one.scenario}"`)
      return await tryCase(one, found.scenario, found.state, { accounts, silenceEnd })
    },
  }
}

async function tryCase(
  one: Case,
  scenario: Scenario,
  state: Expected['state'],
  { accounts, silenceEnd }: { accounts: Accounts; silenceEnd: SilenceEnd },
): Promise<Result> {
  const account = await accounts.take(scenario.ground)
  const start = performance.now()
  const names = [...namesOf(one.rule.operation), ...scenario.nouns]
  const verdict = judge(await runTrial(one, scenario, account, silenceEnd), { state, names })
  // Where something is not as it should be, the next case would suffer for it.
  const clean =
    ['survived', 'recovered', 'unclear'].includes(verdict.ending) && verdict.leftovers.length === 0
  if (clean) accounts.giveBack(scenario.ground, account)
  return { ...one, ...verdict, seconds: (performance.now() - start) / 1000 }
}

// Messages name a call of AWS by the IAM action that it needs.
function namesOf(operation: string): string[] {
  const [service = '', name = ''] = operation.split(':')
  return [name, describeCall({ clientName: service, commandName: name }, {}).action]
}
