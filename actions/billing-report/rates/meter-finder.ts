import { type Meter, matchesStatus, type Rates } from './rates.ts'

/** What the rates say of rows of one version, route and status: whether they are billed, else why not. */
export type Match = { kind: 'billed' | 'status' | 'noRate'; meters: readonly Meter[] }

type Key = { version: number; routeKey: string; status: string }

// A log has a few hundred pairs; one that is made up may have a pair a row.
const mostRemembered = 10_000

/** Makes a finder of the meters that count a row; what it found before it remembers, within bounds. */
export function makeMeterFinder(rates: Rates): (row: Key) => Match {
  const remembered = rates.versions.map(() => new Map<string, Map<string, Match>>())
  let count = 0
  return (row) => {
    const ofVersion = remembered[row.version]
    if (!ofVersion) return { kind: 'noRate', meters: [] }
    const known = ofVersion.get(row.routeKey)?.get(row.status)
    if (known) return known
    if (++count % mostRemembered === 0) for (const each of remembered) each.clear()
    const match = findMeters(row, rates)
    const ofRoute = ofVersion.get(row.routeKey) ?? new Map<string, Match>()
    ofVersion.set(row.routeKey, ofRoute.set(row.status, match))
    return match
  }
}

function findMeters({ version, routeKey, status }: Key, rates: Rates): Match {
  const ofRoute = (rates.versions[version]?.meters ?? []).filter(({ routes }) => routes.includes(routeKey))
  if (ofRoute.length === 0) return { kind: 'noRate', meters: [] }
  const meters = ofRoute.filter((meter) => matchesStatus(meter, status))
  return { kind: meters.length > 0 ? 'billed' : 'status', meters }
}
