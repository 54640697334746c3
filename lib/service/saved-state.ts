/** Which kinds of scaling of a scalable target are suspended. */
type SuspendedState = {
  dynamicScalingIn: boolean
  dynamicScalingOut: boolean
  scheduledScaling: boolean
}

/** Bounds of a service's desired count, and what is suspended of its scaling. */
export type Bounds = { min: number; max: number; suspended: SuspendedState }

/** Size of an Auto Scaling group. */
export type GroupSize = { name: string; min: number; desired: number }

/** What a pause found, so that a resume can restore it. */
export type SavedState = {
  version: 1
  cluster: string
  service: string
  /** ISO 8601, UTC. */
  savedAt: string
  desired: number
  /** Undefined where the service has no scalable target. */
  bounds: Bounds | undefined
  /** The Auto Scaling groups of the service's capacity providers. */
  groups: readonly GroupSize[]
}

/** Names the object in the toolkit's bucket that keeps a paused service's state: one object a service. */
export function savedStateKey(cluster: string, service: string): string {
  return `pause/${cluster}/${service}.json`
}

/** Writes a saved state as JSON. */
export function formatSavedState(state: SavedState): string {
  return `${JSON.stringify(state, undefined, 2)}\n`
}

/** Parses a saved state. Throws an error that names `place` where it is not one of ours. */
export function parseSavedState(text: string, place: string): SavedState {
  const reader = makeReader(place)
  const root = reader.object(parseJson(text, place), 'state')
  if (root.version !== 1) throw new Error(`${place}: expected version 1, got ${String(root.version)}`)
  return {
    version: 1,
    cluster: reader.text(root.cluster, 'cluster'),
    service: reader.text(root.service, 'service'),
    savedAt: reader.text(root.savedAt, 'savedAt'),
    desired: reader.count(root.desired, 'desired'),
    bounds: root.bounds === undefined ? undefined : readBounds(root.bounds, reader),
    groups: reader.list(root.groups, 'groups').map((each) => {
      const group = reader.object(each, 'groups')
      return {
        name: reader.text(group.name, 'groups.name'),
        min: reader.count(group.min, 'groups.min'),
        desired: reader.count(group.desired, 'groups.desired'),
      }
    }),
  }
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${place}: expected JSON`, { cause: error })
  }
}

type Reader = ReturnType<typeof makeReader>

function readBounds(value: unknown, reader: Reader): Bounds {
  const bounds = reader.object(value, 'bounds')
  const suspended = reader.object(bounds.suspended, 'bounds.suspended')
  return {
    min: reader.count(bounds.min, 'bounds.min'),
    max: reader.count(bounds.max, 'bounds.max'),
    suspended: {
      dynamicScalingIn: suspended.dynamicScalingIn === true,
      dynamicScalingOut: suspended.dynamicScalingOut === true,
      scheduledScaling: suspended.scheduledScaling === true,
    },
  }
}

function makeReader(place: string) {
  const refuse = (field: string, expected: string) =>
    new Error(`${place}: ${field}: expected ${expected}; restore an earlier version of this object`)
  return {
    object: (value: unknown, field: string): Record<string, unknown> => {
      if (typeof value !== 'object' || value === null) throw refuse(field, 'an object')
      return { ...value }
    },
    list: (value: unknown, field: string): unknown[] => {
      if (!Array.isArray(value)) throw refuse(field, 'a list')
      return value
    },
    text: (value: unknown, field: string): string => {
      if (typeof value !== 'string') throw refuse(field, 'a text')
      return value
    },
    count: (value: unknown, field: string): number => {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
        throw refuse(field, 'a whole number')
      return value
    },
  }
}
