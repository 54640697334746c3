/** A call of the API and the status of its answer; the route is a key such as `POST /inference`. */
export type Call = { route: string; status: number }

/** What a bill says of its rows and users. */
export type BilledMonth = {
  reconciliation: { rows: string; billed: string; excluded: { status: string; noRate: string } }
  largest: readonly { user: string; requests: string }[]
}

const isInference = ({ route }: Call) => route.startsWith('POST /')
const isBillable = (call: Call) => isInference(call) && call.status >= 200 && call.status < 300

/** Counts the calls that are to be paid. */
export const countInferences = (calls: readonly Call[]): number => calls.filter(isBillable).length

/** Compares the calls that were made with the keys of users with their bills; names the first difference, if any. */
export function findDifference(
  made: ReadonlyMap<string, readonly Call[]>,
  bills: readonly BilledMonth[],
): string | undefined {
  const billed = (pick: (bill: BilledMonth) => string | undefined) =>
    bills.reduce((sum, bill) => sum + Number(pick(bill) ?? 0), 0)
  const all = [...made.values()].flat()
  const count = (isWanted: (call: Call) => boolean) => all.filter(isWanted).length
  const differences = [
    ...[...made].map(([user, calls]) => ({
      what: `requests of ${user}`,
      wanted: countInferences(calls),
      found: billed(({ largest }) => largest.find((each) => each.user === user)?.requests),
    })),
    {
      what: 'requests of all users',
      wanted: count(isBillable),
      found: billed(({ reconciliation }) => reconciliation.billed),
    },
    {
      what: 'refused requests',
      wanted: count((call) => isInference(call) && !isBillable(call)),
      found: billed(({ reconciliation }) => reconciliation.excluded.status),
    },
    {
      what: 'calls without a rate',
      wanted: count((call) => !isInference(call)),
      found: billed(({ reconciliation }) => reconciliation.excluded.noRate),
    },
    { what: 'calls', wanted: all.length, found: billed(({ reconciliation }) => reconciliation.rows) },
  ].filter(({ wanted, found }) => wanted !== found)
  const [first] = differences
  return first && `${first.what}: ${first.wanted} made, ${first.found} in the bill`
}
