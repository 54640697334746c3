/** What an event leaves of an Auto Scaling group. */
export type LedgerGroup = {
  name: string
  /** Such as `g4dn.xlarge`; '' where it is not known. */
  instanceType: string
  /** Instances that do not run because of the pause. */
  freed: number
  /** Instances that run although all that was asked for is paused. */
  left: number
}

/** One event of the ledger: how services and groups of a cluster stand from then on. Others stand as before. */
export type LedgerEvent = {
  version: 1
  cluster: string
  /** ISO 8601, UTC. */
  at: string
  operation: string
  services: readonly { name: string; isPaused: boolean }[]
  groups: readonly LedgerGroup[]
  /** Who asked for it, why, and the URL of the run; '' where it is not known. */
  by: string
  why: string
  run: string
}

/**
 * Names the object in the toolkit's bucket that holds an event, by what was asked for and when: whoever tells of the same
 * pause or resume again has the same name, and later ones have later names.
 */
export function ledgerKey({ cluster, operation, services }: LedgerEvent, askedAt: string): string {
  return `${ledgerPrefix(cluster)}${askedAt}-${operation}-${services.map(({ name }) => name).join('-')}.json`
}

/** Begins the names of all events of a cluster. */
export const ledgerPrefix = (cluster: string) => `ledger/${cluster}/`

/** Writes an event as JSON. */
export const formatLedgerEvent = (event: LedgerEvent) => `${JSON.stringify(event, undefined, 2)}\n`

/** Parses an event; undefined where it is none of ours. */
export function parseLedgerEvent(text: string): LedgerEvent | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isEvent(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isEvent(value: unknown): value is LedgerEvent {
  const { version, at, services, groups, ...texts } = Object(value)
  return (
    version === 1 &&
    isText(at) &&
    Number.isFinite(Date.parse(at)) &&
    [texts.cluster, texts.operation, texts.by, texts.why, texts.run].every(isText) &&
    isListOf(services, ({ name, isPaused }) => isText(name) && typeof isPaused === 'boolean') &&
    isListOf(
      groups,
      ({ name, instanceType, freed, left }) =>
        isText(name) && isText(instanceType) && isCount(freed) && isCount(left),
    )
  )
}

const isText = (value: unknown) => typeof value === 'string'
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0
const isListOf = (value: unknown, isItem: (item: Record<string, unknown>) => boolean) =>
  Array.isArray(value) && value.every((item) => isItem(Object(item)))
