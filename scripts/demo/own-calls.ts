/** How often a user called each route, by its key such as `POST /invocations`; each call was answered by 2xx. */
export type Calls = Readonly<Record<string, number>>

/** What a bill says of its rows and users. */
export type BilledMonth = {
  reconciliation: { rows: string; billed: string; excluded: { noRate: string } }
  largest: readonly { user: string; requests: string }[]
}

const isInference = (route: string) => route.startsWith('POST /')

/** Counts the calls that the rates price. */
export const countInferences = (calls: Calls): number => count([calls], isInference)

function count(all: readonly Calls[], isWanted: (route: string) => boolean): number {
  const wanted = all.flatMap((calls) => Object.entries(calls)).filter(([route]) => isWanted(route))
  return wanted.reduce((sum, [, times]) => sum + times, 0)
}

/** Compares the calls that users made with their bills; names the first difference, if there is one. */
export function findDifference(
  made: ReadonlyMap<string, Calls>,
  bills: readonly BilledMonth[],
): string | undefined {
  const billed = (pick: (bill: BilledMonth) => string | undefined) =>
    bills.reduce((sum, bill) => sum + Number(pick(bill) ?? 0), 0)
  const all = [...made.values()]
  const differences = [
    ...[...made].map(([user, calls]) => ({
      what: `requests of ${user}`,
      wanted: countInferences(calls),
      found: billed(({ largest }) => largest.find((each) => each.user === user)?.requests),
    })),
    {
      what: 'requests of all users',
      wanted: count(all, isInference),
      found: billed(({ reconciliation }) => reconciliation.billed),
    },
    {
      what: 'calls without a rate',
      wanted: count(all, (route) => !isInference(route)),
      found: billed(({ reconciliation }) => reconciliation.excluded.noRate),
    },
    {
      what: 'calls',
      wanted: count(all, () => true),
      found: billed(({ reconciliation }) => reconciliation.rows),
    },
  ].filter(({ wanted, found }) => wanted !== found)
  const [first] = differences
  return first && `${first.what}: ${first.wanted} made, ${first.found} in the bill`
}
